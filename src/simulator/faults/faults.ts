import type { Attributes } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Core } from "../core/core.ts";
import type { HistoryGate } from "../wire/commands/history.ts";
import type { WireServer } from "../wire/server.ts";

/** What can be made to go wrong with the simulated Home Assistant. */
export type Faults = {
  /** Ends every client's connection: politely (close 1000), or without a word. */
  drop(how: "close" | "abort"): void;
  /** Half-open: neither reads nor writes on the present connections, and keeps them. */
  freeze(): void;
  /** Closes everyone with 1000, is unreachable for `downMs`, then boots for `bootMs`. */
  restart(times?: { downMs?: number; bootMs?: number }): Promise<void>;
  /** Unreachable until `listen`. */
  unlisten(): Promise<void>;
  listen(): Promise<void>;
  /** New connections are answered `auth_invalid` (and REST 401). */
  refuseToken(refuse: boolean): void;
  /** Sends this frame as it is to every client. */
  sendRaw(frame: string | Uint8Array): void;
  /** Sends this as an event to every subscription to entities; the home itself knows nothing of it. */
  sendEntities(event: string): void;
  /** History commands wait until `resumeHistory`. */
  pauseHistory(): void;
  resumeHistory(): void;
  /** Without the history component its commands are unknown. */
  withoutHistory(missing: boolean): void;
  rename(entityId: string, newEntityId: string): void;
  /** Two entities take each other's names, by way of a third. */
  swap(a: string, b: string): void;
  add(entityId: string, state: string, attributes?: Attributes): void;
  remove(entityId: string): void;
};

export type FaultSwitches = {
  readonly gate: HistoryGate;
  tokenRefused(): boolean;
  historyMissing(): boolean;
};

export function createFaultSwitches(): FaultSwitches & {
  set(what: { tokenRefused?: boolean; historyMissing?: boolean; historyPaused?: boolean }): void;
} {
  const on = { tokenRefused: false, historyMissing: false, historyPaused: false };
  let waiting: (() => void)[] = [];
  return {
    gate: {
      open: () => (on.historyPaused ? new Promise<void>((resolve) => void waiting.push(resolve)) : Promise.resolve()),
    },
    tokenRefused: () => on.tokenRefused,
    historyMissing: () => on.historyMissing,
    set(what) {
      Object.assign(on, what);
      if (on.historyPaused) return;
      for (const go of waiting) go();
      waiting = [];
    },
  };
}

export function createFaults(needs: {
  core: Core;
  clock: Clock;
  server: WireServer;
  switches: ReturnType<typeof createFaultSwitches>;
}): Faults {
  const { core, clock, server, switches } = needs;
  const clients = () => [...server.clients()];
  const rename = (from: string, to: string) => {
    if (!core.registries.entities.get(from))
      throw new Failure("not_found", `${from} is not in the entity registry`, { fix: "Rename a registered entity." });
    core.updateEntity(from, { entity_id: to });
  };
  return {
    drop(how) {
      for (const client of clients()) how === "close" ? client.close() : client.drop();
    },
    freeze() {
      for (const client of clients()) client.freeze();
    },
    async restart({ downMs = 1000, bootMs = 300 } = {}) {
      core.stop();
      await server.stop(true);
      await clock.sleep(downMs);
      core.boot.begin();
      await server.listen();
      await clock.sleep(bootMs / 2);
      core.boot.populate();
      await clock.sleep(bootMs / 2);
      core.boot.finish();
    },
    unlisten: () => server.stop(false),
    listen: () => server.listen(),
    refuseToken: (tokenRefused) => switches.set({ tokenRefused }),
    sendRaw(frame) {
      for (const client of clients()) client.sendRaw(frame);
    },
    sendEntities(event) {
      for (const client of clients()) client.sendEntities(event);
    },
    pauseHistory: () => switches.set({ historyPaused: true }),
    resumeHistory: () => switches.set({ historyPaused: false }),
    withoutHistory: (historyMissing) => switches.set({ historyMissing }),
    rename,
    swap(a, b) {
      const between = `${a.split(".")[0]}.swap_${a.split(".")[1]}`;
      rename(a, between);
      rename(b, a);
      rename(between, b);
    },
    add: (entityId, state, attributes = {}) => core.states.set(entityId, state, attributes),
    remove(entityId) {
      if (!core.removeEntity(entityId)) throw new Failure("not_found", `There is no entity ${entityId}`);
    },
  };
}
