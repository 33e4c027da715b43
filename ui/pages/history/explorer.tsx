import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Card, Empty, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { ExplorerChart } from "../../parts/chart/explorer/explorer-chart.tsx";
import { notesOf, type Shown } from "../../parts/chart/explorer/layout.ts";
import { useHub, useLoad } from "../../parts/hub.ts";
import type { Seconds, Span } from "../../shape/chart-data.ts";
import { seriesColour } from "../../shape/explorer/colours.ts";
import { formatAt } from "../../shape/explorer/moments.ts";
import { saidAt } from "../../shape/explorer/readout.ts";
import { shiftTrack } from "../../shape/explorer/tracks.ts";
import { timeText, type View } from "../../shape/explorer/view.ts";
import { earlierWindow, zoomBy, zoomTo } from "../../shape/explorer/windows.ts";
import { nameOf } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { Holes } from "./holes.tsx";
import { Legend } from "./legend.tsx";
import { Notes } from "./notes.tsx";
import { sayIt } from "./said.ts";
import { Table } from "./table.tsx";
import { useTracks } from "./use-tracks.ts";

const NARROW = 600;

/** What was recorded of the chosen entities in the window: drawn or as a table, with what is missing and what was noted. */
export function Explorer(props: {
  view: View;
  window: Span;
  now: Seconds;
  round: number;
  onChange: (change: Partial<View>) => void;
  onReload: () => void;
}) {
  const { view, window, now, round, onChange, onReload } = props;
  const { api, states } = useHub();
  const [at, setAt] = useState<Seconds | null>(null);
  const { width, box } = useWidth();
  // In steps, so that a window drawn a little wider is not asked for anew.
  const pixels = Math.ceil(Math.max(300, width) / 200) * 200;
  const hasUnit = (entity: string) => unitOf(states.byEntity(entity)?.attributes) !== "";
  const earlier = useMemo(() => earlierWindow(window, view.compare), [window, view.compare]);
  const wanted = { entities: view.entities, now, pixels, hasUnit, round };
  // Whether something is a number is known only once the present states are.
  const ready = width > 0 && (states.loaded || states.problem.get() !== null);
  const tracks = useTracks({ ...wanted, window: ready ? window : null });
  const before = useTracks({ ...wanted, window: ready && earlier ? { from: earlier.from, to: earlier.to } : null });
  const notes = useLoad(`${window.from} ${window.to} ${round}`, () =>
    api.annotations({ from: timeText(window.from), to: timeText(window.to) }),
  );

  const each = view.entities.map((entity) => ({ entity, state: tracks.get(entity), earlier: before.get(entity) }));
  const shown = useMemo<readonly Shown[]>(
    () =>
      each.map(({ entity, state, earlier: past }, index) => {
        const known = states.byEntity(entity);
        return {
          entity,
          name: known ? nameOf(known) : entity,
          unit: unitOf(known?.attributes),
          colour: seriesColour(index),
          track: state?.track ?? null,
          earlier: earlier && past?.track ? shiftTrack(past.track, earlier.shift) : null,
        };
      }),
    [
      view.entities,
      states.loaded,
      earlier,
      [...tracks.values(), ...before.values()].map(({ track }) => idOf(track)).join(),
    ],
  );
  const concerned = (notes.data ?? []).filter(
    ({ entities }) =>
      entities.length === 0 || entities.some(({ series }) => shown.some(({ track }) => track?.series === series)),
  );
  const drawnNotes = useMemo(() => notesOf(concerned), [notes.data, shown]);
  const loading = each.some(
    ({ state, earlier: past }) => !state || state.loading || (earlier !== null && past?.loading),
  );
  const problems = each.flatMap(({ entity, state, earlier: past }) => {
    const problem = state?.problem ?? (earlier ? past?.problem : null);
    return problem ? [{ entity, problem }] : [];
  });
  const anything = shown.some(
    ({ track, earlier: past }) => (track && track.kind !== "nothing") || past || (track?.gaps.length ?? 0) > 0,
  );
  const allThere = each.every(({ state }) => state !== undefined && !state.loading);

  return (
    <>
      {problems.length > 0 && <Failed problems={problems} all={problems.length === each.length} onRetry={onReload} />}
      <Card class={`explorer ${loading ? "is-loading" : ""}`}>
        <div ref={box} class="explorer-body" aria-busy={loading}>
          {!anything && !allThere && <Skeleton lines={8} />}
          {!anything && allThere && problems.length < each.length && (
            <Empty icon="history" title={t("explorer.nothing")}>
              {t("explorer.nothing.text")}
            </Empty>
          )}
          {anything && view.show === "chart" && (
            <ExplorerChart
              shown={shown}
              notes={drawnNotes}
              window={window}
              now={now}
              narrow={width < NARROW}
              at={at}
              tell={(moment) => ({
                title: formatAt(moment, window),
                lines: tellAll(shown, moment, drawnNotes, (window.to - window.from) / Math.max(1, width)),
              })}
              onAt={setAt}
              onZoom={(span) => onChange({ range: zoomTo(span) })}
              onZoomBy={(factor, around) => onChange({ range: zoomBy(window, factor, around, now) })}
            />
          )}
          {anything && view.show === "table" && <Table shown={shown} window={window} />}
        </div>
        <Legend shown={shown} compare={view.compare} />
        <p class="visually-hidden" role="status">
          {loading ? t("loading") : t("explorer.loaded")}
        </p>
      </Card>
      <div class="columns">
        <Holes shown={shown} />
        <Notes
          notes={concerned}
          problem={notes.problem}
          window={window}
          entities={view.entities}
          onChange={notes.reload}
        />
      </div>
    </>
  );
}

function tellAll(shown: readonly Shown[], at: Seconds, notes: ReturnType<typeof notesOf>, pixel: Seconds) {
  const lines = shown.flatMap(({ entity, name, unit, colour, track, earlier }) => [
    ...(track ? [{ key: entity, colour, name, text: sayIt(saidAt(track, at), unit) }] : []),
    ...(earlier
      ? [{ key: `${entity} before`, colour: null, name: t("explorer.before"), text: sayIt(saidAt(earlier, at), unit) }]
      : []),
  ]);
  const near = notes.filter(({ from, to }) => at >= from - 5 * pixel && at <= to + 5 * pixel);
  return [
    ...lines,
    ...near.map(({ text }, index) => ({ key: `note ${index}`, colour: "note-swatch", name: t("notes.note"), text })),
  ];
}

function Failed(props: {
  problems: readonly { entity: string; problem: unknown }[];
  all: boolean;
  onRetry: () => void;
}) {
  const { problems, all, onRetry } = props;
  return (
    <div class="stack">
      {!all && (
        <p class="muted">{t("explorer.partial", { entities: problems.map(({ entity }) => entity).join(", ") })}</p>
      )}
      <ProblemNote problem={problems[0]?.problem} onRetry={onRetry} />
    </div>
  );
}

const unitOf = (attributes: { readonly [name: string]: unknown } | undefined): string => {
  const unit = attributes?.unit_of_measurement;
  return typeof unit === "string" ? unit : "";
};

/** How wide the drawing may be; 0 until it is known. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const place = box.current;
    if (!place) return;
    setWidth(place.clientWidth);
    const watch = new ResizeObserver(() => place.clientWidth > 0 && setWidth(place.clientWidth));
    watch.observe(place);
    return () => watch.disconnect();
  }, []);
  return { width, box };
}

const ids = new WeakMap<object, number>();
let latest = 0;
/** Preact wants as many dependencies every time, and there are as many tracks as were chosen. */
function idOf(track: object | null): number {
  if (track === null) return 0;
  const known = ids.get(track) ?? ++latest;
  ids.set(track, known);
  return known;
}
