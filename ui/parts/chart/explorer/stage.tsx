import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Span } from "../../../shape/chart-data.ts";
import type { Scale } from "../../../shape/explorer/axes.ts";
import { axisNumbers } from "../../../shape/explorer/numbers.ts";
import { timeLabels } from "../../../shape/time-axis.ts";
import { useCell, useHub } from "../../hub.ts";
import { colour, FONT } from "../paint.ts";
import { axisColours } from "../plot.tsx";

/** Pixels that an axis takes; the same in every drawing, so that one moment stands at one place in all of them. */
export const AXIS = 56;
const TIME_AXIS = 44;
const HEAD = 22;

export type StageProps = {
  readonly height: number;
  readonly window: Span;
  readonly scales: readonly Scale[];
  /** Room beside the drawing, its own axes included. */
  readonly left: number;
  readonly right: number;
  readonly timeAxis: boolean;
  readonly under: (plot: uPlot) => void;
  readonly over: (plot: uPlot) => void;
  /** Another one: to be painted anew. */
  readonly version: unknown;
};

export const stageHeight = ({ height, timeAxis }: Pick<StageProps, "height" | "timeAxis">): number =>
  height + (timeAxis ? TIME_AXIS : 8);

/** One canvas with its axes. What is on it, and what a pointer does over it, belongs to others. */
export function Stage(props: StageProps) {
  const { theme } = useHub();
  const scheme = useCell(theme.scheme);
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shape = JSON.stringify([
    props.scales.map(({ key, unit }) => [key, unit]),
    props.left,
    props.right,
    props.timeAxis,
  ]);

  useLayoutEffect(() => {
    const place = box.current;
    if (!place) return;
    const { left, right, scales, timeAxis } = latest.current;
    const ofRight = Math.max(0, scales.length - 1) * AXIS;
    const height = stageHeight(latest.current);
    const drawn = new uPlot(
      {
        width: Math.max(200, place.clientWidth),
        height,
        padding: [HEAD, right - ofRight, timeAxis ? 0 : 8, left - (scales.length > 0 ? AXIS : 0)],
        legend: { show: false },
        cursor: { show: false },
        select: { show: false, left: 0, top: 0, width: 0, height: 0 },
        series: [{}, { show: false, scale: scales[0]?.key ?? "y" }],
        scales: {
          x: { time: true, auto: false },
          y: { auto: false, range: [0, 1] },
          ...Object.fromEntries(scales.map(({ key }) => [key, { auto: false }])),
        },
        axes: [
          {
            ...axisColours(),
            space: 72,
            size: timeAxis ? TIME_AXIS : 0,
            ...(scales.length > 0 ? {} : { grid: { show: false } }),
            ...(timeAxis ? {} : { ticks: { show: false } }),
            values: (_, splits, __, ___, step) => (timeAxis ? [...timeLabels(splits, step)] : splits.map(() => "")),
          },
          // Without an axis of its own uPlot would draw one.
          ...(scales.length === 0 ? [{ show: false }] : []),
          ...scales.map(
            ({ key }, index): uPlot.Axis => ({
              ...axisColours(),
              scale: key,
              side: index === 0 ? 3 : 1,
              size: AXIS,
              ...(index === 0 ? {} : { grid: { show: false } }),
              values: (_, splits) => [...axisNumbers(splits)],
            }),
          ),
        ],
        hooks: {
          // uPlot draws in a microtask: one that was replaced meanwhile knows nothing of the new scales.
          drawClear: [(u) => u === plot.current && latest.current.under(u)],
          draw: [
            (u) => {
              if (u !== plot.current) return;
              paintUnits(u, latest.current.scales);
              latest.current.over(u);
            },
          ],
        },
      },
      [
        [latest.current.window.from, latest.current.window.to],
        [null, null],
      ],
      place,
    );
    plot.current = drawn;
    showScales(drawn, latest.current);
    const resize = new ResizeObserver(() => {
      if (place.clientWidth > 0) drawn.setSize({ width: place.clientWidth, height: stageHeight(latest.current) });
    });
    resize.observe(place);
    return () => {
      resize.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [scheme, shape, props.height]);

  useEffect(() => {
    const drawn = plot.current;
    if (!drawn) return;
    drawn.batch(() => showScales(drawn, props));
    drawn.redraw(false, true);
  }, [props.version, props.window.from, props.window.to]);

  return <div class="stage" ref={box} aria-hidden="true" />;
}

function showScales(plot: uPlot, { window, scales }: StageProps): void {
  plot.setScale("x", { min: window.from, max: window.to });
  for (const { key, min, max } of scales) plot.setScale(key, { min, max });
}

/** The unit stands above its axis. */
function paintUnits(plot: uPlot, scales: readonly Scale[]): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.font = FONT.replace("12px", `${12 * pixel}px`);
  ctx.fillStyle = colour("muted");
  ctx.textBaseline = "middle";
  scales.forEach(({ unit }, index) => {
    ctx.textAlign = index === 0 ? "right" : "left";
    const x = index === 0 ? bbox.left - 9 * pixel : bbox.left + bbox.width + ((index - 1) * AXIS + 9) * pixel;
    ctx.fillText(unit, x, bbox.top - 13 * pixel);
  });
  ctx.restore();
}
