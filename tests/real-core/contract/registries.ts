import { eventually } from "../../support/eventually.ts";
import { type Event, openWire, type WireClient } from "../../support/hub/wire-client.ts";
import { freshEntity, type Peer, rest, type Scenario, withWire } from "./peer.ts";
import { delta, rename, shape } from "./shape.ts";

type Story = { wire: WireClient; heard: (from?: number) => unknown[] };

/** Subscribed to deltas, all states and registry events; `heard` tells them in the order that they came. */
async function listening(peer: Peer, entities: string[], eventType: string): Promise<Story> {
  const wire = await openWire(peer);
  const deltas = await wire.call("subscribe_entities", { entity_ids: entities });
  const events = await wire.call("subscribe_events", { event_type: eventType });
  await wire.drained();
  const start = wire.messages.length;
  const heard = (from = start) => {
    // Which of the contexts seen so far it is, so that shared ones can be told from new ones.
    const contexts: string[] = [];
    const nth = (id: string) => {
      if (!contexts.includes(id)) contexts.push(id);
      return contexts.indexOf(id);
    };
    return wire.messages.slice(from).flatMap((message) => {
      if (message.id === deltas.id && message.type === "event")
        return [withoutAttributes(delta(message.event) as Event)];
      if (message.id !== events.id || message.type !== "event") return [];
      const { event_type, data, context } = message.event;
      return [{ event_type, data, context: nth(context.id) }];
    });
  };
  return { wire, heard };
}

/** A whole state's attributes differ from lamp to lamp; their names are compared elsewhere. */
function withoutAttributes(event: Event): Event {
  if (!event.a) return event;
  return {
    a: Object.fromEntries(Object.entries(event.a).map(([id, state]) => [id, { ...(state as object), s: "", a: {} }])),
  };
}

export const REGISTRIES: readonly Scenario[] = [
  {
    promise: "a rename: the event with the old id, the removal and the addition, then a new name alone, and back",
    ask: async (peer) => {
      const next = freshEntity("light");
      const { wire, heard } = await listening(peer, [peer.light, next], "entity_registry_updated");
      const update = (entity_id: string, fields: object) =>
        wire.call("config/entity_registry/update", { entity_id, ...fields });
      const answers = [
        await update(peer.light, { new_entity_id: next }),
        await update(next, { name: "Contract" }),
        await update(next, { name: "Contract" }),
        await update(next, { labels: [], icon: "mdi:test", area_id: null }),
        await update(next, { name: null, icon: null, new_entity_id: peer.light }),
      ];
      await wire.drained();
      const state = await rest(peer, "GET", `/api/states/${peer.light}`);
      wire.close();
      const keys = answers.map(({ result }) => Object.keys(result).sort());
      const name = (state.body as { attributes: { friendly_name: string } }).attributes.friendly_name;
      return rename({ keys, heard: heard() }, { [next]: "<next>", [peer.light]: "<light>", [name]: "<name>" });
    },
  },
  {
    promise: "history goes along with a rename, and the old name has none",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const next = freshEntity("light");
        const turn = (entity_id: string, service: string) =>
          wire.result("call_service", { domain: "light", service, target: { entity_id } });
        const count = async (entity: string) => {
          const asked = { start_time: "2020-01-01T00:00:00Z", entity_ids: [entity], significant_changes_only: false };
          const answer = await wire.result<Record<string, { s: string | null }[]>>(
            "history/history_during_period",
            asked,
          );
          return (answer[entity] ?? []).slice(-3).map(({ s }) => s);
        };
        await turn(peer.light, "turn_on");
        await turn(peer.light, "turn_off");
        await wire.result("config/entity_registry/update", { entity_id: peer.light, new_entity_id: next });
        const seen = await eventually(30, async () => {
          const rows = await count(next);
          if (rows.join() !== "on,off,off") throw new Error(`history of the new name ends with ${rows}`);
          return [rows, await count(peer.light)];
        });
        await wire.result("config/entity_registry/update", { entity_id: next, new_entity_id: peer.light });
        return seen;
      }),
  },
  {
    promise: "two entities that swap their names by way of a third",
    ask: async (peer) => {
      const between = freshEntity("light");
      const { wire, heard } = await listening(peer, [peer.light, peer.otherLight, between], "entity_registry_updated");
      const ids = async () => {
        const entries = await wire.result<{ entity_id: string; id: string }[]>("config/entity_registry/list");
        return [peer.light, peer.otherLight].map((name) => entries.find(({ entity_id }) => entity_id === name)?.id);
      };
      const move = (entity_id: string, new_entity_id: string) =>
        wire.result("config/entity_registry/update", { entity_id, new_entity_id });
      const swap = async () => {
        await move(peer.light, between);
        await move(peer.otherLight, peer.light);
        await move(between, peer.otherLight);
      };
      const before = await ids();
      await swap();
      const after = await ids();
      await wire.drained();
      const told = heard();
      await swap();
      wire.close();
      const names = { [between]: "<between>", [peer.light]: "<light>", [peer.otherLight]: "<other>" };
      return rename({ swapped: before[0] === after[1] && before[1] === after[0], told }, names);
    },
  },
  ...(["floor", "label", "area"] as const).map((noun) => ({
    promise: `a ${noun} made, changed and deleted, with its events`,
    ask: async (peer: Peer) => {
      const { wire, heard } = await listening(peer, ["sensor.contract_none"], `${noun}_registry_updated`);
      const name = `Contract ${noun}`;
      const id = `contract_${noun}`;
      const command = (verb: string, fields: object) => wire.call(`config/${noun}_registry/${verb}`, { ...fields });
      const made = await command("create", { name });
      const again = await command("create", { name });
      const listed = await wire.result<Record<string, unknown>[]>(`config/${noun}_registry/list`);
      const changed = await command("update", { [`${noun}_id`]: id, name: `${name} two`, icon: "mdi:test" });
      const same = await command("update", { [`${noun}_id`]: id, icon: "mdi:test" });
      const gone = await command("delete", { [`${noun}_id`]: id });
      const goneTwice = await command("delete", { [`${noun}_id`]: id });
      await wire.drained();
      wire.close();
      return {
        made: shape(made.result),
        again: again.error?.code,
        listed: listed.filter((entry) => entry[`${noun}_id`] === id).map(shape),
        changed: [changed.result.name, changed.result.icon, changed.result[`${noun}_id`]],
        same: shape(same.result),
        gone: gone.result,
        goneTwice: goneTwice.error?.code,
        heard: heard().map((event) => ({ ...(event as object), context: "" })),
      };
    },
  })),
  {
    promise: "a device moved and named by its user, with its event, and the names of its entities",
    ask: async (peer) => {
      const { wire, heard } = await listening(peer, [peer.light], "device_registry_updated");
      const { device_id } = await wire.result<{ device_id: string }>("config/entity_registry/get", {
        entity_id: peer.light,
      });
      const update = (fields: object) => wire.call("config/device_registry/update", { device_id, ...fields });
      const before = await wire.result<{ id: string; area_id: string | null }[]>("config/device_registry/list");
      const area_id = before.find(({ id }) => id === device_id)?.area_id ?? null;
      await update({ area_id: null });
      await wire.drained();
      const start = wire.messages.length;
      await update({ area_id: "living_room" });
      const answer = await update({ name_by_user: "Contract lamp" });
      await wire.drained();
      const told = heard(start);
      await update({ name_by_user: null, area_id });
      await wire.drained();
      wire.close();
      return rename(
        { keys: Object.keys(answer.result).sort(), told },
        { [device_id]: "<device>", [peer.light]: "<light>" },
      );
    },
  },
  {
    promise: "an entity removed from the registry, with its event and the removal of its state",
    ask: async (peer) => {
      const { wire, heard } = await listening(peer, [peer.otherLight], "entity_registry_updated");
      const answer = await wire.call("config/entity_registry/remove", { entity_id: peer.otherLight });
      await wire.drained();
      const after = await wire.call("config/entity_registry/get", { entity_id: peer.otherLight });
      wire.close();
      return rename(
        { answer: shape(answer), after: after.error?.code, heard: heard() },
        { [peer.otherLight]: "<light>" },
      );
    },
  },
];
