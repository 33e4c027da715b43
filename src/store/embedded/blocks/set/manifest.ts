import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Position } from "../../../../domain/data/reading.ts";
import { type Files, syncFolder, writeAll } from "../../files.ts";
import { tooNew } from "../../segments/header.ts";
import type { Block, BlockKind } from "../file/block.ts";

export const MANIFEST = "manifest";
const VERSION = 2;
/** A hub that knows no roll-ups can read what holds none. */
const WITHOUT_ROLLUPS = 1;

/** Which blocks count, and up to where they speak for the log. Replaced as a whole, so that every change is all or nothing. */
export type Manifest = {
  /** Entries of the log before this position are in blocks: segments that end here or before are read by position only. */
  readonly sealed: Position;
  /** The sequence of the next block file. */
  readonly next: number;
  /** What was let go over time, for the totals: those of the log count everything ever appended. */
  readonly shed: { readonly [kind in BlockKind]: number };
  readonly blocks: readonly Block[];
  /** What erasures up to this position of the log took is in no file of the log any more. */
  readonly purged: Position;
};

export const NO_BLOCKS: Manifest = {
  sealed: 0,
  next: 1,
  shed: { readings: 0, events: 0, statistics: 0, rollups: 0 },
  blocks: [],
  purged: 0,
};

/** JSON, then its CRC-32 in a line of its own. */
export function encodeManifest(manifest: Manifest): Buffer {
  const format = manifest.blocks.some(({ kind }) => kind === "rollups") ? VERSION : WITHOUT_ROLLUPS;
  const text = JSON.stringify({ format, ...manifest });
  return Buffer.from(`${text}\n${crc32(text).toString(16).padStart(8, "0")}\n`);
}

/** undefined: it is damaged. */
export function decodeManifest(bytes: Buffer): Manifest | undefined {
  const [text = "", checksum] = bytes.toString().split("\n");
  if (crc32(text).toString(16).padStart(8, "0") !== checksum) return undefined;
  const { format, ...manifest } = JSON.parse(text) as Manifest & { format: number };
  if (format > VERSION) throw tooNew(format);
  return { ...NO_BLOCKS, ...manifest, shed: { ...NO_BLOCKS.shed, ...manifest.shed } };
}

/** `renamed` is called when the new one has taken the old one's place; resolves when that is on the disk. */
export async function writeManifest(
  files: Files,
  folder: string,
  manifest: Manifest,
  renamed: () => void,
): Promise<void> {
  const path = join(folder, MANIFEST);
  const handle = await files.open(`${path}.tmp`, "w");
  try {
    await writeAll(handle, encodeManifest(manifest), 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.rename(`${path}.tmp`, path);
  renamed();
  await syncFolder(files, folder);
}
