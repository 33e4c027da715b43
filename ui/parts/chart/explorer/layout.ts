import type { Annotation } from "../../../api-types.ts";
import { bandColours } from "../../../shape/bands.ts";
import type { Span } from "../../../shape/chart-data.ts";
import { type Drawing, drawingsOf } from "../../../shape/explorer/axes.ts";
import { statesOf, type Track, trackExtremes } from "../../../shape/explorer/tracks.ts";
import type { BandRow, Line } from "./paint-tracks.ts";

/** A series as the History page shows it. */
export type Shown = {
  /** As it was chosen. */
  readonly entity: string;
  readonly name: string;
  readonly unit: string;
  readonly colour: string;
  readonly track: Track | null;
  /** What it is compared with, laid over the window. */
  readonly earlier: Track | null;
};

export type Note = Span & { readonly text: string };

export const notesOf = (annotations: readonly Annotation[]): readonly Note[] =>
  annotations.map(({ from, to, text }) => {
    const start = Date.parse(from) / 1000;
    return { from: start, to: to === null ? start : Date.parse(to) / 1000, text };
  });

export type Layout = {
  readonly drawings: readonly (Drawing & { readonly lines: readonly Line[]; readonly of: readonly Track[] })[];
  readonly rows: readonly BandRow[];
};

/** Which drawing has which lines, and which rows of bands stand under them. */
export function layOut(shown: readonly Shown[], mostScales: number): Layout {
  const numbers = shown.filter(({ track, earlier }) => (track?.kind ?? earlier?.kind) === "numbers");
  const drawings = drawingsOf(numbers.map(measured), mostScales).map((drawing) => {
    const mine = drawing.tracks.map((index) => numbers[index] as Shown);
    const lines = mine.flatMap(({ track, earlier, unit, colour }) => {
      const scale = drawing.scales.find((one) => one.unit === unit)?.key ?? "";
      return [
        ...(track ? [{ track, scale, colour, earlier: false }] : []),
        ...(earlier ? [{ track: earlier, scale, colour, earlier: true }] : []),
      ];
    });
    return { ...drawing, lines, of: mine.flatMap(({ track }) => track ?? []) };
  });
  const states = shown.filter(
    ({ track }) => track !== null && (track.kind === "states" || (track.kind === "nothing" && track.gaps.length > 0)),
  );
  const rows = states.map(({ name, track, earlier }) => ({
    name,
    track: track as Track,
    earlier,
    colours: bandColours([track, earlier].flatMap((one) => (one ? statesOf(one) : []))),
  }));
  return { drawings, rows };
}

function measured({ track, earlier, unit }: Shown) {
  const known = [track, earlier].flatMap((one) => (one ? (trackExtremes(one) ?? []) : []));
  if (known.length === 0) return null;
  return {
    unit,
    min: Math.min(...known.map(({ min }) => min)),
    max: Math.max(...known.map(({ max }) => max)),
  };
}
