import { openWire } from "../../support/hub/wire-client.ts";
import { freshEntity, rest, type Scenario, setState, withWire } from "./peer.ts";
import { delta, rename, shape } from "./shape.ts";

/** Connection, errors, subscriptions. */
export const WIRE: readonly Scenario[] = [
  {
    promise: "the greeting, a good and a bad token, and a malformed greeting",
    ask: async (peer) => {
      const good = await withWire(peer, async (wire) => wire.messages.slice(0, 2).map(shape));
      const bad: unknown[] = [];
      for (const first of [
        { type: "auth", access_token: "wrong" },
        { type: "auth" },
        { id: 1, type: "ping" },
        { type: "auth", access_token: 5 },
        "[]",
        "{cut",
      ]) {
        const wire = await openWire({ ...peer, token: null });
        wire.send(typeof first === "string" ? first : JSON.stringify(first));
        const code = await wire.closed;
        bad.push({ code, heard: wire.messages.slice(1).map(shape) });
      }
      return { good, bad };
    },
  },
  {
    promise: "commands that fail, by code",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const asked: [string, Record<string, unknown>?][] = [
          ["no_such_command"],
          ["ping", { more: 1 }],
          ["get_config", { more: 1 }],
          ["subscribe_events", { event_type: 5 }],
          ["subscribe_events", { event_type: "state_reported" }],
          ["unsubscribe_events", { subscription: 999 }],
          ["unsubscribe_events"],
          ["unsubscribe_events", { subscription: -1 }],
          ["subscribe_entities", { entity_ids: "sensor.a" }],
          ["subscribe_entities", { entity_ids: ["bad id"] }],
          ["subscribe_entities", { more: 1 }],
          ["call_service", { domain: "light", service: "no_such" }],
          ["call_service", { domain: "light" }],
          ["call_service", { domain: "light", service: "turn_on" }],
          ["call_service", { domain: "light", service: "turn_on", target: { entity_id: "light.contract_none" } }],
          [
            "call_service",
            {
              domain: "light",
              service: "turn_on",
              target: { entity_id: peer.light },
              service_data: { brightness: "x" },
            },
          ],
          [
            "call_service",
            { domain: "light", service: "turn_on", target: { entity_id: peer.light }, return_response: true },
          ],
          ["fire_event", {}],
          ["config/entity_registry/get", { entity_id: "sensor.contract_none" }],
          ["config/entity_registry/get", { entity_id: 5 }],
          ["config/entity_registry/update", { entity_id: "sensor.contract_none", name: "x" }],
          ["config/entity_registry/update", { entity_id: peer.light, new_entity_id: peer.otherLight }],
          ["config/entity_registry/update", { entity_id: peer.light, new_entity_id: "switch.contract" }],
          ["config/entity_registry/update", { entity_id: peer.light, new_entity_id: "bad" }],
          ["config/category_registry/list"],
          ["config/area_registry/delete", { area_id: "contract_none" }],
          ["config/device_registry/update", { device_id: "contract_none" }],
          ["supported_features"],
        ];
        const answers: unknown[] = [];
        for (const [type, fields] of asked) {
          const { success, error } = await wire.call(type, fields);
          answers.push({ type, fields, success, code: error?.code, keys: Object.keys(error ?? {}).sort() });
        }
        return rename(answers, { [peer.light]: "<light>", [peer.otherLight]: "<other>" });
      }),
  },
  {
    promise: "an id used again, messages without a proper id or type, several in one frame",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        await wire.call("ping");
        await wire.call("ping");
        const before = wire.messages.length;
        const wrong = [
          { id: 1, type: "ping" },
          { type: "ping" },
          { id: "a", type: "ping" },
          { id: wire.nextId() },
          5,
          null,
        ];
        for (const message of wrong) wire.send(JSON.stringify(message));
        wire.send(JSON.stringify({ id: wire.nextId(), type: "no_such_command" }));
        wire.send(JSON.stringify([wire.nextId(), wire.nextId()].map((id) => ({ id, type: "ping" }))));
        await wire.drained();
        return wire.messages.slice(before).map((message) => ({ ...message, error: message.error?.code }));
      }),
  },
  {
    promise: "text that is no JSON ends the connection with 1000",
    ask: async (peer) => {
      const wire = await openWire(peer);
      wire.send("{cut");
      return wire.closed;
    },
  },
  {
    promise: "frames become arrays where the client can take them, and only there",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const ping = () =>
          wire.send(JSON.stringify(Array.from({ length: 50 }, () => ({ id: wire.nextId(), type: "ping" }))));
        ping();
        await wire.drained();
        const single = wire.frames.every((frame) => frame.startsWith("{"));
        const answer = shape(await wire.call("supported_features", { features: { coalesce_messages: 1 } }));
        const before = wire.frames.length;
        ping();
        await wire.drained();
        const arrays = wire.frames.slice(before).filter((frame) => frame.startsWith("["));
        const ids = wire.messages.filter(({ type }) => type === "pong").map(({ id }) => id);
        return { single, answer, arrays: arrays.length > 0, inOrder: ids.every((id, i) => i === 0 || id > ids[i - 1]) };
      }),
  },
  {
    promise: "changes as subscribe_entities tells them, one kind after another",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const entity = freshEntity();
        const answer = await wire.call("subscribe_entities", { entity_ids: [entity] });
        for (const body of CHANGES) await setState(peer, entity, body);
        await rest(peer, "DELETE", `/api/states/${entity}`);
        await setState(peer, entity, { state: "back", attributes: { a: 1 } });
        await rest(peer, "DELETE", `/api/states/${entity}`);
        await wire.drained();
        const events = wire.events(answer.id).map(delta);
        return rename({ answer: shape(answer), events }, { [entity]: "<entity>" });
      }),
  },
  {
    promise: "a later client is given whole states, with lu only where it differs from lc",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const [same, updated] = [freshEntity(), freshEntity()];
        await setState(peer, same, { state: "1" });
        await setState(peer, updated, { state: "1" });
        await setState(peer, updated, { state: "1", attributes: { a: 1 } });
        const { id } = await wire.call("subscribe_entities", { entity_ids: [same, updated] });
        await wire.drained();
        const [first] = wire.events(id);
        const sorted = { a: { [same]: first.a[same], [updated]: first.a[updated] } };
        return rename(delta(sorted), { [same]: "<same>", [updated]: "<updated>" });
      }),
  },
  {
    promise: "filters of subscribe_entities: which of six entities each lets through",
    ask: async (peer) => {
      const names = ["sensor", "sensor", "switch", "light", "switch", "sensor"].map((domain) => freshEntity(domain));
      for (const name of names) await setState(peer, name, { state: "1" });
      const [a, b, c, d] = names as [string, string, string, string];
      const filters = [
        { entity_ids: [a, d] },
        { include: { domains: ["switch"] } },
        { include: { domains: ["switch"], entities: [a] } },
        { exclude: { domains: ["sensor"] } },
        { exclude: { entities: [b] } },
        { include: { entity_globs: ["sensor.contract_*"] } },
        { include: { domains: ["sensor"] }, exclude: { entities: [a] } },
        { include: { domains: ["sensor"] }, exclude: { entity_globs: [`*${b.slice(-3)}`] } },
        { include: { entities: [c] }, exclude: { domains: ["switch"] } },
        { include: { entity_globs: ["switch.*"] }, exclude: { entities: [c] } },
      ];
      const seen: unknown[] = [];
      for (const filter of filters)
        await withWire(peer, async (wire) => {
          const { id } = await wire.call("subscribe_entities", filter);
          await wire.drained();
          seen.push(names.map((name) => name in wire.events(id)[0].a));
        });
      for (const name of names) await rest(peer, "DELETE", `/api/states/${name}`);
      return seen;
    },
  },
  {
    promise: "an event fired by a client, state_changed, and the end of a subscription",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const entity = freshEntity();
        const custom = await wire.call("subscribe_events", { event_type: "contract_event" });
        const states = await wire.call("subscribe_events", { event_type: "state_changed" });
        const all = await wire.call("subscribe_events");
        const fired = await wire.call("fire_event", { event_type: "contract_event", event_data: { a: [1, "ä"] } });
        const byRest = await rest(peer, "POST", "/api/events/contract_event", { b: 2 });
        await setState(peer, entity, { state: "1", attributes: { x: 1 } });
        await setState(peer, entity, { state: "2" });
        await rest(peer, "DELETE", `/api/states/${entity}`);
        await wire.call("unsubscribe_events", { subscription: custom.id });
        await wire.call("fire_event", { event_type: "contract_event" });
        await wire.drained();
        const ofEntity = wire.events(states.id).filter(({ data }) => data.entity_id === entity);
        const heardTwice = wire.events(all.id).filter(({ event_type }) => event_type === "contract_event").length;
        return {
          answers: [custom, states, all, fired].map(shape),
          rest: byRest,
          custom: wire
            .events(custom.id)
            .map((event) => ({ ...(shape(event) as object), data: event.data, from: event.origin })),
          states: ofEntity.map(shape),
          heardTwice,
        };
      }),
  },
];

const LONG = "ä".repeat(255);
const CHANGES: readonly Record<string, unknown>[] = [
  { state: "1", attributes: { x: 1, deep: { list: [1, { b: null }] } } },
  { state: "2", attributes: { x: 1, deep: { list: [1, { b: null }] } } },
  { state: "2", attributes: { x: 2, deep: { list: [1, { b: null }] } } },
  { state: "2", attributes: { x: 2, deep: { list: [1, { b: 0 }] } } },
  { state: "2", attributes: { deep: { list: [1, { b: 0 }] }, new: "ü" } },
  // Nothing new: nobody hears of it.
  { state: "2", attributes: { new: "ü", deep: { list: [1, { b: 0 }] } } },
  { state: "2", attributes: { new: "ü", deep: { list: [1, { b: 0 }] } }, force_update: true },
  { state: "2", attributes: { new: "v" }, force_update: true },
  { state: LONG },
  { state: '🔥 نص "quoted" \\ \n\t', attributes: { 'key "q"': 1, empty: {} } },
  { state: "" },
  { state: "unavailable" },
  { state: 5 },
  { state: true },
  { state: 1.5 },
  { state: "x".repeat(256) },
];
