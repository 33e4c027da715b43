import type uPlot from "uplot";
import { clipped, colour } from "../paint.ts";
import type { Note } from "./layout.ts";

/** Notes as lines across, with a flag on the topmost drawing; a stretch of time is shaded between its ends. */
export function paintNotes(plot: uPlot, notes: readonly Note[], flags: boolean): void {
  const { top, height } = plot.bbox;
  const pixel = devicePixelRatio;
  clipped(plot, (ctx) => {
    for (const { from, to } of notes) {
      const left = Math.round(plot.valToPos(from, "x", true));
      const right = Math.round(plot.valToPos(to, "x", true));
      ctx.fillStyle = colour("note");
      if (right > left) {
        ctx.globalAlpha = 0.12;
        ctx.fillRect(left, top, right - left, height);
        ctx.globalAlpha = 1;
      }
      for (let y = top; y < top + height; y += 6 * pixel) ctx.fillRect(left, y, 1.5 * pixel, 3 * pixel);
      if (!flags) continue;
      ctx.beginPath();
      ctx.moveTo(left, top);
      ctx.lineTo(left + 9 * pixel, top + 5 * pixel);
      ctx.lineTo(left, top + 10 * pixel);
      ctx.fill();
    }
  });
}
