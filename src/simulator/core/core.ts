import type { Attributes, Context } from "../../domain/data/reading.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { FullEntity } from "../registry/entities.ts";
import { createRegistries, type Registries } from "../registry/registries.ts";
import { createContextIds } from "./base/ids.ts";
import type { Random } from "./base/random.ts";
import { createOwnedEntities, type OwnedEntities } from "./owned.ts";
import { createRecorder, type Recorder } from "./recorder/recorder.ts";
import { type Bus, createBus } from "./state/bus.ts";
import { createStates, type States } from "./state/states.ts";
import { createSystemLog, type SystemLog } from "./system-log.ts";

export type CoreState = "NOT_RUNNING" | "STARTING" | "RUNNING" | "STOPPING";

/** What makes up one simulated Home Assistant, without its wire. */
export type Core = {
  readonly bus: Bus;
  readonly states: States;
  readonly registries: Registries;
  readonly recorder: Recorder;
  readonly owned: OwnedEntities;
  readonly systemLog: SystemLog;
  now(): Micros;
  newContext(parts?: { parentId?: string | null; userId?: string | null; time?: Micros }): Context;
  state(): CoreState;
  /** Renames and other changes of a registry entry, with the removal and addition that follow a new entity id. */
  updateEntity(entityId: string, fields: Partial<FullEntity>): FullEntity;
  removeEntity(entityId: string): boolean;
  /** Says goodbye on the bus and forgets every state. */
  stop(): void;
  /** Coming back, in three moments: reachable and empty, states appear, all is up. */
  readonly boot: { begin(): void; populate(): void; finish(): void };
};

export function createCore(needs: {
  now: () => Micros;
  random: Random;
  commitMs: number;
  recorderRows?: number;
}): Core {
  const { now, random, commitMs, recorderRows } = needs;
  const nextId = createContextIds(random.branch("contexts"));
  const newContext: Core["newContext"] = ({ parentId = null, userId = null, time = now() } = {}) => ({
    id: nextId(time),
    parentId,
    userId,
  });
  const bus = createBus({ now });
  const systemLog = createSystemLog({ now });
  const states = createStates({ bus, now, newContext: (time) => newContext({ time }) });
  let state: CoreState = "NOT_RUNNING";
  let populated = false;
  // A registry change and the removal that it causes share one context, as in Home Assistant.
  let shared: Context | undefined;
  const registries = createRegistries({
    seconds: () => now() / 1e6,
    fire: (type, data) => bus.fire(type, data, shared ?? newContext()),
    isTaken: (entityId) => states.get(entityId) !== undefined,
  });
  const owned = createOwnedEntities({ states, registries, now, isUp: () => populated });
  const recorder = createRecorder({
    now,
    commitMs,
    isOwned: (entityId) => owned.find(entityId) !== undefined,
    ...(recorderRows === undefined ? {} : { rows: recorderRows }),
  });
  bus.onChange((change) => recorder.record(change));

  const announce = (type: string, data: Attributes = {}) => bus.fire(type, data, newContext());
  const sharing = <T>(run: (context: Context) => T): T => {
    shared = newContext();
    try {
      return run(shared);
    } finally {
      shared = undefined;
    }
  };

  return {
    bus,
    states,
    registries,
    recorder,
    owned,
    systemLog,
    now,
    newContext,
    state: () => state,
    updateEntity: (entityId, fields) =>
      sharing((context) => {
        const entry = registries.entities.update(entityId, fields);
        if (entry.entity_id !== entityId) {
          recorder.rename(entityId, entry.entity_id);
          owned.renamed(entityId, entry.entity_id);
          states.remove(entityId, context);
        }
        owned.refresh(entry.entity_id);
        return entry;
      }),
    removeEntity: (entityId) =>
      sharing((context) => {
        const removed = registries.entities.remove(entityId);
        owned.forget(entityId);
        return states.remove(entityId, context) || removed;
      }),
    stop() {
      if (state === "STOPPING") return;
      announce("homeassistant_stop");
      announce("homeassistant_final_write");
      announce("homeassistant_close");
      state = "STOPPING";
      populated = false;
      states.clear();
    },
    boot: {
      begin() {
        systemLog.clear();
        state = "NOT_RUNNING";
      },
      populate() {
        populated = true;
        owned.refreshAll();
        state = "STARTING";
        announce("homeassistant_start");
      },
      finish() {
        state = "RUNNING";
        announce("homeassistant_started");
      },
    },
  };
}
