import { createHash } from "node:crypto";
import type { Micros } from "../../../domain/time/time.ts";
import type { Random } from "./random.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PAIRS = [...CROCKFORD].flatMap((a) => [...CROCKFORD].map((b) => a + b));

/** Ids that depend on the seed and a stable key alone, so that the same home has the same ids at every start. */
export type StableIds = {
  /** 32 hex digits, as devices, registry entries and users have. */
  hex(key: string): string;
  /** 26 characters, as config entries have. */
  ulid(key: string): string;
};

export function createStableIds(seed: string): StableIds {
  const digest = (key: string) => createHash("sha256").update(`simulated home ${seed}\n${key}`).digest();
  return {
    hex: (key) => digest(key).toString("hex").slice(0, 32),
    ulid: (key) => `01J${[...digest(key).subarray(0, 23)].map((byte) => CROCKFORD[byte & 31]).join("")}`,
  };
}

/** New context ids: ULIDs, the time first, then 80 bits of chance. */
export function createContextIds(random: Random): (time: Micros) => string {
  let lastMillis = -1;
  let head = "";
  return (time) => {
    const millis = Math.floor(time / 1000);
    if (millis !== lastMillis) {
      lastMillis = millis;
      head = encodeMillis(millis);
    }
    let text = head;
    for (let i = 0; i < 2; i++) {
      const a = random.next() * 4294967296;
      const b = random.next() * 4294967296;
      text += PAIRS[a & 1023] as string;
      text += PAIRS[(a >>> 10) & 1023] as string;
      text += PAIRS[b & 1023] as string;
      text += PAIRS[(b >>> 10) & 1023] as string;
    }
    return text;
  };
}

function encodeMillis(millis: number): string {
  let rest = Math.max(0, millis);
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = CROCKFORD[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
