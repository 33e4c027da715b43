import { useState } from "preact/hooks";
import type { Budget, ProviderKind, ProviderStatus, Source } from "../../api-outside-types.ts";
import type { State } from "../../api-types.ts";
import { Age, Figure, StateBadge, Tag, Value } from "../../parts/basics.tsx";
import { useNow } from "../../parts/hub.ts";
import { entityHash } from "../../router.ts";
import { formatCount, formatDuration, nameOf } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { kindName } from "./names.ts";
import { SourceTools } from "./tools.tsx";

/** One source: how it is, why, who answers, how old its answer is, what it says, and what may be done with it. */
export function SourceCard(props: {
  source: Source;
  states: readonly State[];
  /** Of its providers those that read files. */
  readers: readonly ProviderKind[];
  onEdit: () => void;
  onChange: () => void;
}) {
  const { source, states, readers, onEdit, onChange } = props;
  const byFiles = source.providers.length > 0 && readers.length === source.providers.length;
  const inUse = source.statuses.find(({ provider }) => provider === source.in_use);
  return (
    <section class="card source-card" aria-label={source.name}>
      <div class="part-head">
        <StateBadge state={source.state} />
        <h2>{source.name}</h2>
        {kindName(source.kind) !== source.name && <Tag>{kindName(source.kind)}</Tag>}
      </div>
      {source.why && <p class="part-why">{source.why}</p>}
      {source.fix && (
        <p class="part-fix">
          <strong>{t("part.fix")}</strong> {source.fix}
        </p>
      )}
      {source.waits_for && <p class="muted">{t("source.waits_for", { what: source.waits_for })}</p>}
      {/* Whoever is handed files is asked nothing. */}
      {!byFiles && (
        <dl class="figures plain source-figures">
          <Figure label={t("source.in_use")} value={inUse?.name ?? null} why={t("source.in_use.none")} />
          <Figure
            label={t("source.last_success")}
            value={source.last_success && <Age time={source.last_success} />}
            why={t("source.last_success.none")}
          />
          <Figure
            label={t("source.next_read")}
            value={source.next_read && <Until time={source.next_read} />}
            why={t("source.next_read.none")}
          />
        </dl>
      )}
      <Values states={states} />
      <h3>{t("source.providers")}</h3>
      <ol class="listed">
        {source.statuses.map((status) => (
          <ProviderRow key={status.provider} status={status} inUse={status.provider === source.in_use} />
        ))}
      </ol>
      <SourceTools source={source} readers={readers} byFiles={byFiles} onEdit={onEdit} onChange={onChange} />
    </section>
  );
}

function Until({ time }: { time: string }) {
  const ms = Date.parse(time) - useNow();
  return <time dateTime={time}>{ms < 1_000 ? t("source.due") : t("source.in", { time: formatDuration(ms) })}</time>;
}

function Values({ states }: { states: readonly State[] }) {
  const [all, setAll] = useState(false);
  const FIRST = 6;
  if (states.length === 0) return null;
  return (
    <>
      <dl class="source-values">
        {(all ? states : states.slice(0, FIRST)).map((state) => (
          <div key={state.entity_id}>
            <dt>
              <a class="touch-link" href={entityHash(state.entity_id)}>
                {nameOf(state)}
              </a>
            </dt>
            <dd>
              <Value state={state.state} attributes={state.attributes} />
            </dd>
          </div>
        ))}
      </dl>
      {states.length > FIRST && (
        <button type="button" class="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("source.fewer") : t("source.all", { count: states.length })}
        </button>
      )}
    </>
  );
}

const TONES = { ok: "ok", unasked: "starting", resting: "degraded", refused: "broken", unfit: "off" } as const;

function ProviderRow({ status, inUse }: { status: ProviderStatus; inUse: boolean }) {
  return (
    <li class="listed-row">
      <div class="listed-text">
        <p class="listed-name">
          <strong>{status.name}</strong>
          <Tag tone={TONES[status.state]}>{inUse ? t("source.answers") : t(`provider.state.${status.state}`)}</Tag>
        </p>
        {status.why && (
          <p class="small">
            {status.why} {status.fix}
          </p>
        )}
        {status.resting_until && (
          <p class="muted small">
            {t("provider.again")} <Until time={status.resting_until} />
          </p>
        )}
        {status.budgets.map((budget) => (
          <BudgetLine key={budget.per_seconds} budget={budget} />
        ))}
        <p class="muted small">{status.attribution}</p>
      </div>
    </li>
  );
}

function BudgetLine({ budget }: { budget: Budget }) {
  const { used, calls, left, per_seconds } = budget;
  const time = formatDuration(per_seconds * 1000);
  const values = { used: formatCount(used), calls: formatCount(calls), left: formatCount(left), time };
  return (
    <div class="budget-line small">
      <svg class="meter" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-ground" width="100" height="10" />
        <rect class="meter-used" width={calls > 0 ? Math.min(100, (used / calls) * 100) : 0} height="10" />
      </svg>
      <span class="muted">{t("provider.budget", values)}</span>
    </div>
  );
}
