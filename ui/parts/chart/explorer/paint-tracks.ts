import type uPlot from "uplot";
import type { BandColour } from "../../../shape/bands.ts";
import { numberOf, type Seconds, type Span } from "../../../shape/chart-data.ts";
import type { Track } from "../../../shape/explorer/tracks.ts";
import { clipped, colour, fillSpans, hatchSpans, paintStretches } from "../paint.ts";

export type Line = {
  readonly track: Track;
  readonly scale: string;
  /** By its place in style/tokens.css. */
  readonly colour: string;
  /** Of an earlier time, to compare with. */
  readonly earlier: boolean;
};

/** Exact readings as levels, since a state holds until the next; summed-up ones as their mean in a band of extremes. */
export function paintLines(plot: uPlot, lines: readonly Line[]): void {
  clipped(plot, (ctx) => {
    ctx.lineJoin = "round";
    // What is now is drawn over what was.
    for (const line of lines.toSorted((a, b) => Number(b.earlier) - Number(a.earlier))) {
      ctx.strokeStyle = colour(line.colour);
      ctx.lineWidth = (line.earlier ? 1.25 : 1.75) * devicePixelRatio;
      ctx.setLineDash(line.earlier ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
      ctx.globalAlpha = line.earlier ? 0.75 : 1;
      const x = (at: Seconds) => plot.valToPos(at, "x", true);
      const y = (value: number) => plot.valToPos(value, line.scale, true);
      if (line.track.buckets.length > 0) paintBuckets(ctx, line, x, y);
      else paintLevels(ctx, line.track, x, y);
    }
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
  });
}

type Place = (value: number) => number;

function paintLevels(ctx: CanvasRenderingContext2D, { stretches }: Track, x: Place, y: Place): void {
  ctx.beginPath();
  let end: Seconds | null = null;
  for (const { from, to, state } of stretches) {
    const value = numberOf(state);
    if (value === null) {
      end = null;
      continue;
    }
    if (end === from) ctx.lineTo(x(from), y(value));
    else ctx.moveTo(x(from), y(value));
    ctx.lineTo(x(to), y(value));
    end = to;
  }
  ctx.stroke();
}

function paintBuckets(ctx: CanvasRenderingContext2D, { track, colour: name, earlier }: Line, x: Place, y: Place): void {
  type Known = { x: number; mean: number; min: number; max: number; half: number };
  const runs: Known[][] = [];
  let end: Seconds | null = null;
  for (const { from, to, mean, min, max } of track.buckets) {
    if (mean === null || min === null || max === null) continue;
    const half = (x(to) - x(from)) / 2;
    const known = { x: x(from) + half, mean: y(mean), min: y(min), max: y(max), half };
    if (end === from) runs.at(-1)?.push(known);
    else runs.push([known]);
    end = to;
  }
  for (const run of runs) {
    const first = run[0] as Known;
    const last = run.at(-1) as Known;
    // Half a part at each end, so that one alone is seen as well.
    const ends = [{ ...first, x: first.x - first.half }, ...run, { ...last, x: last.x + last.half }];
    if (!earlier) {
      ctx.beginPath();
      for (const point of ends) ctx.lineTo(point.x, point.max);
      for (const point of ends.toReversed()) ctx.lineTo(point.x, point.min);
      ctx.closePath();
      ctx.fillStyle = colour(name);
      ctx.globalAlpha = 0.22;
      ctx.fill();
      ctx.globalAlpha = 1;
    }
    ctx.beginPath();
    for (const point of ends) ctx.lineTo(point.x, point.mean);
    ctx.stroke();
  }
}

/** Holes of all tracks hide the drawing from top to bottom, those of some stand at its foot. */
export function paintHoles(
  plot: uPlot,
  holes: { readonly all: readonly Span[]; readonly some: readonly Span[] },
): void {
  const { top, height } = plot.bbox;
  const foot = 10 * devicePixelRatio;
  hatchSpans(plot, holes.all, top, height);
  hatchSpans(plot, holes.some, top + height - foot, foot);
}

export const ROW = 46;
const NAME = 18;

export type BandRow = {
  readonly name: string;
  readonly track: Track;
  readonly colours: ReadonlyMap<string | null, BandColour>;
  /** The same of an earlier time, drawn small underneath. */
  readonly earlier: Track | null;
};

export function paintBandRows(plot: uPlot, rows: readonly BandRow[], nameOf: (state: string | null) => string): void {
  const pixel = devicePixelRatio;
  const { ctx, bbox } = plot;
  rows.forEach(({ name, track, colours, earlier }, index) => {
    const top = bbox.top + index * ROW * pixel;
    ctx.save();
    ctx.font = `600 ${12 * pixel}px system-ui, sans-serif`;
    ctx.fillStyle = colour("text");
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillText(name, bbox.left, top + (NAME / 2) * pixel, bbox.width);
    ctx.restore();
    const height = (ROW - NAME - 6 - (earlier ? 7 : 0)) * pixel;
    const at = top + NAME * pixel;
    fillSpans(plot, [{ from: plot.scales.x?.min ?? 0, to: plot.scales.x?.max ?? 0 }], "sunken", at, height);
    hatchSpans(plot, track.gaps, at, height);
    paintStretches(plot, track.stretches, colours, nameOf, at, height);
    paintShares(plot, track, colours, at, height);
    if (!earlier) return;
    const under = at + height + 2 * pixel;
    hatchSpans(plot, earlier.gaps, under, 5 * pixel);
    paintStretches(plot, earlier.stretches, colours, () => "", under, 5 * pixel);
    paintShares(plot, earlier, colours, under, 5 * pixel);
  });
}

/** Where states change more often than there are pixels: how much of each part each of them held, one upon another. */
function paintShares(
  plot: uPlot,
  { buckets }: Track,
  colours: ReadonlyMap<string | null, BandColour>,
  top: number,
  height: number,
): void {
  const fills = new Map([...new Set(colours.values())].map((name) => [name, colour(`band-${name}`)]));
  // In one order throughout, else the same state would jump from part to part.
  const order = [...colours.keys()].reverse();
  clipped(plot, (ctx) => {
    for (const { from, to, states } of buckets) {
      const left = Math.round(plot.valToPos(from, "x", true));
      const width = Math.max(1, Math.round(plot.valToPos(to, "x", true)) - left);
      const known = states.reduce((sum, { seconds }) => sum + seconds, 0);
      if (known === 0) continue;
      let foot = top + height;
      for (const name of order) {
        const seconds = states.find(({ state }) => state === name)?.seconds ?? 0;
        if (seconds === 0) continue;
        const share = (seconds / known) * height;
        ctx.fillStyle = fills.get(colours.get(name) ?? "missing") ?? "";
        ctx.fillRect(left, foot - share, width, share);
        foot -= share;
      }
    }
  });
}
