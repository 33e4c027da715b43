import { join } from "node:path";
import type { Damage, Quarantined } from "../../store.ts";
import { parseBlockName } from "../blocks/file/block.ts";
import type { Files } from "../files.ts";
import { baseOf } from "../segments/header.ts";

/** `<name>.quarantine`, or `<name>.<n>.quarantine` where that was taken. */
const ASIDE = /^(.+?)(?:\.\d+)?\.quarantine$/;

/** What was set aside in some folders of the store, with what its name and the known damages tell of it. */
export async function listQuarantined(needs: {
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  readonly files: Files;
  readonly damages: readonly Damage[];
}): Promise<readonly Quarantined[]> {
  const { folders, files, damages } = needs;
  const found: Quarantined[] = [];
  for (const folder of folders)
    for (const name of (await files.readdir(folder.path)).sort()) {
      const original = ASIDE.exec(name)?.[1];
      if (original === undefined) continue;
      const { size } = await files.stat(join(folder.path, name));
      // Of an earlier start no more is known than that it was so.
      const why = damages.find(({ file }) => file === original)?.why ?? null;
      const block = parseBlockName(original);
      const held = block ? { kind: block.kind, month: block.month } : baseOf(original) !== undefined ? LOG : FOREIGN;
      found.push({ file: `${folder.name}/${name}`, bytes: size, why, ...held });
    }
  return found;
}

const LOG = { kind: "log", month: null } as const;
const FOREIGN = { kind: null, month: null } as const;
