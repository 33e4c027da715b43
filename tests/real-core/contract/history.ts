import { microsToRfc3339 } from "../../../src/domain/time/time.ts";
import { eventually } from "../../support/eventually.ts";
import type { WireClient } from "../../support/hub/wire-client.ts";
import { freshEntity, type Peer, rest, type Scenario, setState, withWire } from "./peer.ts";
import { rename, rows } from "./shape.ts";

type Rows = Record<string, { s: string | null; lu: number }[]>;
const ask = (wire: WireClient, fields: Record<string, unknown>) =>
  wire.result<Rows>("history/history_during_period", fields);
/** With microseconds: rows may be less than a millisecond apart. */
const iso = (seconds: number) => microsToRfc3339(Math.round(seconds * 1e6));

/** Waits until the recorder has committed the entity's latest row. */
async function recorded(wire: WireClient, entity: string, last: string | null): Promise<Rows[string]> {
  return eventually(30, async () => {
    const answer = await ask(wire, {
      start_time: "2020-01-01T00:00:00Z",
      entity_ids: [entity],
      significant_changes_only: false,
    });
    const list = answer[entity] ?? [];
    if (list.at(-1)?.s !== last) throw new Error(`the recorder does not have ${entity} as ${last} yet`);
    return list;
  });
}

/** A short life with everything in it: attributes alone, a forced repeat, a removal, an empty state. */
async function live(peer: Peer, entity: string): Promise<void> {
  const set = (body: Record<string, unknown>) => setState(peer, entity, body);
  await set({
    state: "1",
    attributes: { x: 1, attribution: "not recorded", supported_features: 3, unit_of_measurement: "W" },
  });
  await set({ state: "1", attributes: { x: 2 } });
  await set({ state: "1", attributes: { x: 2 }, force_update: true });
  await set({ state: "2", attributes: { x: 2 } });
  await rest(peer, "DELETE", `/api/states/${entity}`);
  await set({ state: "", attributes: { x: 3 } });
  await set({ state: "end" });
}

export const HISTORY: readonly Scenario[] = [
  ...["sensor", "climate"].map((domain) => ({
    promise: `history of a ${domain} by every option, the made-up first row included`,
    ask: (peer: Peer) =>
      withWire(peer, async (wire) => {
        const entity = freshEntity(domain);
        await live(peer, entity);
        const all = await recorded(wire, entity, "end");
        // Between the first and the second row: the state then is "1".
        const [first, second, third, fourth] = all.map(({ lu }) => lu) as [number, number, number, number];
        const from = { start_time: iso((first + second) / 2), entity_ids: [entity] };
        const every = { start_time: iso(first - 1), entity_ids: [entity] };
        const options: Record<string, unknown>[] = [
          every,
          { ...every, significant_changes_only: false },
          from,
          { ...from, significant_changes_only: false },
          { ...from, significant_changes_only: false, include_start_time_state: false },
          { ...from, significant_changes_only: false, no_attributes: true },
          { ...from, significant_changes_only: false, minimal_response: true },
          { ...from, minimal_response: true, no_attributes: true },
          { ...from, end_time: iso((third + fourth) / 2) },
          { ...from, end_time: from.start_time },
          { ...from, entity_ids: ["sensor.contract_never", entity] },
          { ...from, entity_ids: ["sensor.contract_never"] },
          { ...from, entity_ids: [] },
          { start_time: iso(Date.now() / 1000 + 3600), entity_ids: [entity] },
          { start_time: "2020-01-01T00:00:00Z", end_time: "2020-01-02T00:00:00Z", entity_ids: [entity] },
        ];
        const answers: unknown[] = [];
        for (const option of options) answers.push(rows(await ask(wire, option)));
        const [start] = (await ask(wire, { ...from, significant_changes_only: false }))[entity] ?? [];
        const startsAtStart = start && iso(start.lu) === from.start_time;
        return rename({ answers, startsAtStart }, { [entity]: "<entity>" });
      }),
  })),
  {
    promise: "what history refuses, by code",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const good = { start_time: "2026-01-01T00:00:00+00:00", entity_ids: ["sensor.contract_never"] };
        const wrong: Record<string, unknown>[] = [
          {},
          { ...good, start_time: "nonsense" },
          { ...good, end_time: "nonsense" },
          { ...good, entity_ids: ["bad id"] },
          { ...good, entity_ids: "sensor.a" },
          { ...good, more: 1 },
          { ...good, minimal_response: "yes" },
          { start_time: good.start_time },
        ];
        const codes: unknown[] = [];
        for (const fields of wrong) codes.push((await wire.call("history/history_during_period", fields)).error?.code);
        return codes;
      }),
  },
  {
    promise: "the logbook: which of those that came, changed and went it names, and what it refuses",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const began = Date.now() / 1000 - 1;
        const lives: [name: string, states: [string, Record<string, unknown>?][]][] = [
          [freshEntity("light"), [["on"], ["off"], ["off", { x: 1 }], ["on", { x: 1 }]]],
          [freshEntity("light"), [["on"], ["on", { x: 1 }]]],
          [freshEntity("geo_location"), [["12"]]],
          [
            freshEntity("geo_location"),
            [
              ["12", { unit_of_measurement: "km" }],
              ["13", { unit_of_measurement: "km" }],
            ],
          ],
          [freshEntity("counter"), [["1"], ["2"]]],
          [freshEntity("sensor"), [["1"], ["2"]]],
          [
            freshEntity("sensor"),
            [
              ["1", { unit_of_measurement: "W" }],
              ["2", { unit_of_measurement: "W" }],
            ],
          ],
        ];
        for (const [entity, states] of lives) {
          for (const [state, attributes = {}] of states) await setState(peer, entity, { state, attributes });
          await rest(peer, "DELETE", `/api/states/${entity}`);
        }
        for (const [entity] of lives) await recorded(wire, entity, null);
        type Entry = { entity_id?: string; state?: string; when?: number };
        const told = await wire.result<Entry[]>("logbook/get_events", { start_time: iso(began) });
        const own = told.filter(({ entity_id }) => lives.some(([name]) => name === entity_id));
        // A millisecond before: times are floats, and the same one as text may be a little later.
        const outside = { start_time: iso(began - 60), end_time: iso((own[0]?.when ?? 0) - 0.001) };
        const before = await wire.result<Entry[]>("logbook/get_events", outside);
        const codes: unknown[] = [];
        for (const fields of [{}, { start_time: "nonsense" }, { start_time: iso(began), end_time: "nonsense" }])
          codes.push((await wire.call("logbook/get_events", fields)).error?.code);
        return {
          told: own.map(({ entity_id, state, when }) => [
            lives.findIndex(([name]) => name === entity_id),
            state,
            typeof when,
          ]),
          before: before.filter(({ entity_id }) => entity_id === own[0]?.entity_id).length,
          codes,
        };
      }),
  },
  {
    promise: "the times of history are the times of the live stream, to the microsecond",
    ask: (peer) =>
      withWire(peer, async (wire) => {
        const entity = freshEntity();
        const { id } = await wire.call("subscribe_entities", { entity_ids: [entity] });
        for (let i = 0; i < 20; i++) await setState(peer, entity, { state: String(i) });
        await wire.drained();
        const sent = wire
          .events(id)
          .flatMap((event) => [event.a?.[entity]?.lc ?? event.c?.[entity]?.["+"]?.lc])
          .filter((time) => time !== undefined);
        const kept = (await recorded(wire, entity, "19")).map(({ lu }) => lu);
        return { sent: sent.length, same: kept.map((time, i) => time === sent[i]) };
      }),
  },
];
