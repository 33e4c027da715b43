import {
  type Amendment,
  takesEvent,
  takesReading,
  takesRollup,
  takesStatistic,
  touchesTime,
} from "../../../../domain/data/amendment.ts";
import type { Micros, Window } from "../../../../domain/time/time.ts";
import { openRollups } from "../../chunks/rollups.ts";
import { openStatistics } from "../../chunks/statistics.ts";
import { periodOfLine, seriesOfLine } from "../../format/statistic.ts";
import type { Block, BlockKind } from "../file/block.ts";
import type { ChunkKey } from "../file/content.ts";
import type { ChunkPlace } from "../file/directory.ts";
import { eventsIn, frameOf, readEventPlaces } from "../file/open-block.ts";
import { chunksOf, directoryOf, guarded, openSource, type Source, tableOf, timesOf, type Work } from "./sources.ts";

/** What amendments take of one key of a block. */
export type Taken = {
  /** Whether any of a stretch, whose ends are both inside, may go. */
  mayTouch(times: Window): boolean;
  /** A row by its first and its last moment. */
  takes(from: Micros, to: Micros): boolean;
};

/** By key; undefined: nothing of it goes. */
export function takenFrom(
  kind: Exclude<BlockKind, "events">,
  amendments: readonly Amendment[],
): (key: ChunkKey) => Taken | undefined {
  return (key) => {
    const series = kind === "statistics" ? seriesOfLine(key) : key;
    const own = amendments.filter(
      (amendment) => amendment.series === series && (kind === "readings" || amendment.kind === "erasure"),
    );
    if (own.length === 0) return undefined;
    const takes = (from: Micros, to: Micros): boolean =>
      own.some((amendment) => {
        if (kind === "readings") return takesReading(amendment, series, from);
        if (kind === "rollups") return takesRollup(amendment, series, { firstTime: from, lastTime: to });
        return takesStatistic(amendment, { series, period: periodOfLine(key), start: from });
      });
    // A statistic reaches further than its beginning, which is all that a list says of it.
    const mayTouch = (times: Window) => kind === "statistics" || own.some((amendment) => touchesTime(amendment, times));
    return { mayTouch, takes };
  };
}

export type AmendedJob = {
  readonly kind: "amended";
  readonly blocks: string;
  readonly inputs: readonly Block[];
  readonly amendments: readonly Amendment[];
};

/** Names of the blocks of which amendments take anything. */
export function findAmended({ blocks, inputs, amendments }: AmendedJob): readonly string[] {
  const work: Work = { damages: [] };
  return inputs
    .filter((block) => {
      const { kind } = block;
      const own = amendments.filter(
        (amendment) => kind === "statistics" || touchesTime(amendment, { from: block.from, to: block.to }),
      );
      if (own.length === 0) return false;
      const source = openSource(blocks, block);
      try {
        return kind === "events" ? anyEvent(source, own, work) : anyRow(source, kind, own, work);
      } finally {
        source.close();
      }
    })
    .map(({ name }) => name);
}

function anyRow(
  source: Source,
  kind: Exclude<BlockKind, "events">,
  amendments: readonly Amendment[],
  work: Work,
): boolean {
  const taken = takenFrom(kind, amendments);
  for (const [key, entry] of tableOf(source, work)) {
    const own = taken(key);
    if (!own?.mayTouch(entry)) continue;
    for (const chunk of chunksOf(source, entry, work)) {
      if (!own.mayTouch(chunk)) continue;
      // A damaged chunk is left out and named when its block is written again.
      const rows = rowsOf(source, kind, key, chunk, work) ?? [];
      if (rows.some(({ from, to }) => own.takes(from, to))) return true;
    }
  }
  return false;
}

function rowsOf(
  source: Source,
  kind: Exclude<BlockKind, "events">,
  key: ChunkKey,
  chunk: ChunkPlace,
  work: Work,
): readonly Window[] | undefined {
  if (kind === "readings")
    return Array.from(timesOf(source, key, chunk, work) ?? [], (time) => ({ from: time, to: time }));
  return guarded(source, null, chunk, work, () =>
    kind === "rollups"
      ? source.pack(chunk, openRollups, (lines) =>
          (lines[chunk.index] ?? []).map(({ summary }) => ({ from: summary.firstTime, to: summary.lastTime })),
        )
      : source.pack(chunk, openStatistics, (lines) =>
          (lines[chunk.index] ?? []).map(({ start }) => ({ from: start, to: start })),
        ),
  );
}

function anyEvent(source: Source, amendments: readonly Amendment[], work: Work): boolean {
  const named = amendments.filter(({ names }) => names.length > 0);
  if (named.length === 0) return false;
  const places = guarded(source, null, source.block, work, () => readEventPlaces(source.block, directoryOf(source)));
  return (places ?? []).some((place) => {
    if (!named.some((amendment) => touchesTime(amendment, place))) return false;
    const { at, length } = frameOf(place);
    const events = guarded(source, null, place, work, () => eventsIn(place, source.read(at, length)));
    return (events ?? []).some((event) => named.some((amendment) => takesEvent(amendment, event)));
  });
}
