import type uPlot from "uplot";
import type { BandColour } from "../../shape/bands.ts";
import type { Span, Stretch } from "../../shape/chart-data.ts";

/** Colours come from style/tokens.css, so that charts follow the theme. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const FONT = "12px system-ui, sans-serif";

/** A hole is hatched: it must never be taken for a value. */
export const paintGaps = (plot: uPlot, gaps: readonly Span[]): void =>
  hatchSpans(plot, gaps, plot.bbox.top, plot.bbox.height);

/** Recorded, but without a number: unavailable, unknown, removed. */
export const paintMissing = (plot: uPlot, stretches: readonly Span[]): void =>
  fillSpans(plot, stretches, "band-missing", plot.bbox.top, plot.bbox.height);

export const paintBands = (
  plot: uPlot,
  stretches: readonly Stretch[],
  colours: ReadonlyMap<string | null, BandColour>,
  nameOf: (state: string | null) => string,
): void => paintStretches(plot, stretches, colours, nameOf, plot.bbox.top, plot.bbox.height);

/** `top` and `height` in pixels of the canvas, as everywhere below. */
export function hatchSpans(plot: uPlot, spans: readonly Span[], top: number, height: number): void {
  if (spans.length === 0) return;
  const pattern = hatch(plot.ctx, colour("gap-line"));
  fillSpans(plot, spans, "gap-ground", top, height);
  if (pattern) fill(plot, spans, pattern, top, height);
}

export const fillSpans = (plot: uPlot, spans: readonly Span[], name: string, top: number, height: number): void =>
  fill(plot, spans, colour(name), top, height);

function fill(plot: uPlot, spans: readonly Span[], style: string | CanvasPattern, top: number, height: number): void {
  clipped(plot, (ctx) => {
    ctx.fillStyle = style;
    for (const span of spans) {
      const { left, width } = across(plot, span);
      ctx.fillRect(left, top, width, height);
    }
  });
}

export function paintStretches(
  plot: uPlot,
  stretches: readonly Stretch[],
  colours: ReadonlyMap<string | null, BandColour>,
  nameOf: (state: string | null) => string,
  top: number,
  height: number,
): void {
  const fills = new Map(
    [...new Set(colours.values())].map((name) => [name, [colour(`band-${name}`), colour(`band-${name}-text`)]]),
  );
  clipped(plot, (ctx) => {
    const scale = devicePixelRatio;
    ctx.font = `${12 * scale}px system-ui, sans-serif`;
    // Axes leave their own alignment behind.
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    for (const stretch of stretches) {
      const { left, width } = across(plot, stretch);
      const [ground = "", text = ""] = fills.get(colours.get(stretch.state) ?? "missing") ?? [];
      ctx.fillStyle = ground;
      // A hair of ground between neighbours, as long as both can be seen.
      ctx.fillRect(left, top, width > 3 * scale ? width - scale : width, height);
      const start = Math.max(left, plot.bbox.left);
      const label = nameOf(stretch.state);
      const room = left + width - start - 14 * scale;
      if (label === "" || room < 20 * scale || ctx.measureText(label).width > room) continue;
      ctx.fillStyle = text;
      ctx.fillText(label, start + 7 * scale, top + height / 2);
    }
  });
}

export function clipped(plot: uPlot, paint: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint(ctx);
  ctx.restore();
}

/** At least a pixel wide: what happened shortly still happened. */
function across(plot: uPlot, { from, to }: Span): { left: number; width: number } {
  const left = Math.round(plot.valToPos(from, "x", true));
  const right = Math.round(plot.valToPos(to, "x", true));
  return { left, width: Math.max(1, right - left) };
}

function hatch(ctx: CanvasRenderingContext2D, stroke: string): CanvasPattern | null {
  const size = 8 * devicePixelRatio;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (!pen) return null;
  pen.strokeStyle = stroke;
  pen.lineWidth = devicePixelRatio;
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, "repeat");
}
