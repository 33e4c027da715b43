import { sportsFactsOf } from "../domain/outside/game.ts";
import type { Window } from "../domain/time/time.ts";
import type { Sources } from "../sources/sources.ts";
import { espn } from "../sources/sports/espn.ts";
import { createSports } from "../sources/sports/sports.ts";
import { GAME_EVENT_TYPE } from "../sources/sports/told/event.ts";
import { createGameTelling } from "../sources/sports/told/telling.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Recording } from "./recording.ts";

const FOLLOWED = "sports_followed";

/** Games of followed teams: what happens in them becomes events, and what is known of them is answered. */
export function openSports(
  { clock, log, keep }: Ground,
  { database }: Data,
  { held, ingest }: Recording,
  sources: Sources,
) {
  const stored = (window: Window) => held.events(GAME_EVENT_TYPE, window);
  const telling = createGameTelling({
    book: database.games,
    followed: {
      get: () => database.settings.get(FOLLOWED),
      set: (value) => database.settings.set(FOLLOWED, value),
    },
    record: (events) => ingest.record(events.map((event) => ({ kind: "event", event }))),
    stored,
    log: log.for("sports"),
  });
  const unsubscribe = sources.onFacts("sports", (source, known) => {
    const facts = sportsFactsOf(known.facts);
    if (facts) void telling.hear(source, facts, known.fetched);
  });
  keep({
    close: () => {
      unsubscribe();
      return telling.settled();
    },
  });
  return createSports({ sources, ask: sources.askOf("sports", espn.id), book: database.games, stored, clock });
}
