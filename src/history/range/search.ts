import type { HomeEvent } from "../../domain/data/reading.ts";

/** What an event must hold; everything given must be met. */
export type EventSearch = {
  /** Each somewhere in the type or the data, whatever its case. */
  readonly words: readonly string[];
  /** Names of which at least one stands in the data. */
  readonly entities: readonly string[] | undefined;
  /** Who did it, by Home Assistant's id of the user. */
  readonly user: string | undefined;
  /** The event's context or its parent. */
  readonly context: string | undefined;
};

/** Data nested deeper than this is not looked at. */
const DEEPEST = 20;

export function matcherOf(search: EventSearch): (event: HomeEvent) => boolean {
  const words = search.words.map((word) => word.toLowerCase());
  const names = search.entities && new Set(search.entities);
  return ({ type, data, context }) => {
    if (search.user !== undefined && context?.userId !== search.user) return false;
    if (search.context !== undefined && context?.id !== search.context && context?.parentId !== search.context)
      return false;
    if (words.length === 0 && !names) return true;
    const texts = [type];
    collect(data, texts, 0);
    if (names && !texts.some((text) => names.has(text) || listed(text).some((one) => names.has(one)))) return false;
    if (words.length === 0) return true;
    const all = texts.join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  };
}

/** Services take several entities as one text, too. */
const listed = (text: string): string[] => (text.includes(",") ? text.split(",").map((one) => one.trim()) : []);

function collect(value: unknown, into: string[], depth: number): void {
  if (typeof value === "string") into.push(value);
  else if (typeof value === "number" || typeof value === "boolean") into.push(String(value));
  else if (typeof value === "object" && value !== null && depth < DEEPEST)
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) into.push(key);
      collect(inner, into, depth + 1);
    }
}
