import type { Breakage, Suite } from "../breakage.ts";

const PLAN = "src/retention/plan/plan.test.ts";
const BACKUPS = "src/backup/backups.test.ts";
const KILL = "src/backup/make/kill.test.ts";

const of = (file: string, only: string): Suite => ({ file, only });

/** Retention and backups. */
export const LETTING_GO: readonly Breakage[] = [
  {
    name: "retention ignores the rule of an entity",
    promise: "the most specific rule wins",
    file: "src/retention/plan/rules.ts",
    from: "return { keep: rule?.keep ?? defaults[what], rule };",
    to: "return { keep: rule ? defaults[what] : defaults[what], rule };",
    caughtBy: [PLAN],
  },
  {
    name: "the budget takes what is kept for ever",
    promise: "whom a rule keeps for ever the budget does not touch",
    file: "src/retention/plan/plan.ts",
    from: 'if (keep(id) !== "for_ever" && (cutoffs.get(id)',
    to: "if ((cutoffs.get(id)",
    caughtBy: [PLAN],
  },
  {
    name: "the budget takes without having said so 30 days before",
    promise: "what the budget takes is announced 30 days ahead",
    file: "src/retention/plan/plan.ts",
    from: "const at = Math.max(since + NOTICE, asOf + day * DAY);",
    to: "const at = Math.max(since, asOf + day * DAY);",
    caughtBy: [PLAN],
  },
  {
    name: "a wrong cut-off: one day too young",
    promise: "whole days are kept",
    file: "src/retention/plan/plan.ts",
    from: "=> dayStart(asOf) - days * DAY;",
    to: "=> dayStart(asOf) - (days - 1) * DAY;",
    caughtBy: [PLAN],
  },
  {
    name: "a clock that is a year ahead lets things go",
    promise: "a wrong clock deletes nothing",
    file: "src/retention/time/home-time.ts",
    from: "if (newest > ours + MOST_AHEAD)",
    to: "if (newest > ours + 1000 * DAY)",
    caughtBy: ["src/retention/time/home-time.test.ts"],
  },
  {
    name: "after a leap of both clocks things go at once",
    promise: "a wrong clock deletes nothing",
    file: "src/retention/time/home-time.ts",
    from: "const leapt = moved > most || moved < -HOUR;",
    to: "const leapt = moved > most * 1e9 || moved < -HOUR;",
    caughtBy: ["src/retention/time/home-time.test.ts"],
  },
  {
    name: "a backup skips a file that changed and kept its size",
    promise: "a backup restores to an equal store and app.db",
    file: "src/backup/make/make.ts",
    from: "const same = candidates.find((other) => other.file.sha256 === sha256);",
    to: "const same = candidates.find((other) => other.file.sha256 !== sha256) ?? candidates[0];",
    caughtBy: [of(BACKUPS, "^a file that changed")],
  },
  {
    name: "a snapshot keeps nothing from being deleted",
    promise: "a backup is a consistent snapshot while recording goes on",
    file: "src/store/embedded/embedded.ts",
    from: 'views.add([...tail.segments, ...manifest.blocks], "fixed")',
    to: 'views.add([], "fixed")',
    caughtBy: [of("src/store/embedded/hold.test.ts", "long after it was taken")],
  },
  {
    name: "removing a backup takes along what a later one needs",
    promise: "removing a backup leaves the others whole",
    file: "src/backup/folder/shelf.ts",
    from: "if (!heir || same.some(",
    to: "if (!heir || same.length > 0 || same.some(",
    caughtBy: [of(KILL, "^a backup killed|^a removal killed")],
  },
  {
    name: "a damaged file of a backup is called good",
    promise: "any damage of a backup is found",
    file: "src/backup/check/verify.ts",
    from: "return sha256 === file.sha256 ? undefined :",
    to: "return sha256 !== undefined ? undefined :",
    caughtBy: [of(BACKUPS, "^any damage of a backup")],
  },
  {
    name: "a damaged backup is restored",
    promise: "any damage of a backup is refused by restore",
    file: "src/backup/restore/restore.ts",
    from: "if (sha256 !== file.sha256) throw damaged(",
    to: "if (sha256 === undefined) throw damaged(",
    caughtBy: [of(BACKUPS, "^any damage of a backup")],
  },
  {
    name: "of the backups of a day the oldest stays",
    promise: "the newest of each of the last days stays",
    file: "src/backup/schedule/keep.ts",
    from: "backups.toSorted((a, b) => b.made - a.made ||",
    to: "backups.toSorted((a, b) => a.made - b.made ||",
    caughtBy: ["src/backup/schedule/keep.test.ts"],
  },
  {
    name: "while Home Assistant copies, a new segment is begun",
    promise: "between the hooks of a backup no file is begun or deleted",
    file: "src/store/embedded/write/append.ts",
    from: "if (open && open.segment.limit < segmentBytes * (isHeld() ? MOST_GROWTH : 1)) return open;",
    to: "if (open && open.segment.limit < segmentBytes * (isHeld() ? 1 : 1)) return open;",
    caughtBy: [of("src/store/embedded/hold.test.ts", "^while files are held none")],
  },
];
