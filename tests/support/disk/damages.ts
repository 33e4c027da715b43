import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What can happen to a file on a failing disk, or at the hands of people. */
export const HARMS = ["bit", "burst", "cut", "empty", "foreign", "gone"] as const;
export type Harm = (typeof HARMS)[number];

/** Does it; answers what was done, to be said where a case fails. */
export function harm(path: string, kind: Harm, random: () => number): string {
  const bytes = readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  switch (kind) {
    case "bit":
      if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
      writeFileSync(path, bytes);
      return `bit at ${at}`;
    case "burst":
      for (let i = at; i < Math.min(bytes.length, at + 512); i++) bytes[i] = Math.floor(random() * 256);
      writeFileSync(path, bytes);
      return `512 bytes at ${at}`;
    case "cut":
      writeFileSync(path, bytes.subarray(0, at));
      return `cut at ${at}`;
    case "empty":
      writeFileSync(path, "");
      return "empty";
    case "foreign":
      writeFileSync(path, "a letter to the landlord, in quite another format\n".repeat(200));
      return "foreign";
    case "gone":
      rmSync(path);
      return "gone";
  }
}

/** Every file below a folder, by its path from there. */
export const filesBelow = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((path) => statSync(join(folder, path)).isFile()).sort();
