import type uPlot from "uplot";
import type { BandColour } from "../../shape/bands.ts";
import type { Span, Stretch } from "../../shape/chart-data.ts";

/** Colours come from style/tokens.css, so that charts follow the theme. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const FONT = "12px system-ui, sans-serif";

/** A hole is hatched: it must never be taken for a value. */
export function paintGaps(plot: uPlot, gaps: readonly Span[]): void {
  if (gaps.length === 0) return;
  const pattern = hatch(plot.ctx, colour("gap-line"));
  clipped(plot, (ctx) => {
    for (const gap of gaps) {
      const { left, width } = across(plot, gap);
      ctx.fillStyle = colour("gap-ground");
      ctx.fillRect(left, plot.bbox.top, width, plot.bbox.height);
      if (pattern) ctx.fillStyle = pattern;
      ctx.fillRect(left, plot.bbox.top, width, plot.bbox.height);
    }
  });
}

/** Recorded, but without a number: unavailable, unknown, removed. */
export function paintMissing(plot: uPlot, stretches: readonly Span[]): void {
  clipped(plot, (ctx) => {
    ctx.fillStyle = colour("band-missing");
    for (const stretch of stretches) {
      const { left, width } = across(plot, stretch);
      ctx.fillRect(left, plot.bbox.top, width, plot.bbox.height);
    }
  });
}

export function paintBands(
  plot: uPlot,
  stretches: readonly Stretch[],
  colours: ReadonlyMap<string | null, BandColour>,
  nameOf: (state: string | null) => string,
): void {
  const { top, height } = plot.bbox;
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
      const [fill = "", text = ""] = fills.get(colours.get(stretch.state) ?? "missing") ?? [];
      ctx.fillStyle = fill;
      // A hair of ground between neighbours, as long as both can be seen.
      ctx.fillRect(left, top, width > 3 * scale ? width - scale : width, height);
      const start = Math.max(left, plot.bbox.left);
      const label = nameOf(stretch.state);
      const room = left + width - start - 14 * scale;
      if (room < 20 * scale || ctx.measureText(label).width > room) continue;
      ctx.fillStyle = text;
      ctx.fillText(label, start + 7 * scale, top + height / 2);
    }
  });
}

function clipped(plot: uPlot, paint: (ctx: CanvasRenderingContext2D) => void): void {
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
