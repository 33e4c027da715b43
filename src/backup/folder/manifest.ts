import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { describeError, Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { codeOf, type Disk } from "./disk.ts";

/** Written last: a folder with a good one is a whole backup. docs/data.md has the fields. */
export const MANIFEST = "manifest.json";
export const MANIFEST_FORMAT = 1;

export const MADE_BY = ["user", "schedule"] as const;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(
  v.string(),
  v.check((text) => microsFromRfc3339(text) !== undefined),
);
/** Below the backup's folder, and never out of it. */
const path = v.pipe(v.string(), v.regex(/^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/));

const Manifest = v.object({
  format: v.literal(MANIFEST_FORMAT),
  id: v.string(),
  made: time,
  by: v.picklist(MADE_BY),
  hub: v.string(),
  simulated: v.boolean(),
  position: count,
  readings: count,
  events: count,
  gaps: count,
  /** Files of the store that were damaged when it was made; what they lost is not in the backup either. */
  damaged: v.array(v.string()),
  /** What it added to the folder; the rest was there from earlier backups. */
  copied: count,
  files: v.array(v.object({ path, bytes: count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
});
export type Manifest = v.InferOutput<typeof Manifest>;
export type BackedUpFile = Manifest["files"][number];

export function encodeManifest(manifest: Manifest): Buffer {
  const text = JSON.stringify(manifest);
  return Buffer.from(`${JSON.stringify({ sha256: sha256Of(text), manifest })}\n`);
}

/** @throws Failure `backup_damaged`, `backup_too_new` */
export function readManifest(disk: Disk, folder: string, id: string): Manifest {
  const file = join(folder, id, MANIFEST);
  let found: { sha256?: unknown; manifest?: { format?: unknown } };
  try {
    found = JSON.parse(disk.readFileSync(file, "utf8"));
  } catch (error) {
    throw damaged(id, codeOf(error) === "ENOENT" ? `it has no ${MANIFEST}` : `${MANIFEST}: ${describeError(error)}`);
  }
  const format = found?.manifest?.format;
  if (typeof format === "number" && format > MANIFEST_FORMAT)
    throw new Failure(
      "backup_too_new",
      `The backup ${id} was made by a newer hub (format ${format}; this one reads up to ${MANIFEST_FORMAT})`,
      { fix: "Update the hub, then try again." },
    );
  const parsed = v.safeParse(Manifest, found?.manifest);
  if (!parsed.success || found.sha256 !== sha256Of(JSON.stringify(found.manifest)))
    throw damaged(id, `${MANIFEST} is not as it was written`);
  return parsed.output;
}

export const damaged = (id: string, why: string): Failure =>
  new Failure("backup_damaged", `The backup ${id} is damaged: ${why}`, {
    fix: "Use another backup, and check the disk that this one is on.",
  });

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

export const bytesOf = ({ files }: Manifest): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
