import type { Breakage, Suite } from "../breakage.ts";

const EMBEDDED = "src/store/embedded";
const SYNCING = `${EMBEDDED}/write/syncing.ts`;
const FAILING_DISK = `${EMBEDDED}/failing-disk.test.ts`;
const MEMORY = "src/store/memory/memory.test.ts";

const of = (file: string, only: string): Suite => ({ file, only });

/** The log: appending, syncing, starting again. */
export const LOG: readonly Breakage[] = [
  {
    name: "a wrong CRC is accepted",
    promise: "damage is found, named and costs one record",
    file: `${EMBEDDED}/format/frame.ts`,
    from: 'return buffer.readUInt32LE(at + 5) === checksum(buffer, at + FRAME, end, position) ? "good" : "bad";',
    to: 'return checksum(buffer, at + FRAME, end, position) >= 0 ? "good" : "bad";',
    caughtBy: [`${EMBEDDED}/format/format.test.ts`, of(`${EMBEDDED}/damage.test.ts`, "^any single damaged byte")],
  },
  {
    name: "the CRC leaves the position out",
    promise: "a record counts nowhere but where it was written",
    file: `${EMBEDDED}/format/frame.ts`,
    from: "const seed = position >>> 0;",
    to: "const seed = position & 0;",
    caughtBy: [`${EMBEDDED}/format/format.test.ts`],
  },
  {
    name: "a damaged last record is taken for one that was cut off",
    promise: "damage is found, named and becomes a gap",
    file: `${EMBEDDED}/segments/replay.ts`,
    from: "return at + FRAME + payloadLength(buffer, at) > limit;",
    to: "return at + FRAME + payloadLength(buffer, at) >= limit;",
    caughtBy: [of(`${EMBEDDED}/damage.test.ts`, "^any single damaged byte")],
  },
  {
    name: "what a full disk took of a refused batch stays in the file",
    promise: "R4: what was refused is not there, and nothing that follows is damaged",
    file: `${EMBEDDED}/write/append.ts`,
    from: "await file.handle.truncate(segment.limit);",
    to: "await file.handle.truncate(segment.limit + written);",
    caughtBy: [FAILING_DISK],
  },
  {
    name: "a sync that never asks the disk",
    promise: "R3, R5: what was synced survives a power loss; no false success",
    file: SYNCING,
    from: "if (end > file.synced) await file.handle.datasync();",
    to: "if (end < file.synced) await file.handle.datasync();",
    caughtBy: [FAILING_DISK],
  },
  {
    name: "events wait as long for the disk as changes, which can be asked for again",
    promise: "R3: an event is on the disk within 5 s",
    file: SYNCING,
    from: "const URGENT_MS = 5_000;",
    to: "const URGENT_MS = 30_000;",
    caughtBy: [FAILING_DISK],
  },
  {
    name: "after a refused sync the next one counts without writing again",
    promise: "R5: no false success",
    file: SYNCING,
    from: "if (failing && end > file.synced)",
    to: "if (failing && end > file.end)",
    caughtBy: [FAILING_DISK],
  },
  {
    name: "while the disk refuses to sync, more is acknowledged",
    promise: "R5: no false success",
    file: `${EMBEDDED}/write/append.ts`,
    from: "if (!syncing.failing) return;",
    to: "if (!syncing.failing || segment.limit > 0) return;",
    caughtBy: [FAILING_DISK],
  },
  {
    name: "positions are not carried over a power loss: they are given out twice",
    promise: "a position is given out once, whatever the machine does",
    file: `${EMBEDDED}/recovery/recover.ts`,
    from: 'nextBase: Math.max(needs.floor, needs.left === "machine_stopped" ? end + LEAP : end),',
    to: "nextBase: Math.max(needs.floor, end),",
    caughtBy: [`${EMBEDDED}/lock.test.ts`],
  },
  {
    name: "a restored store forgets which positions were given out after its backup",
    promise: "a position is given out once, restores included",
    file: `${EMBEDDED}/recovery/recover.ts`,
    from: "const taken = Math.max(asideEnd, needs.sealed, needs.floor > end ? needs.floor : 0);",
    to: "const taken = Math.max(asideEnd, needs.sealed);",
    caughtBy: ["src/backup/restore/restore.test.ts"],
  },
  {
    name: "of two readings of one time the first is the latest after a restart",
    promise: "what is told of the present is the same before and after a restart",
    file: `${EMBEDDED}/segments/collect.ts`,
    from: "if (!before || time >= before.time) latest.set(series,",
    to: "if (!before || time > before.time) latest.set(series,",
    caughtBy: [{ file: `${EMBEDDED}/embedded.test.ts`, only: "indexes not built yet: a store that is opened again" }],
  },
  {
    name: "a late reading replaces the latest",
    promise: "R13: a late reading lands in its place and is never the present",
    file: "src/store/shared/ledger.ts",
    from: "if (!before || isLater(reading, before)) ledger.latest.set(reading.series, reading);",
    to: "if (!before || reading.position > before.position) ledger.latest.set(reading.series, reading);",
    caughtBy: [MEMORY],
  },
  {
    name: "a gap that ends where a window begins is told with it",
    promise: "windows hold their beginning and not their end",
    file: "src/store/shared/ledger.ts",
    from: "gap.to > window.from &&",
    to: "gap.to >= window.from &&",
    caughtBy: [MEMORY],
  },
  {
    name: "paging skips what has the very time of the cursor",
    promise: "pages put together are the whole answer",
    file: "src/store/shared/query.ts",
    from: ": { from: window.from, to: Math.min(window.to, after.time + 1) };",
    to: ": { from: window.from, to: Math.min(window.to, after.time) };",
    caughtBy: [of(`${EMBEDDED}/blocks/merge.test.ts`, "^a chunk that ends")],
  },
  {
    name: "the log window ends one segment too early",
    promise: "a live stream can go on from whatever is within the log window",
    file: `${EMBEDDED}/embedded.ts`,
    from: "if (bytes > windowBytes) return base;",
    to: "if (bytes + limit > windowBytes) return base;",
    caughtBy: [of(`${EMBEDDED}/segments.test.ts`, "^the log window is")],
  },
  {
    name: "what damage cost is no gap",
    promise: "missed is filled or named",
    file: `${EMBEDDED}/segments/damage.ts`,
    from: ".filter((gap) => !known.some((it) => saysSo(it, gap)));",
    to: ".filter((gap) => known.some((it) => saysSo(it, gap)));",
    caughtBy: [of(`${EMBEDDED}/damage.test.ts`, "^what damage cost")],
  },
  {
    name: "the last of the disk is used up",
    promise: "the last 500 MB are never taken",
    file: "src/store/space.ts",
    from: "if (free >= (stopped ? reserve * BACK : reserve)) stopped = undefined;",
    to: "if (free >= (stopped ? reserve * BACK : 0)) stopped = undefined;",
    caughtBy: ["src/store/space.test.ts"],
  },
];
