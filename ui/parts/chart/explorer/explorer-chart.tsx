import { useMemo, useRef, useState } from "preact/hooks";
import type { Seconds, Span } from "../../../shape/chart-data.ts";
import { momentsOf, nextMoment } from "../../../shape/explorer/readout.ts";
import { sharedGaps } from "../../../shape/explorer/tracks.ts";
import { formatMoment, showState } from "../../../shape/format.ts";
import { t } from "../../../text/text.ts";
import { layOut, type Note, type Shown } from "./layout.ts";
import { paintNotes } from "./paint-notes.ts";
import { paintBandRows, paintHoles, paintLines, ROW } from "./paint-tracks.ts";
import { AXIS, Stage } from "./stage.tsx";

export type Line = {
  readonly key: string;
  readonly colour: string | null;
  readonly name: string;
  readonly text: string;
};
export type Telling = { readonly title: string; readonly lines: readonly Line[] };

const stateName = (state: string | null) => showState(state).text;

/** Every series over one time axis: lines by unit, states as rows of bands; read, walked and zoomed by all hands. */
export function ExplorerChart(props: {
  shown: readonly Shown[];
  notes: readonly Note[];
  window: Span;
  now: Seconds;
  narrow: boolean;
  at: Seconds | null;
  tell: (at: Seconds) => Telling;
  onAt: (at: Seconds | null) => void;
  onZoom: (span: Span) => void;
  onZoomBy: (factor: number, around: Seconds) => void;
}) {
  const { shown, notes, window, now, narrow, at, tell, onAt, onZoom, onZoomBy } = props;
  const { drawings, rows } = useMemo(() => layOut(shown, narrow ? 2 : 4), [shown, narrow]);
  const moments = useMemo(() => momentsOf(shown.flatMap(({ track }) => track ?? [])), [shown]);
  const overlay = useRef<HTMLDivElement>(null);
  const dragFrom = useRef<Seconds | null>(null);
  const [selected, setSelected] = useState<Span | null>(null);

  const left = drawings.length > 0 ? AXIS : narrow ? 2 : 12;
  const right = Math.max(14, ...drawings.map(({ scales }) => (scales.length - 1) * AXIS));
  const each = drawings.length > 1 ? (narrow ? 170 : 210) : narrow ? 250 : 320;
  const length = window.to - window.from;
  const pixel = () => length / Math.max(1, overlay.current?.clientWidth ?? 600);
  const shareOf = (moment: Seconds) => Math.min(1, Math.max(0, (moment - window.from) / length));

  const momentOf = (event: PointerEvent | MouseEvent): Seconds => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return window.from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length;
  };
  const finish = (span: Span | null) => {
    dragFrom.current = null;
    setSelected(null);
    if (span && Math.abs(span.to - span.from) > 3 * pixel()) onZoom(span);
  };
  const walk = (to: Seconds) => {
    onAt(to);
    if (selected) setSelected({ ...selected, to });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const here = at ?? Math.min(now, window.to);
    const done = () => event.preventDefault();
    const tenth = length / 10;
    if (event.key === "ArrowRight") walk(nextMoment(moments, here + pixel(), 1, window));
    else if (event.key === "ArrowLeft") walk(nextMoment(moments, here - pixel(), -1, window));
    else if (event.key === "PageUp") walk(Math.min(window.to, here + tenth));
    else if (event.key === "PageDown") walk(Math.max(window.from, here - tenth));
    else if (event.key === "Home") walk(window.from);
    else if (event.key === "End") walk(Math.min(now, window.to));
    else if (event.key === "+" || event.key === "=") onZoomBy(0.5, here);
    else if (event.key === "-") onZoomBy(2, here);
    else if (event.key === "Escape" && selected) finish(null);
    else if (event.key === "Enter") selected ? finish(selected) : setSelected({ from: here, to: here });
    else return;
    done();
  };

  const telling = at === null ? null : tell(at);
  const count = drawings.length + (rows.length > 0 ? 1 : 0);
  return (
    <div class="stages" ref={(element) => element?.style.setProperty("--left", `${left}px`)}>
      {drawings.map(({ scales, lines, of }, index) => (
        <Stage
          key={scales[0]?.unit}
          height={each}
          window={window}
          scales={scales}
          left={left}
          right={right}
          timeAxis={index === count - 1}
          version={shown}
          under={(plot) => paintHoles(plot, sharedGaps(of))}
          over={(plot) => {
            paintLines(plot, lines);
            paintNotes(plot, notes, index === 0);
          }}
        />
      ))}
      {rows.length > 0 && (
        <Stage
          key="bands"
          height={rows.length * ROW + 22}
          window={window}
          scales={[]}
          left={left}
          right={right}
          timeAxis
          version={shown}
          under={() => {}}
          over={(plot) => {
            paintBandRows(plot, rows, stateName);
            paintNotes(plot, notes, drawings.length === 0);
          }}
        />
      )}
      <div
        class="stage-overlay"
        ref={(element) => {
          overlay.current = element;
          element?.style.setProperty("--right", `${right}px`);
        }}
        role="slider"
        tabIndex={0}
        aria-label={t("explorer.moment")}
        aria-describedby="explorer-keys"
        aria-valuemin={Math.floor(window.from)}
        aria-valuemax={Math.ceil(window.to)}
        aria-valuenow={Math.round(at ?? Math.min(now, window.to))}
        aria-valuetext={telling ? spoken(telling) : t("explorer.moment.none")}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          const moment = momentOf(event);
          onAt(moment);
          // A finger walks along the chart; it zooms by the buttons.
          if (event.pointerType === "touch") return;
          dragFrom.current = moment;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const moment = momentOf(event);
          onAt(moment);
          if (dragFrom.current !== null) setSelected({ from: dragFrom.current, to: moment });
        }}
        onPointerUp={() => dragFrom.current !== null && finish(selected)}
        onPointerCancel={() => finish(null)}
        onPointerLeave={(event) => event.pointerType === "mouse" && dragFrom.current === null && onAt(null)}
        onBlur={() => onAt(null)}
        onDblClick={(event) => onZoomBy(2, momentOf(event))}
      >
        {selected && (
          <div
            class="stage-selection"
            ref={(element) => {
              const edges = [shareOf(selected.from), shareOf(selected.to)].sort((a, b) => a - b) as [number, number];
              element?.style.setProperty("--from", `${edges[0] * 100}%`);
              element?.style.setProperty("--share", `${(edges[1] - edges[0]) * 100}%`);
            }}
          />
        )}
        {at !== null && (
          <div class="stage-cursor" ref={(element) => element?.style.setProperty("--at", `${shareOf(at) * 100}%`)} />
        )}
        {at !== null && telling && <Tip telling={telling} share={shareOf(at)} />}
      </div>
      <p id="explorer-keys" class="visually-hidden">
        {t("explorer.keys")}
      </p>
    </div>
  );
}

function Tip({ telling, share }: { telling: Telling; share: number }) {
  return (
    <div
      class={`stage-tip ${share > 0.5 ? "at-left" : ""}`}
      ref={(element) => element?.style.setProperty("--at", `${share * 100}%`)}
      aria-hidden="true"
    >
      <strong class="stage-tip-time">{telling.title}</strong>
      <dl>
        {telling.lines.map(({ key, colour, name, text }) => (
          <div key={key}>
            <dt>
              {colour && <span class={`line-swatch ${colour}`} />}
              {name}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const spoken = ({ title, lines }: Telling): string =>
  [title, ...lines.map(({ name, text }) => `${name}: ${text}`)].join("; ");

export const momentTitle = (at: Seconds): string => formatMoment(at * 1000);
