import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as v from "valibot";
import { identity, reading, startTestHub } from "../../../tests/support/hub/test-hub.ts";
import type { Problem } from "../errors.ts";
import { type DescribedRoute, describedRoutes } from "../openapi/document.ts";
import { createJsonSchemas, entriesOf, type JsonSchema } from "../openapi/json-schemas.ts";

/** Every route × (wrong type, missing, unknown, oversize, deep, odd Unicode), made from what the document says of it. */

const wide = { requests: 1_000_000, perSeconds: 1 };
const hub = startTestHub({ limits: { now: wide, history: wide, write: wide } });
after(() => hub.close());
await hub.addSeries(1, identity("light.kitchen"));
await hub.record([reading(1, "on")]);
await hub.recordEvents([{ type: "test", time: hub.clock.now(), data: {}, context: null, origin: "live" }]);

const routes = describedRoutes(hub.app.routes);
const schemas = createJsonSchemas([]);
const document = (await (await hub.ask("/api/v1/openapi.json")).json()) as {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
};

const ODD = [
  "\u0000",
  "a\u0000b",
  "🎉",
  "\u202eevil",
  "é".normalize("NFD"),
  "\ufffe",
  "'; DROP TABLE tokens;--",
  "../..",
  "__proto__",
  "constructor",
  "%",
  "<script>",
];
/** Not well-formed once decoded: half an escape, bytes that are no UTF-8, a lone surrogate. */
const ODD_ENCODED = ["%zz", "%E0%A4%A", "%ff%fe", "%ED%A0%80", "%00"];
const HUGE = "x".repeat(20_000);
const DEEP = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
const JSON_TYPE = { "content-type": "application/json" };

type Case = { readonly what: string; readonly path: string; readonly init?: RequestInit; readonly mustFail: boolean };

const filled = (path: string, value = "1") => path.replace(/:\w+/g, value);

function pathCases({ path }: DescribedRoute): Case[] {
  if (!path.includes(":")) return [];
  return [...ODD.map(encodeURIComponent), ...ODD_ENCODED, HUGE].map((value) => ({
    what: `path ${value.slice(0, 20)}`,
    path: filled(path, value),
    mustFail: true,
  }));
}

function queryCases({ path, description }: DescribedRoute): Case[] {
  if (!description.query) return [];
  const at = (query: string) => `${filled(path)}?${query}`;
  const cases: Case[] = [
    { what: "unknown", path: at("no_such_parameter=1"), mustFail: true },
    { what: "prototype", path: at("__proto__=1&constructor=1"), mustFail: true },
    ...ODD_ENCODED.map((odd) => ({ what: `name ${odd}`, path: at(`${odd}=1`), mustFail: true })),
  ];
  for (const [name, schema] of entriesOf(description.query)) {
    const shown = schemas.parameter(schema).schema;
    const item = (shown.items ?? shown) as JsonSchema;
    const free = item.type === "string" && !item.enum && item.format === undefined;
    const add = (what: string, value: string, mustFail: boolean) =>
      cases.push({ what: `${name} ${what}`, path: at(`${name}=${value}`), mustFail });
    for (const odd of [...ODD.map(encodeURIComponent), ...ODD_ENCODED]) add(`odd ${odd}`, odd, !free);
    add("oversize", HUGE, true);
    add("empty", "", true);
    if (!free) for (const wrong of ["nonsense", "1.5", "-1", "NaN", "1e99", "null", "[]"]) add(wrong, wrong, true);
    if (shown.type !== "array") cases.push({ what: `${name} twice`, path: at(`${name}=1&${name}=2`), mustFail: true });
    else cases.push({ what: `${name} 200 times`, path: at(Array(200).fill(`${name}=a`).join("&")), mustFail: true });
  }
  return cases;
}

const WRONG: readonly unknown[] = [
  null,
  7,
  -1.5,
  "",
  HUGE,
  true,
  [],
  [[]],
  {},
  [null],
  { a: 1 },
  [HUGE],
  Array(2_000).fill("a"),
];

function bodyCases({ method, path, description }: DescribedRoute): Case[] {
  const { body } = description;
  const send = (
    what: string,
    text: string | Uint8Array<ArrayBuffer>,
    mustFail = true,
    headers: Record<string, string> = JSON_TYPE,
  ): Case => ({
    what: `body ${what}`,
    path: filled(path),
    init: { method, body: text, headers },
    mustFail,
  });
  if (!body) return method === "GET" ? [] : [send("where none is asked", '{"a":1}', false)];
  const entries = Object.entries((body as unknown as { entries: Record<string, v.GenericSchema> }).entries);
  const good = () =>
    Object.fromEntries(
      entries.flatMap(([name, schema]) => (schema.type === "optional" ? [] : [[name, sample(schema)]])),
    );
  const cases = [
    send("empty", ""),
    send("no JSON", "{"),
    send("deep", DEEP),
    send("deep inside", `{"${entries[0]?.[0]}":${DEEP}}`),
    send("null", "null"),
    send("a list", "[]"),
    send("a text", '"x"'),
    send("too large", JSON.stringify({ a: "x".repeat(1_100_000) })),
    send("no UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])),
    send("another type", JSON.stringify(good()), true, { "content-type": "text/plain" }),
    send("no type", new TextEncoder().encode(JSON.stringify(good())), true, {}),
    send("unknown key", JSON.stringify({ ...good(), no_such_key: 1 })),
    send("prototype", `{"__proto__":{"a":1},${JSON.stringify(good()).slice(1)}`, false),
    send("huge number", `{"${entries[0]?.[0]}":1e999}`),
  ];
  for (const [name, schema] of entries) {
    if (schema.type !== "optional") {
      const { [name]: _, ...rest } = good();
      cases.push(send(`${name} missing`, JSON.stringify(rest)));
    }
    for (const wrong of WRONG) {
      const fits = v.safeParse(schema, wrong).success;
      cases.push(
        send(`${name} ${JSON.stringify(wrong).slice(0, 20)}`, JSON.stringify({ ...good(), [name]: wrong }), !fits),
      );
    }
    for (const odd of [...ODD, "\ud800"])
      cases.push(
        send(`${name} odd ${odd}`, JSON.stringify({ ...good(), [name]: odd }), !v.safeParse(schema, odd).success),
      );
  }
  return cases;
}

const KEEP = { daily: 1, weekly: 0, monthly: 0 };
const CORRECTIONS = [{ entity: "light.kitchen", time: "2026-11-23T00:00:00Z", state: "on" }];
const STAGES = [{ minutes: 60, watts: 1000 }];

/** Something that a required key takes. */
function sample(schema: v.GenericSchema): unknown {
  for (const value of [
    "light.kitchen",
    "weather",
    "read",
    ["light.kitchen"],
    [],
    1,
    true,
    "2026-11-23T00:00:00Z",
    "03:40",
    KEEP,
    STAGES,
    CORRECTIONS,
  ])
    if (v.safeParse(schema, value).success) return value;
  throw new Error(`the test has no value that fits ${schema.type}`);
}

/** The keys that an answer has and its schema does not name are a hole in the document. */
async function fitsItsSchema({ description }: DescribedRoute, answer: Response, label: string): Promise<void> {
  if (!("json" in description.answer)) return void (await answer.body?.cancel());
  const value: unknown = await answer.json();
  const parsed = v.safeParse(description.answer.json, value);
  assert.ok(parsed.success, `${label}: ${JSON.stringify(parsed.issues?.[0]?.path?.map(({ key }) => key))}`);
  assert.deepEqual(parsed.output, value, label);
}

async function judge(route: DescribedRoute, { what, path, init, mustFail }: Case): Promise<void> {
  const label = `${route.method} ${route.path}: ${what}`;
  const answer = await hub.ask(path, { method: route.method, ...init, scope: route.scope ?? "read" });
  const responses =
    document.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method.toLowerCase()]?.responses ?? {};
  const known = responses[answer.status];
  if (answer.status < 400) {
    assert.ok(known, `${label}: ${answer.status} is not documented`);
    assert.ok(!mustFail, `${label}: was taken`);
    await fitsItsSchema(route, answer, label);
    return;
  }
  assert.ok(answer.status < 500, `${label}: ${answer.status} ${await answer.clone().text()}`);
  assert.equal(answer.headers.get("content-type"), "application/problem+json", label);
  const { code, status } = (await answer.json()) as Problem;
  assert.equal(status, answer.status);
  // An odd path may lead to no route at all, which no operation can document.
  if (what.startsWith("path ") && code === "not_found") return;
  assert.ok(known?.description.includes(`${code}:`), `${label}: ${status} ${code} is not documented`);
}

test("no input makes a route fail: each bad one is a problem that the route documents", async () => {
  let count = 0;
  for (const route of routes) {
    if (route.path === "/health" || route.path === "/ready") continue;
    for (const one of [...pathCases(route), ...queryCases(route), ...bodyCases(route)]) {
      await judge(route, one);
      count++;
    }
    // The limiter of wrong setup codes is another matter.
    hub.clock.advance(60_000);
  }
  assert.ok(count > 1_000, `${count} cases`);
  assert.deepEqual(
    hub.lines.filter((line) => / error /.test(line)),
    [],
  );
});

test("every answer without parameters is as its schema says, and holds nothing that the schema does not name", async () => {
  let count = 0;
  for (const route of routes) {
    if (route.method !== "GET" || route.path === "/api/v1/live" || route.path === "/ready") continue;
    const path = route.path.replace(":entity", "light.kitchen").replace(/:\w+/g, "1");
    const answer = await hub.ask(path, { scope: route.scope ?? "read" });
    if (answer.status !== 200) continue;
    await fitsItsSchema(route, answer, route.path);
    count++;
  }
  assert.ok(count > 15, `${count} answers`);
});
