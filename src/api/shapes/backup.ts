import * as v from "valibot";
import type { Backups } from "../../backup/backups.ts";
import type { Problem } from "../../backup/check/problem.ts";
import type { FoundBackup, ListedBackup } from "../../backup/folder/list.ts";
import { MADE_BY } from "../../backup/folder/manifest.ts";
import { scheduleSchema } from "../../backup/schedule/settings.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";

const problemSchema = v.pipe(
  v.object({
    code: v.pipe(v.string(), v.description("Stable; what programs look at.")),
    file: v.nullable(v.string()),
    why: v.string(),
    fix: v.string(),
  }),
  v.title("IntegrityProblem"),
);

const countsOf = { readings: countSchema, events: countSchema, gaps: countSchema };

export const verifiedSchema = v.pipe(
  v.object({
    time: timeSchema,
    ok: v.boolean(),
    problems: v.array(problemSchema),
    ...countsOf,
    statistics: v.pipe(
      v.nullable(countSchema),
      v.description("null: an older hub checked it, which did not count them."),
    ),
  }),
  v.title("Verified"),
  v.description("What came of reading everything back."),
);
export type VerifiedShape = Shape<typeof verifiedSchema>;

const described = (schema: v.GenericSchema<number>, text: string) => v.pipe(schema, v.description(text));

export const backupSchema = v.pipe(
  v.object({
    id: v.string(),
    state: v.pipe(
      v.picklist(["whole", "damaged", "unreadable"]),
      v.description("whole: nothing else is known; verify reads it back. unreadable: it cannot be used by this hub."),
    ),
    why: v.nullable(v.string()),
    fix: v.nullable(v.string()),
    made: v.nullable(timeSchema),
    by: v.nullable(v.picklist(MADE_BY)),
    hub_version: v.nullable(v.string()),
    simulated: v.nullable(v.boolean()),
    position: v.nullable(countSchema),
    bytes: described(countSchema, "Of all its files."),
    copied_bytes: described(countSchema, "What it added to the folder: the rest was there from earlier backups."),
    files: countSchema,
    ...countsOf,
    verified: v.nullable(verifiedSchema),
  }),
  v.title("Backup"),
);
export type BackupShape = Shape<typeof backupSchema>;

export const backupDetailSchema = v.pipe(
  v.object({
    ...backupSchema.entries,
    file_list: v.array(v.object({ path: v.string(), bytes: countSchema, sha256: v.string() })),
  }),
  v.title("BackupDetail"),
);
export type BackupDetailShape = Shape<typeof backupDetailSchema>;

export const underWaySchema = v.nullable(
  v.pipe(
    v.object({
      kind: v.picklist(["backup", "verification", "removal", "tidying", "store_verification"]),
      id: v.string(),
      phase: v.string(),
      done: countSchema,
      total: described(countSchema, "Bytes or readings; 0: not known yet."),
    }),
    v.title("BackupWork"),
  ),
);

export const scheduleAnswerSchema = v.pipe(
  v.object({
    ...scheduleSchema.entries,
    next: v.nullable(timeSchema),
    proposed: v.pipe(v.boolean(), v.description("True: nobody has decided yet; this is what the hub proposes.")),
  }),
  v.title("BackupSchedule"),
);
export type ScheduleShape = Shape<typeof scheduleAnswerSchema>;

type Told = { readonly time: number; readonly ok: boolean; readonly problems: readonly Problem[] } & {
  readonly readings: number;
  readonly events: number;
  readonly gaps: number;
  readonly statistics: number | null;
};

export const verifiedShape = ({ time, ok, problems, readings, events, gaps, statistics }: Told): VerifiedShape => ({
  time: microsToRfc3339(time),
  ok,
  problems: problems.map(({ code, file, why, fix }) => ({ code, file, why, fix })),
  readings,
  events,
  gaps,
  statistics,
});

export function backupShape({ id, about, failure, verified }: ListedBackup): BackupShape {
  const bad = verified && !verified.ok ? verified.problems[0] : undefined;
  return {
    id,
    state: about ? (bad ? "damaged" : "whole") : "unreadable",
    why: failure?.why ?? bad?.why ?? null,
    fix: failure?.fix ?? bad?.fix ?? null,
    made: about ? microsToRfc3339(about.made) : null,
    by: about?.by ?? null,
    hub_version: about?.hub ?? null,
    simulated: about?.simulated ?? null,
    position: about?.position ?? null,
    bytes: about?.bytes ?? 0,
    copied_bytes: about?.copied ?? 0,
    files: about?.files ?? 0,
    readings: about?.readings ?? 0,
    events: about?.events ?? 0,
    gaps: about?.gaps ?? 0,
    verified: verified ? verifiedShape(verified) : null,
  };
}

export const backupDetailShape = (backup: FoundBackup): BackupDetailShape => ({
  ...backupShape(backup),
  file_list: backup.fileList.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
});

export function scheduleShape({ schedule }: Pick<Backups, "schedule">): ScheduleShape {
  const next = schedule.next();
  return {
    ...schedule.get(),
    next: next === undefined ? null : microsToRfc3339(next),
    proposed: schedule.isProposed,
  };
}
