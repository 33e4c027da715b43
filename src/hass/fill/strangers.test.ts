import assert from "node:assert/strict";
import { test } from "node:test";
import { at, change, setUpFill } from "../../../tests/support/home/test-fill.ts";
import { Failure } from "../../domain/failure.ts";
import { type Micros, microsFromRfc3339, type Window } from "../../domain/time/time.ts";
import { strangersIn } from "./strangers.ts";

const HOUR = 3_600_000_000;

/** A logbook with an entry every so often, the nth of `sensor.n`; `asked` are the windows it was asked for. */
function createLogbook(every: Micros) {
  const asked: Window[] = [];
  const call = async ({ start_time, end_time }: { type: string; [key: string]: unknown }) => {
    const [from, to] = [start_time, end_time].map((time) => microsFromRfc3339(String(time)) as Micros) as [
      Micros,
      Micros,
    ];
    asked.push({ from, to });
    const first = Math.floor(from / every) + 1;
    const count = Math.max(0, Math.ceil(to / every) - first);
    return Array.from({ length: count }, (_, i) => ({ entity_id: `sensor.n${first + i}`, state: "on" }));
  };
  return { asked, call };
}

test("the logbook is read piece by piece, and no entry is lost between two or read twice", async () => {
  const { call, asked } = createLogbook(HOUR / 60);
  const from = at(0) - (at(0) % HOUR);
  const names = await strangersIn({ from, to: from + 48 * HOUR }, { call, isKnown: () => false });
  assert.equal(new Set(names).size, names.length);
  assert.equal(names.length, 48 * 60, "the one at the very start is in, the one at the end outside");
  assert.ok(asked.length > 1 && asked.length < 20, `${asked.length} questions`);
});

test("reading it ends at a week, and where it has too much to tell, sooner", async () => {
  const quiet = createLogbook(HOUR);
  const to = at(0);
  await strangersIn({ from: to - 1_000 * HOUR, to }, { ...quiet, isKnown: () => false });
  assert.equal(quiet.asked.at(-1)?.from, to - 7 * 24 * HOUR - 1);
  const busy = createLogbook(HOUR / 40_000);
  const names = await strangersIn({ from: to - 24 * HOUR, to }, { ...busy, isKnown: () => false });
  assert.ok(names.length >= 100_000 && names.length < 125_000, `${names.length} entries read`);
});

test("entries of events are no changes, what is known is no stranger, and a refusal or nonsense is nobody", async () => {
  const window = { from: at(0), to: at(60) };
  const entries = [
    { entity_id: "light.a", state: "on" },
    { entity_id: "light.b", state: "on" },
    { entity_id: "automation.c", name: "C", message: "triggered" },
    { name: "no entity" },
    null,
  ];
  const isKnown = (id: string) => id === "light.a";
  assert.deepEqual(await strangersIn(window, { call: async () => entries, isKnown }), ["light.b"]);
  assert.deepEqual(await strangersIn(window, { call: async () => ({ no: "list" }), isKnown }), []);
  const refuse = () => Promise.reject(new Failure("command_refused", "Unknown command."));
  assert.deepEqual(await strangersIn(window, { call: refuse, isKnown }), []);
  const lose = () => Promise.reject(new Failure("connection_lost", "the connection ended"));
  await assert.rejects(strangersIn(window, { call: lose, isKnown }), { code: "connection_lost" });
});

test("who came and went meanwhile is filled where the logbook names it, whatever it names of others", async () => {
  const { recorder, fill, gaps, told, run } = setUpFill({
    held: [change("light.known", 0, "0")],
    snapshot: [change("light.known", 30, "2"), change("light.new", 40, "b")],
  });
  for (const [name, seconds, state] of [
    ["light.known", 0, "0"],
    ["light.known", 20, "1"],
    ["light.known", 30, "2"],
    ["light.new", 39, "a"],
    ["light.new", 40, "b"],
    ["light.guest", 10, "on"],
    ["light.guest", 12, "off"],
    ["light.guest", 14, null],
    ["light.once", 10, "on"],
    ["light.once", 14, null],
    ["light.later", 58, "on"],
    ["light.later", 65, "off"],
  ] as const)
    recorder.keep(name, seconds, state);
  await fill.first();
  const before = told().length;
  assert.deepEqual(await run(fill.settle()), { filled: 3, gaps: 0 });
  assert.deepEqual(told().slice(before), [
    ["light.guest", 10, "on", "filled"],
    ["light.guest", 12, "off", "filled"],
    ["light.guest", 14, null, "filled"],
  ]);
  assert.deepEqual(fill.strangers(), ["light.guest"]);
  assert.deepEqual(gaps, []);
});

test("who came and went in a hole that was left open is found by the next filling; without a logbook nobody is", async () => {
  for (const isThere of [true, false]) {
    const { recorder, fill, told, run, gaps } = setUpFill({
      held: [change("sensor.a", -200, "0")],
      snapshot: [change("sensor.a", -200, "0")],
      earlier: [{ from: at(-100), to: at(-50), changed: [], absent: [] }],
    });
    if (!isThere) recorder.hasNoLogbook();
    recorder.keep("light.guest", -80, "on");
    recorder.keep("light.guest", -70, "off");
    recorder.keep("light.guest", -60, null);
    await fill.first();
    assert.deepEqual(await run(fill.settle()), { filled: isThere ? 3 : 0, gaps: 0 });
    assert.deepEqual(
      told().map(([, , state]) => state),
      isThere ? ["on", "off", null] : [],
    );
    assert.deepEqual(gaps, []);
  }
});
