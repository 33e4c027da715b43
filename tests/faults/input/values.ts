import assert from "node:assert/strict";
import type { Attributes } from "../../../src/domain/data/reading.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, openSimulatedHome, type SimulatedHome } from "../../support/home/simulated-home.ts";
import type { Fault } from "../runner/fault.ts";

/** State texts, as Home Assistant may send them; it makes `unknown` of those beyond 255 characters itself. */
export const STATES: { readonly [name: string]: string } = {
  empty: "",
  "255 characters": "x".repeat(255),
  "256 characters": "x".repeat(256),
  "100,000 characters": "ü".repeat(100_000),
  NaN: "NaN",
  Infinity: "Infinity",
  "-Infinity": "-Infinity",
  "1e309": "1e309",
  "-0": "-0",
  "007": "007",
  "21.50": "21.50",
  emoji: "🏠👨‍👩‍👧‍👦",
  "right to left": "\u202eמרחבا שלום",
  NUL: "a\u0000b",
  "line ends": "a\r\n\u2028b",
  "lone surrogate": "a\ud83d",
  "byte order mark": "\ufeffx",
  "not normalised": "e\u0301 \u00e9",
  "the name of nothing": "null",
};

const parsed = (json: string): Attributes => JSON.parse(json);
const raw = (text: string): object => JSON.rawJSON(text);

export const ATTRIBUTES: { readonly [name: string]: Attributes } = {
  "1 MB": { text: "a€".repeat(256 * 1024) },
  "10,000 keys": Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${i}`, i])),
  "keys named __proto__": parsed('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null}'),
  "numbers beyond doubles": { a: raw("1e309"), b: raw("123456789012345678901234567890"), c: raw("-0"), d: raw("-0.0") },
  "integer-like keys": parsed('{"b":1,"10":2,"9":3}'),
  "empty key": { "": "x", " ": "y" },
  "odd texts": { "\ud800": "\udc00", "a\u0000": '\u0007"\\/' },
  "nested 200 deep": parsed(`{"a":${"[".repeat(200)}${"]".repeat(200)}}`),
  "nulls and booleans": { a: null, b: true, c: false, d: [], e: {}, f: [[null]] },
};

export type Case = { readonly name: string; readonly state: string; readonly attributes: Attributes };

export const CASES: readonly Case[] = [
  ...Object.entries(STATES).map(([name, state]) => ({ name: `state ${name}`, state, attributes: { of: name } })),
  ...Object.entries(ATTRIBUTES).map(([name, attributes]) => ({ name: `attributes ${name}`, state: "ok", attributes })),
];

export const oddValues: Fault = {
  id: "R11",
  name: "odd values",
  how: `${CASES.length} states and attributes over the wire, read back as text by /states, /history and /live, and from the disk after a restart`,
  home: "simulated",
  runs: "always",
  run: async (row) => {
    await using home = await openSimulatedHome();
    const follower = await home.reader.follow();
    const seconds = Math.floor(Date.now() / 1000);
    for (const [i, { state, attributes }] of CASES.entries())
      home.sim.faults.sendEntities(
        JSON.stringify({ a: { [entityOf(i)]: { s: state, a: attributes, c: `case${i}`, lc: seconds + i / 1000 } } }),
      );
    await eventually(20, () => assert.equal(seriesHeard(follower.changes()), CASES.length));
    const altered: string[] = [];
    for (const [i, one] of CASES.entries()) altered.push(...(await findAltered(home, i, one)));
    await home.stopHub("term");
    // What Home Assistant itself does not know is removed at the next connection; what was is still there.
    await home.startHub();
    for (const [i, one] of CASES.entries()) altered.push(...(await findAltered(home, i, one, true)));
    row.emitted = CASES.length;
    row.lost = new Set(altered.map((name) => name.split(":")[0])).size;
    row.duplicated = 0;
    assert.deepEqual(altered, []);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    row.notes.push(`${CASES.length} of ${CASES.length} byte for byte, in 4 ways of asking`);
  },
};

const entityOf = (i: number) => `sensor.case_${i}`;
const seriesHeard = (changes: readonly { entityId: string }[]) =>
  new Set(changes.map(({ entityId }) => entityId).filter((id) => id.startsWith("sensor.case_"))).size;

/** The hub's answers as text, since a parsed number or key may hide a difference. */
async function findAltered(home: SimulatedHome, i: number, one: Case, restarted = false): Promise<string[]> {
  const [state, attributes] = [JSON.stringify(one.state), JSON.stringify(one.attributes)];
  const { hub } = home;
  const textOf = async (path: string) => (await hub.get(path)).text();
  const history = await textOf(`api/v1/history/${entityOf(i)}?attributes=true&from=1970-01-01T00:00:00Z`);
  const altered: string[] = [];
  if (!history.includes(`,${state},${attributes}]`)) altered.push(`${one.name}: history ${restarted}`);
  if (restarted) return altered;
  const present = await textOf(`api/v1/states/${entityOf(i)}`);
  if (!present.includes(`"state":${state},"attributes":${attributes}`)) altered.push(`${one.name}: states`);
  const rows = await home.reader.history([entityOf(i)], ...ALL);
  if (rows.length !== 1) altered.push(`${one.name}: ${rows.length} rows`);
  return altered;
}
