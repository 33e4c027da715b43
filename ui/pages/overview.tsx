import { useMemo } from "preact/hooks";
import type { Info, Part, Status } from "../api-types.ts";
import { SAMPLES_KEPT_MS } from "../data/status.ts";
import { Age, Card, Empty, Figure, Page, ProblemNote, Skeleton, stateIcon } from "../parts/basics.tsx";
import { RateChart } from "../parts/chart/charts.tsx";
import { useMay } from "../parts/forms/read-only.tsx";
import { useCell, useHub, useLoad, useNow, useWanted } from "../parts/hub.ts";
import { Icon } from "../parts/icons.tsx";
import { formatBytes, formatCount, formatDay, formatRate } from "../shape/format.ts";
import { plural, t } from "../text/text.ts";
import { Gaps } from "./sections/gaps.tsx";
import { PartRow, partName, worstFirst } from "./sections/part.tsx";

/** Is it working? One sentence, then what it is made of. */
export function OverviewPage() {
  const { status, info } = useHub();
  const { status: known, problem } = useCell(status.view);
  useWanted({ topics: ["status", "gaps"], snapshot: false });
  return (
    <Page title={t("nav.overview")}>
      {problem !== null && <ProblemNote problem={problem} onRetry={() => void status.refresh()} />}
      <SetupNote />
      {known ? (
        <>
          <Verdict status={known} info={useCell(info)} stale={problem !== null} />
          <Figures status={known} />
          <Rate />
          <div class="columns even">
            <Parts parts={known.parts} />
            <Gaps />
          </div>
        </>
      ) : (
        problem === null && <Skeleton lines={8} />
      )}
    </Page>
  );
}

/** Until an administrator has finished setting up. */
function SetupNote() {
  const { api } = useHub();
  const may = useMay();
  const { data } = useLoad("setup", api.setup);
  if (!may || !data || data.finished !== null) return null;
  return (
    <div class="note tone-starting">
      <Icon name="setup" />
      <div class="note-body note-row">
        <p>
          <strong>{t("setup.note")}</strong> {t("setup.note.text")}
        </p>
        <a class="button primary" href="#/setup">
          {t("setup.note.go")}
        </a>
      </div>
    </div>
  );
}

const SHORTEST_CHART_MS = 60_000;

function Verdict({ status, info, stale }: { status: Status; info: Info | null; stale: boolean }) {
  const troubled = status.parts.filter(({ state }) => state === "broken" || state === "degraded");
  const names = troubled.map(({ part }) => partName(part)).join(", ");
  const home = info?.home;
  return (
    <section class={`card verdict tone-${stale ? "off" : status.state}`} aria-labelledby="verdict">
      <span class="verdict-icon">
        <Icon name={stateIcon(stale ? "off" : status.state)} size={28} />
      </span>
      <div>
        <h2 id="verdict" aria-live="polite">
          {stale
            ? t("overall.stale")
            : status.state === "ok" && status.last_change === null
              ? t("overall.waiting")
              : t(`overall.${status.state}`, { parts: names })}
        </h2>
        {troubled.slice(0, 3).map(({ part, why }) => why && <p key={part}>{why}</p>)}
        <p class="muted">
          {home?.name ?? t("frame.home_unknown")}
          {" · "}
          {home?.home_assistant_version
            ? t("overview.home_assistant", { version: home.home_assistant_version })
            : t("overview.home_assistant.unknown")}
          {info && ` · ${t("overview.hub", { version: info.version })}`}
        </p>
      </div>
    </section>
  );
}

function Figures({ status }: { status: Status }) {
  const { totals, rates } = status;
  return (
    <dl class="figures" aria-label={t("overview.figures")}>
      <Figure label={t("figure.rate")} value={<span data-figure="rate">{formatRate(rates.changes_per_second)}</span>} />
      <Figure
        label={t("figure.last_change")}
        value={status.last_change && <Age time={status.last_change} />}
        why={t("figure.last_change.none")}
      />
      <Figure label={t("figure.changes")} value={formatCount(totals.changes)} />
      <Figure label={t("figure.events")} value={formatCount(totals.events)} />
      <Figure label={t("figure.series")} value={formatCount(totals.series)} />
      <Figure
        label={t("figure.recorded_since")}
        value={status.recorded_since && formatDay(Date.parse(status.recorded_since))}
        why={t("figure.recorded_since.none")}
      />
      <Figure label={t("figure.bytes")} value={formatBytes(totals.bytes)} />
      <Figure label={t("figure.gaps")} value={formatCount(totals.gaps)} />
    </dl>
  );
}

function Rate() {
  const { status } = useHub();
  const { samples } = useCell(status.view);
  const now = useNow(2_000);
  // The line grows from the left until there are five minutes of it.
  const begin = Math.max(now - SAMPLES_KEPT_MS, samples[0]?.at ?? now);
  const end = Math.max(now, begin + SHORTEST_CHART_MS);
  const window = useMemo(() => ({ from: begin / 1000, to: end / 1000 }), [begin, end]);
  return (
    <Card title={t("overview.rate")} note={t("overview.rate.note")}>
      <RateChart samples={samples} window={window} />
    </Card>
  );
}

function Parts({ parts }: { parts: readonly Part[] }) {
  return (
    <Card title={t("overview.parts")} note={plural("overview.parts.count", parts.length)}>
      {parts.length === 0 ? (
        <Empty icon="starting" title={t("overview.parts.none")} />
      ) : (
        <ul class="parts">
          {worstFirst(parts).map((part) => (
            <PartRow key={part.part} part={part} />
          ))}
        </ul>
      )}
    </Card>
  );
}
