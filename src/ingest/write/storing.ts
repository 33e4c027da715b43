import type { Flaw, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import { describeError, Failure } from "../../domain/failure.ts";
import type { Log } from "../../platform/told/log.ts";
import type { StatusBoard } from "../../platform/told/status-board.ts";
import type { IngestEntry, IngestNeeds } from "../needs.ts";
import { type Batch, NOT_STORED } from "./batch.ts";

export type Counts = {
  changes: number;
  events: number;
  repeated: number;
  flawed: number;
  /** What the store can never hold, left out and told. */
  refused: number;
};

/** Whom a batch is from. */
type From = "home" | "outside";

/** The position of what the store refused. */
const REFUSED: Position = -1;
/** The position of what a rule keeps from being stored: it is told all the same, since it is the present. */
const UNSAVED: Position = 0;
const REPORT = "Report it with the hub's log";

/** Appends a batch, then publishes it: nothing is published that a query cannot find. */
export function createStoring(needs: {
  readonly append: (entries: readonly IngestEntry[]) => Promise<readonly Position[]>;
  readonly publish: IngestNeeds["publish"];
  readonly nameOf: (series: SeriesId) => string | undefined;
  /** The batch is stored. */
  readonly onStored: () => void;
  /** The latest of each series, as told. */
  readonly last: Map<SeriesId, Stored<Reading>>;
  readonly counts: Counts;
  readonly log: Log;
  readonly status: StatusBoard;
}) {
  const { append, publish, last, counts, log, status } = needs;
  const flaws = new Map<Flaw, number>();
  /** The last entry that could not be stored, until the hub is started anew. */
  let refusal: { readonly why: string; readonly fix: string } | undefined;

  const tellRefused = (entry: IngestEntry, failure: Failure) => {
    counts.refused++;
    const series = entry.kind === "reading" ? entry.reading.series : null;
    const what = series === null ? `An ${entry.kind} entry` : `A change of ${needs.nameOf(series)}`;
    log.error("what cannot be stored was left out", { what, why: describeError(failure) });
    refusal = { why: `${what} could not be stored: ${describeError(failure)}.`, fix: `${failure.fix ?? REPORT}.` };
  };
  const refuse = async (entry: IngestEntry, failure: Failure, batch: Batch) => {
    tellRefused(entry, failure);
    if (entry.kind !== "reading" || !Number.isSafeInteger(entry.reading.time)) return;
    const { series, time } = entry.reading;
    const gap = { kind: "states", series, from: time - 1, to: time + 1, cause: "not_recorded" } as const;
    const [position] = await append([{ kind: "gap", gap }]);
    // Published with the batch, not before it: what is published rises in position.
    batch.refused.push({ ...gap, position: position as Position });
  };
  /** One entry that can never be stored must not cost its neighbours; a refused one has no position. */
  const appendEach = async (batch: Batch): Promise<(Position | undefined)[]> => {
    const positions: (Position | undefined)[] = [];
    for (const entry of batch.entries) {
      try {
        positions.push((await append([entry]))[0]);
      } catch (error) {
        if (!(error instanceof Failure) || error.retry) throw error;
        positions.push(undefined);
        await refuse(entry, error, batch);
      }
    }
    return positions;
  };
  const appendAll = (batch: Batch): Promise<readonly (Position | undefined)[]> =>
    append(batch.entries).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.retry) throw error;
      return appendEach(batch);
    });

  const count = (batch: Batch, from: From) => {
    counts.changes += batch.changes.length;
    counts.events += batch.events.length;
    for (const { reading } of batch.changes) {
      if (reading.flaws.length === 0) continue;
      counts.flawed++;
      for (const flaw of reading.flaws) flaws.set(flaw, (flaws.get(flaw) ?? 0) + 1);
    }
    // What sources know says nothing of how Home Assistant is recorded.
    if (from === "outside") return;
    if (refusal) status.set("recording", { state: "degraded", ...refusal, figures: { refused: counts.refused } });
    else if (status.get("recording")?.state !== "ok") status.set("recording", { state: "ok" });
  };

  const store = async (batch: Batch, from: From = "home"): Promise<void> => {
    const { entries, changes, events, gaps } = batch;
    if (entries.length === 0 && changes.length === 0) return;
    const positions = entries.length === 0 ? [] : await appendAll(batch);
    needs.onStored();
    for (const { at, reading } of changes) reading.position = at === NOT_STORED ? UNSAVED : (positions[at] ?? REFUSED);
    for (const { at, event } of events) event.position = positions[at] ?? REFUSED;
    for (const { at, gap } of gaps) gap.position = positions[at] ?? REFUSED;
    const isStored = ({ position }: { position: Position }) => position !== REFUSED;
    for (const [series, reading] of batch.latest)
      if (isStored(reading)) last.set(series, reading);
      else last.delete(series);
    count(batch, from);
    const stored = changes.filter(({ reading }) => isStored(reading)).map(({ change }) => change);
    if (stored.length > 0) publish.changes(stored);
    if (events.length > 0) publish.events(events.map(({ event }) => event).filter(isStored));
    const holes = [...gaps.map(({ gap }) => gap).filter(isStored), ...batch.refused];
    if (holes.length > 0) publish.gaps(holes);
  };

  return { store, tellRefused };
}
