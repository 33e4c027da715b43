import { currentIdentity, type Identity } from "../domain/data/series.ts";
import { Failure } from "../domain/failure.ts";
import { type HomeFacts, REGISTRY_KINDS } from "../domain/home/home.ts";
import { isOutside } from "../domain/outside/names.ts";
import { isTimeZone } from "../domain/time/calendar.ts";
import { ALL_TIME, type Micros } from "../domain/time/time.ts";
import { checkHome, knownHome } from "../hass/binding.ts";
import { damagedHoles } from "../hass/fill/refetch.ts";
import { type Link, type LinkNeeds, startLink } from "../hass/link.ts";
import type { Call } from "../hass/session/session.ts";
import { startSimulator } from "../simulator/simulator.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Recording } from "./recording.ts";

export type Home = ReturnType<typeof createHome>;

/** Home Assistant as the other parts know it: parts are made before it is connected. */
export function createHome() {
  let link: Link | undefined;
  let facts: HomeFacts | undefined;
  let since: Micros | undefined;
  const listeners: (() => void)[] = [];
  const call: Call = (command) =>
    link?.call(command) ?? Promise.reject(new Failure("not_connected", "Home Assistant is not connected yet"));
  return {
    call,
    facts: () => facts,
    connected: () => link?.connected ?? false,
    through: () => link?.through,
    /** Everything that was missed is filled. */
    settled: () => link?.settled ?? false,
    connectedSince: () => (link?.connected ? since : undefined),
    connections: () => ({ paused: link?.paused ?? false, connections: link?.connections() ?? [] }),
    act: (action: Parameters<Link["act"]>[0]) => link?.act(action),
    actOn: (id: string, action: Parameters<Link["actOn"]>[1]) => link?.actOn(id, action),
    isLinked: (started: Link) => {
      link = started;
    },
    /** Calls back whenever Home Assistant says of itself what it is and where. */
    onFacts: (hear: () => void) => void listeners.push(hear),
    told: (heard: HomeFacts, at: Micros) => {
      facts = heard;
      since = at;
      for (const hear of listeners) hear();
    },
  };
}

/** Connects with Home Assistant, or with the simulated home, and records what it tells from now on. */
export async function connectHome(
  { config, clock, log, status, keep }: Ground,
  { folder, database, store }: Data,
  { held, ingest, holes }: Recording,
  home: Home,
): Promise<void> {
  const { seed, speed } = config.simulator;
  const demo = config.simulated
    ? keep(await startSimulator({ seed: String(seed), speed, clock, log: log.for("simulator") }))
    : undefined;
  const needs: LinkNeeds = {
    connections: demo
      ? [{ id: "simulated", name: "Simulated home", url: demo.url, token: demo.token }]
      : config.connections,
    clock,
    log: log.for("hass"),
    status,
    eventTypes: config.eventTypes,
    settleMs: config.settleMs,
    record: ingest.record,
    holdings: held.byName(ingest.holder),
    heard: await held.newest(),
    holes,
    home: {
      check: (seen) => checkHome(knownHome(database.home.get(), store.series().values(), seen), seen, folder),
      bind: database.home.bind,
    },
    pauses: {
      get: () => database.settings.get("paused_link"),
      set: (paused) => database.settings.set("paused_link", paused),
    },
    onFacts: (facts) => {
      home.told(facts, clock.now());
      if (isTimeZone(facts.timeZone)) database.settings.set("time_zone", facts.timeZone);
    },
    onRegistries: (registries) => {
      for (const kind of REGISTRY_KINDS) database.registry.replaceAll(kind, registries.records(kind), clock.now());
    },
    onRest: ingest.rest,
  };
  home.isLinked(keep(startLink(needs)));
}

const isOfHome = ({ holdsName, entityId }: Identity): boolean => holdsName && !isOutside(entityId);

/** Asks Home Assistant once more for what damage has taken; answers how much that is. */
export function createRefetch({ clock }: Ground, { store }: Data, { holes }: Recording, home: Home) {
  return () => {
    const names = [...store.series().values()].map(currentIdentity).filter(isOfHome);
    const found = damagedHoles(store.gaps(ALL_TIME), clock.now(), (series) => {
      const own =
        series === null ? names : [store.series().get(series)].flatMap((it) => (it ? currentIdentity(it) : []));
      return own.filter(isOfHome).map(({ entityId }) => entityId);
    });
    if (found.length > 0) {
      holes.set([...holes.get(), ...found]);
      home.act("restart");
    }
    return { holes: found.length, entities: new Set(found.flatMap(({ absent }) => absent)).size };
  };
}
