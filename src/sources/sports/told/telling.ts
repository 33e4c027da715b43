import type { GameRow, Games } from "../../../database/home/games.ts";
import type { HomeEvent } from "../../../domain/data/reading.ts";
import { describeError } from "../../../domain/failure.ts";
import { type Game, type SportsFacts, sideOf } from "../../../domain/outside/game.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import type { Log } from "../../../platform/told/log.ts";
import { homeEventOf } from "./event.ts";
import { type GameMemory, memoryOf, remember } from "./memory.ts";
import { tell } from "./tell.ts";

/** Three seasons, so that a game's course is found by its id. */
const KEPT_FOR: Micros = 3 * 366 * 24 * 3_600_000_000;

export type GameTellingNeeds = {
  readonly book: Pick<Games, "get" | "pending" | "put" | "forget">;
  /** Whom each source follows, as of its last look; kept over restarts. */
  readonly followed: { get(): unknown; set(value: unknown): void };
  /** Stores the events, then tells them. */
  readonly record: (events: readonly HomeEvent[]) => Promise<void>;
  /** Events of games that are stored, by time. */
  readonly stored: (window: Window) => Promise<readonly HomeEvent[]>;
  readonly log: Log;
};

/**
 * Tells what happens in games, each thing once: what is about to be told is kept first, then stored, then crossed out. Who
 * is stopped in between finds it on the next look, and asks the store whether it got there.
 */
export function createGameTelling(needs: GameTellingNeeds) {
  const { book, followed, record, stored, log } = needs;
  const memories = new Map<string, GameMemory>();
  const chains = new Map<string, Promise<void>>();

  const finish = async (source: string): Promise<void> => {
    for (const kept of book.pending(source)) {
      const times = kept.pending.map(({ time }) => time);
      const held = await stored({ from: Math.min(...times), to: Math.max(...times) + 1 });
      const missing = kept.pending.filter((event) => !held.some((one) => isSame(one, event)));
      if (missing.length > 0) await record(missing);
      book.put({ ...kept, pending: [] });
    }
  };

  const look = async (source: string, game: Game, facts: SportsFacts, isNew: boolean, now: Micros): Promise<void> => {
    const key = `${source} ${game.id}`;
    const kept = book.get(source, game.id);
    const known = kept && memoryOf(kept.memory);
    const before = memories.get(key) ?? known;
    // Whoever begins to follow a team has not been waiting for what was before.
    const { memory, events } = !before && isNew ? { memory: remember(game, now), events: [] } : tell(before, game, now);
    memories.set(key, memory);
    if (known && events.length === 0 && essence(memory) === essence(known)) return;
    const pending = events.map((event) => homeEventOf(event, game, source, facts));
    const next: GameRow = {
      ...{ source, game: game.id, start: game.start, memory, pending },
      firstTold: kept?.firstTold ?? (events.length > 0 ? now : null),
      lastTold: events.length > 0 ? now : (kept?.lastTold ?? null),
    };
    book.put(next);
    if (pending.length === 0) return;
    await record(pending);
    book.put({ ...next, pending: [] });
  };

  const hear = async (source: string, facts: SportsFacts, now: Micros): Promise<void> => {
    await finish(source);
    const all = followedOf(followed.get());
    const before = new Set(all[source] ?? []);
    const ids = facts.teams.map(({ id }) => id);
    for (const game of facts.games) {
      const isNew = !ids.some((id) => before.has(id) && sideOf(game, id) !== undefined);
      await look(source, game, facts, isNew, now);
    }
    if (ids.length !== before.size || ids.some((id) => !before.has(id))) followed.set({ ...all, [source]: ids });
    book.forget(now - KEPT_FOR);
    const listed = new Set(facts.games.map(({ id }) => `${source} ${id}`));
    for (const key of memories.keys()) if (key.startsWith(`${source} `) && !listed.has(key)) memories.delete(key);
  };

  return {
    /** After each look at the scores, in the order in which they come. */
    hear: (source: string, facts: SportsFacts, now: Micros): Promise<void> => {
      const next = (chains.get(source) ?? Promise.resolve())
        .then(() => hear(source, facts, now))
        .catch((error: unknown) =>
          log.error("what happened in a game could not be stored; it is tried again at the next look", {
            source,
            why: describeError(error),
          }),
        );
      chains.set(source, next);
      return next;
    },
    /** Until everything that was heard is stored. */
    settled: async (): Promise<void> => void (await Promise.all(chains.values())),
  };
}

export type GameTelling = ReturnType<typeof createGameTelling>;

/** Without what changes with every look. */
const essence = ({ seen: _, behind: __, ...told }: GameMemory): string => JSON.stringify(told);

const isSame = ({ data: a }: HomeEvent, { data: b }: HomeEvent): boolean =>
  a.source === b.source && a.game_id === b.game_id && a.sequence === b.sequence;

function followedOf(kept: unknown): { [source: string]: readonly string[] } {
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter(([, ids]) => Array.isArray(ids)));
}
