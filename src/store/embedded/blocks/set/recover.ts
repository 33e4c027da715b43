import { join } from "node:path";
import type { Log } from "../../../../platform/told/log.ts";
import type { Damage } from "../../../store.ts";
import { type Files, makeFolder, readSome } from "../../files.ts";
import { setAside } from "../../recovery/survey.ts";
import { wholeFile } from "../../segments/damage.ts";
import { type Block, type Making, parseBlockName } from "../file/block.ts";
import { readFoot } from "../file/foot.ts";
import { decodeManifest, MANIFEST, type Manifest, NO_BLOCKS, writeManifest } from "./manifest.ts";

export type BlocksRecovery = { readonly manifest: Manifest; readonly damages: readonly Damage[] };

type Needs = { readonly folder: string; readonly files: Files; readonly log: Log };
type Found = { readonly block: Block; readonly making: Making };

const ASIDE = ".quarantine";

/** Finds out which blocks count. Files of jobs that never counted are deleted; what cannot be read is set aside. */
export async function recoverBlocks(needs: Needs): Promise<BlocksRecovery> {
  const { folder, files, log } = needs;
  await makeFolder(files, folder);
  const names = (await files.readdir(folder)).sort();
  const sizes = new Map<string, number>();
  const damages: Damage[] = [];
  for (const name of names) {
    const { size } = await files.stat(join(folder, name));
    if (name.endsWith(".tmp")) await files.unlink(join(folder, name));
    else if (name.endsWith(ASIDE)) damages.push(wholeFile(name, size, "a file that was set aside at an earlier start"));
    else if (parseBlockName(name)) sizes.set(name, size);
    else if (name !== MANIFEST) {
      log.warning("a file that is none of the store's was set aside", { file: name });
      damages.push(wholeFile(name, size, "not a file of the store; set aside"));
      await setAside(files, folder, name);
    }
  }
  const told = names.includes(MANIFEST) ? decodeManifest(await files.readFile(join(folder, MANIFEST))) : undefined;
  if (told) return { manifest: await checkedAgainst(told, sizes, needs, damages), damages };
  if (sizes.size === 0 && !names.includes(MANIFEST)) {
    // From the beginning, so that blocks without one always mean that it was lost.
    await writeManifest(files, folder, NO_BLOCKS, () => {});
    return { manifest: NO_BLOCKS, damages };
  }
  const manifest = await rebuilt([...sizes], needs, damages);
  log.warning("the list of blocks could not be read and was made again from the blocks", {
    blocks: manifest.blocks.length,
  });
  damages.push({
    ...wholeFile(MANIFEST, 0, "the list of blocks could not be read; it was made again from the blocks"),
    lost: "nothing",
  });
  await writeManifest(files, folder, manifest, () => {});
  return { manifest, damages };
}

async function checkedAgainst(
  manifest: Manifest,
  sizes: ReadonlyMap<string, number>,
  { folder, files, log }: Needs,
  damages: Damage[],
): Promise<Manifest> {
  const blocks: Block[] = [];
  for (const block of manifest.blocks) {
    const size = sizes.get(block.name);
    const why =
      size === undefined
        ? "a block that is gone"
        : size !== block.bytes
          ? "a block that has another size than it was written with; set aside"
          : undefined;
    if (!why) {
      blocks.push(block);
      continue;
    }
    log.warning("a block of the store is lost; the rest is served", { file: block.name, why });
    damages.push({ ...lostBlock(block, why) });
    if (size !== undefined) await setAside(files, folder, block.name);
  }
  const counted = new Set(manifest.blocks.map(({ name }) => name));
  // Made by a job that never counted, or replaced by one that did.
  for (const name of sizes.keys()) if (!counted.has(name)) await files.unlink(join(folder, name));
  const highest = Math.max(0, ...[...sizes.keys()].map((name) => parseBlockName(name)?.sequence ?? 0));
  return { ...manifest, next: Math.max(manifest.next, highest + 1), blocks };
}

/** Without a manifest the blocks themselves tell: a job counts when its blocks are there, and takes its inputs' place. */
async function rebuilt(
  sizes: readonly (readonly [string, number])[],
  { folder, files, log }: Needs,
  damages: Damage[],
): Promise<Manifest> {
  const found = new Map<number, Found>();
  let next = 1;
  for (const [name, size] of sizes) {
    const { sequence } = parseBlockName(name) as { sequence: number };
    next = Math.max(next, sequence + 1);
    const handle = await files.open(join(folder, name), "r");
    let read: Found | undefined;
    try {
      read = await readFoot(size, (at, length) => readSome(handle, at, length));
    } finally {
      await handle.close();
    }
    if (read && read.block.name === name) {
      found.set(sequence, read);
      continue;
    }
    log.warning("a block that cannot be read was set aside", { file: name });
    damages.push(wholeFile(name, size, "a block that cannot be read; set aside"));
    await setAside(files, folder, name);
  }
  const replaced = new Set<number>();
  const whole = [...found.values()].filter(({ making }) => making.made.every((sequence) => found.has(sequence)));
  for (const { making } of whole) for (const sequence of making.replaces) replaced.add(sequence);
  const sealed = Math.max(0, ...whole.map(({ making }) => making.sealed));
  // A job that is not whole was cut off, unless later ones went on from it: then a part of it was lost since.
  const counting = [...found.values()].filter(
    (one) => !replaced.has(one.block.sequence) && (whole.includes(one) || one.making.sealed <= sealed),
  );
  return {
    ...NO_BLOCKS,
    next,
    sealed,
    blocks: counting.map(({ block }) => block).sort((a, b) => a.sequence - b.sequence),
  };
}

export const lostBlock = ({ name, bytes, kind, from, to }: Block, why: string): Damage => ({
  file: name,
  offset: 0,
  length: bytes,
  why,
  lost: kind === "readings" ? "states" : kind,
  series: null,
  from,
  to,
});
