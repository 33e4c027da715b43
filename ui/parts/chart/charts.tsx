import { useMemo } from "preact/hooks";
import type { Sample } from "../../data/status.ts";
import { bandColours } from "../../shape/bands.ts";
import {
  extremes,
  isMissing,
  type Span,
  type Stretch,
  stretchAt,
  timeInStates,
  toLine,
  withoutNumber,
} from "../../shape/chart-data.ts";
import { formatDuration, formatMoment, formatRate, formatTime, showState } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { colour, paintBands, paintGaps, paintMissing } from "./paint.ts";
import { numberAxis, Plot } from "./plot.tsx";

type HistoryProps = {
  readonly name: string;
  readonly stretches: readonly Stretch[];
  readonly gaps: readonly Span[];
  readonly window: Span;
};

const stateName = (state: string | null) => showState(state).text;

/** Since when and until when the state under the pointer held, or that nothing was recorded. */
function describeMoment(seconds: number, stretches: readonly Stretch[], gaps: readonly Span[], unit = "") {
  const stretch = stretchAt(stretches, seconds);
  if (stretch) {
    const shown = showState(stretch.state);
    return {
      text: shown.kind === "value" && unit ? `${shown.text} ${unit}` : shown.text,
      title: t("chart.held", {
        from: formatMoment(stretch.from * 1000),
        for: formatDuration((stretch.to - stretch.from) * 1000),
      }),
    };
  }
  const gap = gaps.find(({ from, to }) => seconds >= from && seconds < to);
  return { text: gap ? t("chart.gap") : t("chart.nothing"), title: formatMoment(seconds * 1000) };
}

export function NumberChart({ name, stretches, gaps, window, unit }: HistoryProps & { unit: string | null }) {
  const data = useMemo(() => {
    const { xs, ys } = toLine(stretches);
    return [xs, ys] as [number[], (number | null)[]];
  }, [stretches]);
  const range = extremes(stretches);
  const latest = { stretches, gaps };
  const seen = useMemo(() => ({ current: latest }), []);
  seen.current = latest;
  return (
    <Plot
      label={
        range
          ? t("chart.numbers.label", { name, min: range.min, max: range.max, unit: unit ?? "" })
          : t("chart.none.label", { name })
      }
      height={280}
      window={window}
      data={data}
      shape="numbers"
      tip={(seconds) => describeMoment(seconds, stretches, gaps, unit ?? "")}
      options={() => ({
        series: [{}, { stroke: colour("accent"), width: 1.75, points: { show: false } }],
        scales: { y: { auto: true } },
        axes: [numberAxis()],
        hooks: {
          drawClear: [
            (u) => {
              paintMissing(u, withoutNumber(seen.current.stretches));
              paintGaps(u, seen.current.gaps);
            },
          ],
        },
      })}
    />
  );
}

export function BandChart({ name, stretches, gaps, window }: HistoryProps) {
  const data = useMemo(
    () =>
      [
        [window.from, window.to],
        [null, null],
      ] as [number[], (number | null)[]],
    [stretches, window.from, window.to],
  );
  const colours = bandColours(stretches.map(({ state }) => state));
  const latest = { stretches, gaps, colours };
  const seen = useMemo(() => ({ current: latest }), []);
  seen.current = latest;
  return (
    <Plot
      label={t("chart.bands.label", { name, count: stretches.length })}
      height={112}
      window={window}
      data={data}
      shape="bands"
      grid={false}
      tip={(seconds) => describeMoment(seconds, stretches, gaps)}
      options={() => ({
        series: [{}, { show: false }],
        scales: { y: { auto: false, range: [0, 1] } },
        axes: [{ show: false }],
        padding: [8, 20, 0, 20],
        hooks: {
          drawClear: [
            (u) => {
              paintGaps(u, seen.current.gaps);
              paintBands(u, seen.current.stretches, seen.current.colours, stateName);
            },
          ],
        },
      })}
    />
  );
}

/** What the colours and hatchings of a history chart mean, and for how long each state held. */
export function Legend({
  stretches,
  gaps,
  numbers,
}: {
  stretches: readonly Stretch[];
  gaps: readonly Span[];
  numbers: boolean;
}) {
  const colours = bandColours(stretches.map(({ state }) => state));
  const held = timeInStates(numbers ? stretches.filter(({ state }) => isMissing(state)) : stretches);
  const gapSeconds = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  if (held.length === 0 && gapSeconds === 0) return null;
  return (
    <ul class="legend">
      {held.slice(0, 12).map(({ state, seconds }) => (
        <li key={state ?? ""}>
          <span class={`swatch band-${colours.get(state)}`} />
          {stateName(state)} <span class="muted">{formatDuration(seconds * 1000)}</span>
        </li>
      ))}
      {gapSeconds > 0 && (
        <li>
          <span class="swatch band-gap" />
          {t("chart.gap")} <span class="muted">{formatDuration(gapSeconds * 1000)}</span>
        </li>
      )}
    </ul>
  );
}

/** The hub's own rates, as it told them since the panel was opened. */
export function RateChart({ samples, window }: { samples: readonly Sample[]; window: Span }) {
  const data = useMemo(
    () => [samples.map(({ at }) => at / 1000), samples.map(({ changes }) => changes)] as [number[], (number | null)[]],
    [samples],
  );
  return (
    <Plot
      label={t("chart.rate.label", { rate: formatRate(samples.at(-1)?.changes ?? 0) })}
      height={180}
      window={window}
      data={data}
      shape="rate"
      tip={(seconds) => {
        const near = samples.reduce<Sample | undefined>(
          (best, sample) =>
            !best || Math.abs(sample.at / 1000 - seconds) < Math.abs(best.at / 1000 - seconds) ? sample : best,
          undefined,
        );
        if (!near || near.changes === null || Math.abs(near.at / 1000 - seconds) > 5) return null;
        return { text: t("chart.rate", { rate: formatRate(near.changes) }), title: formatTime(near.at) };
      }}
      options={() => ({
        series: [{}, { stroke: colour("accent"), fill: colour("accent-soft"), width: 1.75, points: { show: false } }],
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.15)] } },
        axes: [numberAxis()],
      })}
    />
  );
}
