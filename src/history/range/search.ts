import { mentionsAny, textsOf } from "../../domain/data/mentions.ts";
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

export function matcherOf(search: EventSearch): (event: HomeEvent) => boolean {
  const words = search.words.map((word) => word.toLowerCase());
  const names = search.entities && new Set(search.entities);
  return (event) => {
    const { context } = event;
    if (search.user !== undefined && context?.userId !== search.user) return false;
    if (search.context !== undefined && context?.id !== search.context && context?.parentId !== search.context)
      return false;
    if (words.length === 0 && !names) return true;
    const texts = textsOf(event);
    if (names && !mentionsAny(texts, names)) return false;
    if (words.length === 0) return true;
    const all = texts.join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  };
}
