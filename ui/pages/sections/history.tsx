import { useMemo, useState } from "preact/hooks";
import type { Arrived, Point, State } from "../../api-types.ts";
import { Card, Empty, ProblemNote, Segmented, Skeleton } from "../../parts/basics.tsx";
import { BandChart, Legend, NumberChart } from "../../parts/chart/charts.tsx";
import { useHub, useLoad, useNow, useReconnected } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { chartKind, extremes, gapSpans, secondsOfMicros, toStretches } from "../../shape/chart-data.ts";
import { formatMoment, microsOf } from "../../shape/format.ts";
import { groupGaps } from "../../shape/gap-groups.ts";
import { plural, t } from "../../text/text.ts";
import { GapRow } from "./gaps.tsx";

const RANGES = { "1h": 3_600, "24h": 86_400, "7d": 7 * 86_400 } as const;
type Range = keyof typeof RANGES;

/** More than a screen can show; the newest are drawn, and it is said where the drawing begins. */
const MOST_POINTS = 50_000;
const EPOCH = "1970-01-01T00:00:00Z";

export function HistoryCard(props: { series: string; name: string; state: State; arrived: readonly Arrived[] }) {
  const { series, name, state, arrived } = props;
  const { api, clock } = useHub();
  const [range, setRange] = useState<Range>("24h");
  const now = useNow(5_000);
  const { data, problem, loading, reload } = useLoad(`${series} ${range}`, async () => {
    const from = new Date(clock.now() - RANGES[range] * 1000).toISOString();
    const [history, earlier] = await Promise.all([
      api.history(series, { from, limit: MOST_POINTS, order: "newest_first" }),
      api.history(series, { from: EPOCH, to: from, limit: 1, order: "newest_first" }),
    ]);
    const found = history.series[0];
    return {
      range,
      points: (found?.points ?? []).toReversed(),
      gaps: found?.gaps ?? [],
      before: earlier.series[0]?.points[0] ?? null,
      cut: history.next_cursor !== null,
    };
  });

  useReconnected(reload);

  const drawn = useMemo(() => {
    if (!data) return null;
    const seconds = now / 1000;
    const window = { from: seconds - RANGES[data.range], to: seconds };
    const points = withArrived(data.points, arrived);
    const first = points[0];
    const gaps = gapSpans(data.gaps, window);
    // What was not fetched is not drawn, rather than drawn as if nothing had changed.
    const stretches = toStretches({ points, before: data.cut ? null : data.before, gaps, window, now: seconds });
    const kind = chartKind(
      stretches.map((stretch) => stretch.state),
      typeof state.attributes.unit_of_measurement === "string",
    );
    return { window, gaps, stretches, kind, points, begins: data.cut && first ? secondsOfMicros(first[0]) : null };
  }, [data, arrived, now, state.attributes.unit_of_measurement]);

  const unit = typeof state.attributes.unit_of_measurement === "string" ? state.attributes.unit_of_measurement : null;
  const limits = drawn?.kind === "numbers" ? extremes(drawn.stretches) : null;
  return (
    <Card class="history">
      <div class="card-head">
        <h2>{t("history.title")}</h2>
        <Segmented
          label={t("history.range")}
          value={range}
          options={[
            { value: "1h", label: t("history.range.1h") },
            { value: "24h", label: t("history.range.24h") },
            { value: "7d", label: t("history.range.7d") },
          ]}
          onChange={setRange}
        />
      </div>
      {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
      {!drawn && problem === null && <Skeleton lines={6} />}
      {drawn && (
        <div class={`history-body ${loading ? "is-loading" : ""}`}>
          {drawn.kind === "nothing" && drawn.gaps.length === 0 && (
            <Empty icon="entities" title={t("history.none")}>
              {t("history.none.text")}
            </Empty>
          )}
          {drawn.kind === "numbers" && <NumberChart name={name} unit={unit} {...drawn} />}
          {(drawn.kind === "texts" || (drawn.kind === "nothing" && drawn.gaps.length > 0)) && (
            <BandChart name={name} {...drawn} />
          )}
          <p class="muted small history-facts">
            {plural("history.changes", drawn.points.filter(([at]) => secondsOfMicros(at) >= drawn.window.from).length)}
            {limits && ` · ${t("history.limits", { min: limits.min, max: limits.max, unit: unit ?? "" }).trim()}`}
            {drawn.begins !== null && ` · ${t("history.cut", { time: formatMoment(drawn.begins * 1000) })}`}
          </p>
          <Legend stretches={drawn.stretches} gaps={drawn.gaps} numbers={drawn.kind === "numbers"} />
          {data && data.gaps.length > 0 && (
            <details class="history-gaps">
              <summary>
                <Icon name="chevron" size={16} />
                {plural("history.gaps", data.gaps.length)}
              </summary>
              <ul class="gaps">
                {groupGaps(data.gaps).map((group) => (
                  <GapRow key={group.key} group={group} />
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
    </Card>
  );
}

/** Changes that came by the live stream after the history was asked for, put in their place. */
function withArrived(points: readonly Point[], arrived: readonly Arrived[]): readonly Point[] {
  if (arrived.length === 0) return points;
  const last = points.at(-1)?.[0] ?? 0;
  const fresh = arrived
    .map(({ time, state }): Point => [microsOf(time), state])
    .filter(([at]) => at > last)
    .sort(([a], [b]) => a - b);
  return [...points, ...fresh];
}
