import { eventually } from "../../support/eventually.ts";
import { openWire } from "../../support/hub/wire-client.ts";
import { freshEntity, type Peer, rest, type Scenario, withWire } from "./peer.ts";
import { rename, shape } from "./shape.ts";

/** Contexts: who did it, and what followed from it. */
export const CONTEXTS: readonly Scenario[] = [
  {
    promise: "what a user does has an object for a context once, then plain ids, and the caller is told the same id",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const { id } = await wire.call("subscribe_entities", { entity_ids: [peer.light] });
        const calls = await wire.call("subscribe_events", { event_type: "call_service" });
        const call = (service: string, data = {}) =>
          wire.result<{ context: { id: string } }>("call_service", {
            domain: "light",
            service,
            target: { entity_id: peer.light },
            service_data: data,
          });
        await call("turn_off");
        const answers = [
          await call("turn_on", { brightness: 100 }),
          await call("turn_off"),
          await call("turn_on", { brightness_pct: 50 }),
        ];
        await wire.drained();
        const changes = wire.events(id).flatMap((event) => (event.c ? [event.c[peer.light]["+"]] : []));
        const last = changes.slice(-3);
        return rename(
          {
            answers: answers.map(shape),
            contexts: last.map(({ c }) => shape(c)),
            sameIds: last.map(({ c }, i) => (typeof c === "string" ? c : c.id) === answers[i]?.context.id),
            states: last.map(({ s }) => s),
            brightness: last.map(({ a }) => a?.brightness),
            calls: wire
              .events(calls.id)
              .slice(-3)
              .map(({ data, event_type, origin }) => ({ data, event_type, origin })),
          },
          { [peer.light]: "<light>" },
        );
      }),
  },
  {
    promise: "a REST service call answers with the states it changed",
    ask: async (peer: Peer) => {
      await rest(peer, "POST", "/api/services/light/turn_off", { entity_id: peer.light });
      const on = await rest(peer, "POST", "/api/services/light/turn_on", { entity_id: peer.light });
      const nobody = await rest(peer, "POST", "/api/services/light/turn_on", { entity_id: "light.contract_none" });
      const [state] = on.body as { entity_id: string; state: string }[];
      const keys = Object.keys(state ?? {}).sort();
      return { status: on.status, count: (on.body as []).length, keys, state: state?.state, nobody };
    },
  },
  {
    promise: "a script run by a user: script_started, what it calls and what changes share the user's context",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const started = await wire.call("subscribe_events", { event_type: "script_started" });
        const calls = await wire.call("subscribe_events", { event_type: "call_service" });
        const { context } = await wire.result<{ context: { id: string } }>("call_service", {
          domain: "script",
          service: peer.script,
        });
        await wire.drained();
        const [event] = wire.events(started.id);
        const called = wire.events(calls.id).filter(({ data }) => data.domain === "light");
        return {
          keys: Object.keys(event.data).sort(),
          same: event.context.id === context.id,
          hasUser: typeof event.context.user_id === "string",
          lights: called.length > 0 && called.every((call) => call.context.id === context.id),
        };
      }),
  },
  {
    promise: "an automation: its event, and the chain from the trigger's context to what it changed",
    ask: async (peer) => {
      await using home = await peer.automated();
      const wire = await openWire(home);
      const triggered = await wire.call("subscribe_events", { event_type: "automation_triggered" });
      const states = await wire.call("subscribe_events", { event_type: "state_changed" });
      const calls = await wire.call("subscribe_events", { event_type: "call_service" });
      await home.provoke();
      const told = await eventually(60, () => {
        const changes = wire.events(states.id);
        for (const event of wire.events(triggered.id)) {
          const trigger = changes.find(({ context }) => context.id === event.context.parent_id);
          const caused = changes.filter(({ context }) => context.id === event.context.id);
          const light = caused.find(({ data }) => data.entity_id.startsWith("light."));
          if (trigger && light) return { event, trigger, light, caused };
        }
        throw new Error("no automation has switched a light yet");
      });
      const { event, trigger, light, caused } = told;
      const called = wire.events(calls.id).find(({ context }) => context.id === event.context.id);
      wire.close();
      return {
        data: shape(event.data),
        context: shape(event.context),
        source: event.data.source === `state of ${trigger.data.entity_id}`,
        called: called?.data.domain,
        lightContext: shape(light.context),
        ofAutomation: caused.some(({ data }) => data.entity_id === event.data.entity_id),
      };
    },
  },
  {
    promise: "what a user who is no administrator may not do",
    ask: async (peer) => {
      const guest = { ...peer, ...(await peer.guest()) };
      const byWire = await withWire(guest, async (wire) => {
        const asked: [string, Record<string, unknown>?][] = [
          ["get_config"],
          ["subscribe_events", { event_type: "state_changed" }],
          ["subscribe_events", { event_type: "call_service" }],
          ["subscribe_events"],
          ["subscribe_events", { event_type: "entity_registry_updated" }],
          ["fire_event", { event_type: "contract" }],
          ["config/auth/list"],
          ["config_entries/get"],
          ["config/entity_registry/list"],
          ["config/entity_registry/update", { entity_id: peer.light, name: "x" }],
          ["config/area_registry/create", { name: "x" }],
          ["recorder/info"],
        ];
        const answers: unknown[] = [];
        for (const [type, fields] of asked) {
          const { success, error } = await wire.call(type, fields);
          answers.push({ type, success, code: error?.code });
        }
        return answers;
      });
      const entity = freshEntity();
      const byRest: unknown[] = [];
      for (const [method, path, body] of [
        ["GET", "/api/config"],
        ["POST", `/api/states/${entity}`, { state: "1" }],
        ["DELETE", "/api/states/sun.sun"],
        ["POST", "/api/events/contract", {}],
      ] as const)
        byRest.push((await rest(guest, method, path, body)).status);
      return { byWire, byRest };
    },
  },
];
