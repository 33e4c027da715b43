import assert from "node:assert/strict";
import { createRandom } from "../../support/data/random.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, openSimulatedHome } from "../../support/home/simulated-home.ts";
import type { Fault } from "../runner/fault.ts";

const FRAMES = 10_000;
const SEED = Number(process.env.SEED ?? 10);
const GOOD = "sensor.good";
/** Good changes that may be under way before the hub must have stored them. */
const AT_ONCE = 500;

/** Frames that are known to be unusable. */
const CORPUS: readonly (string | Uint8Array)[] = [
  '{"id":1,"type":"event","event":{"c":{"sensor.bad":{"+":{"s":"cut',
  '{"id":1,"type":"event","event":{"c":{"sensor.bad":{"+":{"s":"cut"}}}}',
  Buffer.from([0, 1, 2, 255]),
  Buffer.from('{"id":1,"type":"event"}'),
  '{"type":"from_the_future","payload":{"secret":"x"}}',
  '{"id":"12","type":"event","event":{}}',
  '{"id":1.5,"type":"event","event":{}}',
  '{"id":1e400,"type":"event","event":{}}',
  '{"id":{},"type":"event","event":{}}',
  '{"type":5}',
  "{}",
  "[[]]",
  "[1,2,3]",
  '[{"type":"from_the_future"},5]',
  "null",
  "true",
  "0",
  '""',
  "",
  " ",
  "\u0000",
  "{'id':1}",
  "\ufeff{}",
  "[".repeat(200_000),
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  `{"type":"from_the_future","deep":${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}}`,
  `{"type":"from_the_future","padding":"${"x".repeat(32 * 1024 * 1024)}"}`,
];

/** Parts of frames that are well formed, to be spoiled. None of them speaks of the good entity. */
const PARTS: readonly string[] = [
  '{"c":{"sensor.fuzz":{"+":{"s":"1","lc":1795455326.76,"c":"01KAS0V3QG8Z6XJ4M2N7P9RTWY","a":{"x":[1,{"y":null}]}},"-":{"a":["z"]}}}}',
  '{"a":{"sensor.fuzz":{"s":"2","a":{"unit_of_measurement":"W"},"c":{"id":"1","parent_id":null,"user_id":"u"},"lc":1795455326.5,"lu":1795455327.25}}}',
  '{"r":["sensor.fuzz"]}',
  '{"event_type":"call_service","data":{"domain":"light","service":"turn_on"},"origin":"LOCAL","time_fired":"2026-11-24T12:00:00.000000+00:00","context":{"id":"1","parent_id":null,"user_id":null}}',
  '{"event_type":"entity_registry_updated","data":{"action":"update","entity_id":"sensor.fuzz","changes":{}},"time_fired":"2026-11-24T12:00:00+00:00"}',
];
const VALUES = [
  "null",
  "-1",
  "1e999",
  '"x"',
  "[]",
  "{}",
  "true",
  '"\\ud800"',
  '{"__proto__":{"s":1}}',
  "9".repeat(400),
];

export const malformedFrames: Fault = {
  id: "R10",
  name: "malformed frames",
  how: `${FRAMES} frames: ${CORPUS.length} of a corpus (cut, binary, 32 MB, deep, wrong ids, arrays), the rest fuzzed; a good one after each`,
  home: "simulated",
  runs: "always",
  run: async (row) => {
    await using home = await openSimulatedHome();
    const { sim } = home;
    const { pid } = home.hub;
    const connections = sim.counters().clients;
    const random = createRandom(SEED);
    for (let i = 0; i < FRAMES; i++) {
      const bad = CORPUS[i];
      if (bad !== undefined) sim.faults.sendRaw(bad);
      else spoil(sim.faults, random);
      sim.core.states.set(GOOD, String(i), {});
      // The good one leaves before the next bad one.
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      if (i % AT_ONCE === 0) await shows(home, String(i));
    }
    await shows(home, String(FRAMES - 1));
    const states = (await home.reader.history([GOOD], ...ALL)).map(({ state }) => state);
    const stored = new Set(states);
    row.emitted = FRAMES;
    row.lost = FRAMES - stored.size;
    row.duplicated = states.length - stored.size;
    row.gaps = (await home.reader.gaps(...ALL)).length;
    assert.deepEqual(
      states,
      Array.from({ length: FRAMES }, (_, i) => String(i)),
    );
    assert.equal(home.hub.pid, pid);
    assert.equal(sim.counters().clients, connections, "the connection stayed up");
    assert.equal(home.hub.logText().includes("the connection to Home Assistant ended"), false);
    assert.equal(home.hub.logText().includes('"secret"'), false, "nothing of a frame is in the log");
    assert.equal(row.gaps, 0);

    const counted = await eventually(5, async () => {
      const { malformed_frames: total = 0, ...figures } = (await home.part("home_assistant"))?.figures ?? {};
      const reasons = Object.entries(figures).filter(([name]) => name.startsWith("malformed_"));
      assert.ok(Number(total) >= CORPUS.length, `${total} counted`);
      assert.equal(
        reasons.reduce((sum, [, count]) => sum + Number(count), 0),
        Number(total),
        "each has its reason",
      );
      return { total, reasons };
    });
    row.notes.push(`0 crashes; ${counted.total} counted as unusable (seed ${SEED})`);
    row.notes.push(counted.reasons.map(([name, count]) => `${name.replace("malformed_", "")} ${count}`).join(", "));
  },
};

async function shows(home: Awaited<ReturnType<typeof openSimulatedHome>>, state: string): Promise<void> {
  await eventually(30, async () => {
    const held = await home.reader.get<{ state: string }>(`api/v1/states/${GOOD}`);
    assert.equal(held.state, state);
  });
}

type Sender = { sendRaw(frame: string | Uint8Array): void; sendEntities(event: string): void };

/** Sends a frame that was right before something was done to it. Some stay usable: those say nothing of the good entity. */
function spoil(send: Sender, random: () => number): void {
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const part = pick(PARTS);
  const at = below(part.length);
  const end = at + 1 + below(12);
  const spoiled = [
    () => part.slice(0, at),
    () => part.slice(0, at) + part.slice(end),
    () => part.slice(0, end) + part.slice(at),
    () => part.slice(0, at) + String.fromCharCode(below(0xd000)) + part.slice(at + 1),
    () => part.replace(/"s":"[^"]*"/, `"s":${pick(VALUES)}`),
    () => part.replace(/"l[cu]":[\d.]+/, `"lc":${pick(VALUES)}`),
    () => part.replace(/"(a|c|data|context|\+)":\{/, `"$1":${pick(VALUES)},"x":{`),
    () => part.replace(/\[[^\]]*\]|\{[^{}]*\}/, pick(VALUES)),
    () => pick(VALUES),
  ];
  const event = pick(spoiled)();
  const kind = below(5);
  if (kind < 3) send.sendEntities(event);
  else if (kind === 3) send.sendRaw(`{"id":${1 + below(40)},"type":"event","event":${event}}`);
  else send.sendRaw(random() < 0.5 ? event.slice(0, below(event.length)) : Buffer.from(event));
}
