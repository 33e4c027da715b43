import { useEffect, useId, useState } from "preact/hooks";
import type { Exclusions as Known, RecorderLook } from "../../api-admin-types.ts";
import type { State } from "../../api-types.ts";
import { Card, Empty, ProblemNote, Skeleton, Tag } from "../../parts/basics.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { type Action, useAction, useCell, useHub, useLoad } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatMoment, nameOf } from "../../shape/format.ts";
import { plural, t } from "../../text/text.ts";

/** What is not recorded by choice, and what Home Assistant's own recorder leaves out, as a proposal. */
export function Exclusions({ recorder, onLooked }: { recorder: RecorderLook; onLooked: () => void }) {
  const { api } = useHub();
  const may = useMay();
  const { data: known, problem, reload } = useLoad("exclusions", api.exclusions);
  const action = useAction();
  const replace = (patterns: readonly string[]) =>
    action.run(async () => {
      await api.exclude(patterns);
      reload();
    });
  if (!known) return problem === null ? <Skeleton lines={4} /> : <ProblemNote problem={problem} onRetry={reload} />;
  const patterns = known.exclusions.map(({ pattern }) => pattern);
  return (
    <div class="columns sidewise">
      <div class="stack">
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        <Proposal
          recorder={recorder}
          known={known}
          action={action}
          onLooked={onLooked}
          onExclude={(more) => replace([...patterns, ...more])}
        />
      </div>
      <Card title={t("exclusions.title")} note={plural("exclusions.count", known.entities.length)}>
        {known.exclusions.length === 0 && (
          <Empty icon="check" title={t("exclusions.none")}>
            {t("exclusions.none.text")}
          </Empty>
        )}
        <ul class="listed">
          {known.exclusions.map(({ pattern, since, entities }) => (
            <li key={pattern} class="listed-row">
              <div class="listed-text">
                <p class="listed-name">
                  <code>{pattern}</code> <Tag>{plural("exclusions.matches", entities)}</Tag>
                </p>
                <p class="muted small">{t("exclusions.since", { time: formatMoment(Date.parse(since)) })}</p>
              </div>
              {may && (
                <button
                  type="button"
                  class="button"
                  disabled={action.busy}
                  aria-label={t("exclusions.include.named", { pattern })}
                  onClick={() => void replace(patterns.filter((one) => one !== pattern))}
                >
                  {t("exclusions.include")}
                </button>
              )}
            </li>
          ))}
        </ul>
        {may && <AddPattern busy={action.busy} onAdd={(pattern) => replace([...patterns, pattern])} />}
      </Card>
    </div>
  );
}

function AddPattern({ busy, onAdd }: { busy: boolean; onAdd: (pattern: string) => Promise<boolean> }) {
  const id = useId();
  const [pattern, setPattern] = useState("");
  return (
    <form
      class="form add-pattern"
      onSubmit={(event) => {
        event.preventDefault();
        void onAdd(pattern.trim()).then((done) => done && setPattern(""));
      }}
    >
      <div class="field">
        <label for={id}>
          {t("exclusions.add")} <span class="hint">{t("exclusions.add.hint")}</span>
        </label>
        <div class="secret-row">
          <input
            id={id}
            type="text"
            required
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={pattern}
            onInput={(event) => setPattern(event.currentTarget.value)}
          />
          <button type="submit" class="button" disabled={busy}>
            {t("exclusions.exclude")}
          </button>
        </div>
      </div>
    </form>
  );
}

function Proposal(props: {
  recorder: RecorderLook;
  known: Known;
  action: Action;
  onLooked: () => void;
  onExclude: (entities: readonly string[]) => Promise<boolean>;
}) {
  const { recorder, known, action, onLooked, onExclude } = props;
  const { api, states } = useHub();
  const may = useMay();
  useCell(states.version);
  useEffect(() => {
    if (!states.loaded) void states.load();
  }, [states]);
  const looking = useAction();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const proposed = recorder.unrecorded.filter((entity) => !known.entities.includes(entity));
  // Asked by itself the first time, so that a proposal is there without being asked for.
  const first = may && recorder.state === "not_asked";
  useEffect(() => {
    if (first) void looking.run(api.lookAtRecorder).then(onLooked);
  }, [first]);
  const chosen = proposed.filter((entity) => !left.has(entity));
  const toggle = (entity: string) => {
    const next = new Set(left);
    if (!next.delete(entity)) next.add(entity);
    setLeft(next);
  };
  return (
    <Card title={t("proposal.title")}>
      <div class="form">
        <p>{t("proposal.text")}</p>
        {recorder.state === "asked" && (
          <p class="muted small">
            {t("proposal.how", { moment: formatMoment(Date.parse(recorder.moment ?? "")) })}{" "}
            {plural("proposal.looked_at", recorder.looked_at ?? 0)}{" "}
            {(recorder.too_new ?? 0) > 0 && plural("proposal.too_new", recorder.too_new ?? 0)}
          </p>
        )}
        {recorder.state === "failed" && (
          <div class="note tone-degraded">
            <Icon name="warning" />
            <div class="note-body">
              <p>{recorder.why}</p>
              <p>{recorder.fix}</p>
            </div>
          </div>
        )}
        {looking.problem !== null && <ProblemNote problem={looking.problem} />}
        {recorder.state === "asked" && proposed.length === 0 && (
          <p class="finished">
            <Icon name="check" size={18} />{" "}
            {recorder.unrecorded.length === 0 ? t("proposal.none") : t("proposal.all_excluded")}
          </p>
        )}
        {proposed.length > 0 && (
          <fieldset class="choices many">
            <legend>{plural("proposal.found", proposed.length)}</legend>
            {proposed.map((entity) => (
              <label key={entity} class="choice">
                <input type="checkbox" checked={!left.has(entity)} disabled={!may} onChange={() => toggle(entity)} />
                <span class="choice-text">
                  <EntityName entity={entity} known={states.byEntity(entity)} />
                </span>
              </label>
            ))}
          </fieldset>
        )}
        {may && (
          <div class="buttons">
            {proposed.length > 0 && (
              <button
                type="button"
                class="button primary"
                disabled={action.busy || chosen.length === 0}
                onClick={() => void onExclude(chosen)}
              >
                {plural("proposal.exclude", chosen.length)}
              </button>
            )}
            <button
              type="button"
              class="button"
              disabled={looking.busy}
              onClick={() => void looking.run(api.lookAtRecorder).then(onLooked)}
            >
              {looking.busy ? t("proposal.looking") : t("proposal.again")}
            </button>
          </div>
        )}
      </div>
    </Card>
  );
}

function EntityName({ entity, known }: { entity: string; known: State | undefined }) {
  const name = known && nameOf(known);
  if (!name || name === entity) return <code>{entity}</code>;
  return (
    <>
      <strong>{name}</strong>
      <code class="muted">{entity}</code>
    </>
  );
}
