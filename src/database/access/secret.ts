import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** Where secrets come from; a test may hand in its own. */
export type RandomBytes = (count: number) => Buffer;

export const systemRandom: RandomBytes = randomBytes;

/** 32 bytes of chance as text, 43 characters. A plain hash of it is safe at rest: nobody can guess the input. */
export const makeSecret = (random: RandomBytes, prefix = ""): string => `${prefix}${random(32).toString("base64url")}`;

export const hashOf = (secret: string): string => hash("sha256", secret, "hex");

/**
 * Finds what belongs to a secret. The table narrows by the first characters of the hash, and the whole hash is
 * compared in constant time, so that an answer's duration says nothing about a stored hash.
 */
export type HashTable<T> = {
  set(hash: string, value: T): void;
  delete(hash: string): void;
  find(secret: string): T | undefined;
  values(): Iterable<T>;
};

const PREFIX = 6;

export function createHashTable<T>(): HashTable<T> {
  const groups = new Map<string, { hash: Buffer; value: T }[]>();
  const without = (hex: string) =>
    (groups.get(hex.slice(0, PREFIX)) ?? []).filter((it) => it.hash.toString("hex") !== hex);
  return {
    set: (hex, value) => {
      groups.set(hex.slice(0, PREFIX), [...without(hex), { hash: Buffer.from(hex, "hex"), value }]);
    },
    delete: (hex) => {
      const rest = without(hex);
      if (rest.length > 0) groups.set(hex.slice(0, PREFIX), rest);
      else groups.delete(hex.slice(0, PREFIX));
    },
    find: (secret) => {
      const hex = hashOf(secret);
      const group = groups.get(hex.slice(0, PREFIX));
      if (!group) return undefined;
      const asked = Buffer.from(hex, "hex");
      return group.find((it) => timingSafeEqual(it.hash, asked))?.value;
    },
    values: function* () {
      for (const group of groups.values()) for (const { value } of group) yield value;
    },
  };
}
