import type { Breakage, Suite } from "../breakage.ts";

const STATISTICS = "src/history/statistics/statistics.test.ts";
const RANGE = "src/history/range/range.test.ts";
const SUMMARY = "src/domain/data/summary.test.ts";
const CALENDAR = "src/domain/time/calendar.test.ts";

const of = (file: string, only: string): Suite => ({ file, only });

/** What is made of readings: summaries, days, buckets, pages. */
export const ANSWERS: readonly Breakage[] = [
  {
    name: "a counter that begins again counts backwards",
    promise: "increase of counters, across resets",
    file: "src/domain/data/summary.ts",
    from: "(after < 0.9 * before ? after : after - before);",
    to: "(after < 0 * before ? after : after - before);",
    caughtBy: [SUMMARY, of(STATISTICS, "^every hour")],
  },
  {
    name: "a removal is read as a state that holds",
    promise: "time after a removal is not known time",
    file: "src/domain/data/summary.ts",
    from: "gone = (mark & MARK.removal) !== 0;",
    to: "gone = (mark & MARK.removal) === MARK.changed;",
    caughtBy: [SUMMARY],
  },
  {
    name: "a removal before a bucket is carried into it as a state",
    promise: "time after a removal is not known time",
    file: "src/history/statistics/values/numbers.ts",
    from: "carried.gone = summary.lastIsRemoval;",
    to: "carried.gone = false;",
    caughtBy: [of(STATISTICS, "^every hour")],
  },
  {
    name: "the wrong day where clocks are put back over midnight",
    promise: "R15: local days, whatever the clocks of a zone do",
    file: "src/domain/time/calendar.ts",
    from: "while (startOfDay(day + 1) <= ms) day++;",
    to: "while (startOfDay(day + 1) < 0) day++;",
    caughtBy: [CALENDAR],
  },
  {
    name: "a day begins an hour early where clocks were put back before its midnight",
    promise: "R15: local days, whatever the clocks of a zone do",
    file: "src/domain/time/calendar.ts",
    from: "start = Math.max(change, midnight - reached);",
    to: "start = Math.max(change, midnight - offset);",
    caughtBy: [CALENDAR],
  },
  {
    name: "a day that ends where the next bucket begins is counted into the wrong one",
    promise: "aggregates equal brute force, whatever a chunk's list already says",
    file: "src/store/embedded/reader/summaries.ts",
    from: "if (firstTime >= first && lastTime < (edges[bucket + 1] as Micros))",
    to: "if (firstTime >= first && lastTime <= (edges[bucket + 1] as Micros))",
    caughtBy: ["src/store/embedded/blocks/merge.test.ts"],
  },
  {
    name: "pieces that touch at one time are answered one after the other",
    promise: "R13: ranges are sorted and complete",
    file: "src/store/embedded/reader/pieces.ts",
    from: "if (last && piece.from <= end) last.push(piece);",
    to: "if (last && piece.from < end) last.push(piece);",
    caughtBy: ["src/store/embedded/blocks/merge.test.ts"],
  },
  {
    name: "a cursor from before sealing tells its row once more",
    promise: "pages put together are the whole answer, whatever is sealed between them",
    file: "src/store/embedded/reader/sealed/rows.ts",
    from: "if (!shared && after.position >= place.firstPosition && after.position <= place.lastPosition) return false;",
    to: "if (!shared && after.position > place.lastPosition && after.position <= place.lastPosition) return false;",
    caughtBy: ["src/store/embedded/blocks/merge.test.ts"],
  },
  {
    name: "time in a gap counts as known",
    promise: "gaps are excluded from every mean",
    file: "src/history/statistics/values/spans.ts",
    from: "known.push(start < until && !(next && next.from <= start));",
    to: "known.push(start < until && !(next && next.from < bucket));",
    caughtBy: [of(STATISTICS, "^every hour")],
  },
  {
    name: "imported statistics and readings are mixed",
    promise: "a bucket is of readings or of imported statistics, never of both",
    file: "src/history/statistics/values/buckets.ts",
    from: "imported !== undefined && numbers.known < ENOUGH * imported.seconds;",
    to: "imported !== undefined && numbers.known <= 0 * imported.seconds;",
    caughtBy: ["src/history/statistics/imported.test.ts"],
  },
  {
    name: "a moment leaves out the reading of that very time",
    promise: "a moment shows the last reading until then, itself included",
    file: "src/history/range/at.ts",
    from: "return reader.before(id, time + 1);",
    to: "return reader.before(id, time);",
    caughtBy: [RANGE],
  },
  {
    name: "down-sampling loses the highest peak",
    promise: "down-sampling keeps peaks",
    file: "src/history/range/sample.ts",
    from: "if (value > numbers.max) [numbers.max, numbers.most] = [value, row];",
    to: "if (value > numbers.max) [numbers.max, numbers.most] = [value, numbers.most];",
    caughtBy: [RANGE],
  },
  {
    name: "a cursor of another question is taken",
    promise: "a cursor that was altered is refused",
    file: "src/history/cursor.ts",
    from: "return fits ? (value as unknown as Packed) : undefined;",
    to: "return fits || !fits ? (value as unknown as Packed) : undefined;",
    caughtBy: [of("src/history/history.test.ts", "^a cursor that was altered")],
  },
];
