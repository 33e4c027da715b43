import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { Span } from "../../shape/chart-data.ts";
import { timeLabels } from "../../shape/time-axis.ts";
import { t } from "../../text/text.ts";
import { useCell, useHub } from "../hub.ts";
import { colour, FONT } from "./paint.ts";

export type PlotProps = {
  /** What a screen reader says in place of the picture. */
  readonly label: string;
  readonly height: number;
  readonly window: Span;
  readonly data: uPlot.AlignedData;
  /** Series, y axis and hooks; asked again when the theme or `shape` changes. */
  readonly options: () => Partial<uPlot.Options> & Pick<uPlot.Options, "series">;
  readonly shape: string;
  /** Lines across at the ticks; there by default. */
  readonly grid?: boolean;
  /** What the pointer's moment says; null: nothing there. */
  readonly tip: (seconds: number) => { readonly title: string; readonly text: string } | null;
};

/** uPlot in a box that keeps its height, follows the theme and the width, and can be zoomed by dragging. */
export function Plot(props: PlotProps) {
  const { theme } = useHub();
  const scheme = useCell(theme.scheme);
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [zoomed, setZoomed] = useState(false);
  const [tip, setTip] = useState<{ left: number; title: string; text: string } | null>(null);
  const isZoomed = useRef(false);

  const zoom = (on: boolean) => {
    isZoomed.current = on;
    setZoomed(on);
  };
  const showWindow = (drawn: uPlot) => {
    const { from, to } = latest.current.window;
    drawn.setScale("x", { min: from, max: to });
  };

  useLayoutEffect(() => {
    const place = box.current;
    if (!place) return;
    const { height, options, data } = latest.current;
    const given = options();
    const drawn = new uPlot(
      {
        ...given,
        width: Math.max(200, place.clientWidth),
        height,
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: true },
          bind: {
            dblclick: () => () => {
              showWindow(drawn);
              zoom(false);
              return null;
            },
          },
        },
        scales: { x: { time: true, auto: false }, ...given.scales },
        axes: [timeAxis(props.grid ?? true), ...(given.axes ?? [])],
        hooks: {
          ...given.hooks,
          setSelect: [(u) => u.select.width > 0 && zoom(true)],
          setCursor: [
            (u) => {
              const left = u.cursor.left ?? -1;
              const found = left < 0 ? null : latest.current.tip(u.posToVal(left, "x"));
              const shift = u.bbox.left / devicePixelRatio;
              setTip(found && { left: left + shift, ...found });
            },
          ],
        },
      },
      data,
      place,
    );
    plot.current = drawn;
    zoom(false);
    showWindow(drawn);
    const resize = new ResizeObserver(() => {
      if (place.clientWidth > 0) drawn.setSize({ width: place.clientWidth, height });
    });
    resize.observe(place);
    return () => {
      resize.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [scheme, props.shape, props.height]);

  useEffect(() => {
    const drawn = plot.current;
    if (!drawn) return;
    drawn.batch(() => {
      drawn.setData(props.data, false);
      if (!isZoomed.current) showWindow(drawn);
    });
    drawn.redraw(false, true);
  }, [props.data, props.window.from, props.window.to]);

  const width = box.current?.clientWidth ?? 0;
  return (
    <div class="plot">
      <div class="plot-box" ref={box} role="img" aria-label={props.label} />
      {tip && (
        <div
          class={`plot-tip ${tip.left > width / 2 ? "at-left" : ""}`}
          ref={(element) => element?.style.setProperty("--at", `${tip.left}px`)}
          aria-hidden="true"
        >
          <strong>{tip.text}</strong>
          <span class="plot-moment">{tip.title}</span>
        </div>
      )}
      {zoomed && (
        <button
          type="button"
          class="button plot-reset"
          onClick={() => {
            if (plot.current) showWindow(plot.current);
            zoom(false);
          }}
        >
          {t("chart.reset")}
        </button>
      )}
    </div>
  );
}

export const axisColours = () => ({
  stroke: colour("muted"),
  font: FONT,
  grid: { stroke: colour("line"), width: 1 },
  ticks: { stroke: colour("line"), width: 1, size: 4 },
});

const timeAxis = (grid: boolean): uPlot.Axis => ({
  ...axisColours(),
  ...(grid ? {} : { grid: { show: false } }),
  space: 64,
  // Days stand on a second line, where there are any.
  size: (_, values) => ((values ?? []).some((value) => value.includes("\n")) ? 46 : 30),
  values: (_, splits, __, ___, step) => [...timeLabels(splits, step)],
});

/** As wide as its longest label, so that no number is cut. */
export const numberAxis = (): uPlot.Axis => ({
  ...axisColours(),
  size: (u, values) => {
    const longest = (values ?? []).reduce((most, value) => (value.length > most.length ? value : most), "");
    u.ctx.save();
    u.ctx.font = FONT;
    const width = u.ctx.measureText(longest).width;
    u.ctx.restore();
    return Math.ceil(width) + 16;
  },
});
