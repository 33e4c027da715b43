import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Position } from "../../../domain/data/reading.ts";
import { baseOf } from "../segments/header.ts";

/** Unsynced ends may be gone although their positions were given out. */
const LEAP = 2 ** 32;

/** A position that no entry of the store in this folder can have reached; 0: there is none. */
export function positionsIn(folder: string): Position {
  const tail = join(folder, "tail");
  let names: readonly string[];
  try {
    names = readdirSync(tail);
  } catch {
    return 0;
  }
  const ends = names.flatMap((name) => {
    const base = baseOf(name.slice(0, 20));
    return base === undefined ? [] : [base + statSync(join(tail, name)).size];
  });
  return ends.length === 0 ? 0 : Math.max(...ends) + LEAP;
}
