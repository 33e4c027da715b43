import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../tests/support/hub/test-hub.ts";
import { SCOPES, type Scope } from "../domain/scope.ts";
import { PROBLEM_STATUS, type Problem } from "./errors.ts";

const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("light.kitchen"));
await hub.record([reading(1, "on")]);

const problemOf = async (answer: Response): Promise<Problem> => {
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  return (await answer.json()) as Problem;
};

/** What a stranger may call; everything else names a scope. */
const OPEN = new Set(["GET /health", "GET /ready", "POST /api/v1/session"]);
const SCOPE_OF: Record<string, Scope> = {
  "GET /api/v1/tokens": "admin",
  "POST /api/v1/tokens": "admin",
  "DELETE /api/v1/tokens/:id": "admin",
  "GET /api/v1/usage": "admin",
  "POST /api/v1/annotations": "write",
  "DELETE /api/v1/annotations/:id": "write",
  "GET /api/v1/backups": "admin",
  "POST /api/v1/backups": "admin",
  "GET /api/v1/backups/:id": "admin",
  "DELETE /api/v1/backups/:id": "admin",
  "POST /api/v1/backups/:id/verify": "admin",
  "GET /api/v1/backups/schedule": "admin",
  "PUT /api/v1/backups/schedule": "admin",
  "GET /api/v1/store/verify": "admin",
  "POST /api/v1/store/verify": "admin",
  "POST /api/v1/store/refetch": "admin",
  "POST /api/v1/store/seal": "admin",
  "POST /api/v1/jobs": "admin",
  "POST /api/v1/jobs/:id/:action": "admin",
  "POST /api/v1/backups/begin": "admin",
  "POST /api/v1/backups/end": "admin",
  "POST /api/v1/connections/:id/:action": "admin",
  "POST /api/v1/services/:part/:action": "admin",
  "POST /api/v1/setup/recorder": "admin",
  "POST /api/v1/setup/finish": "admin",
  "PUT /api/v1/exclusions": "admin",
  "PUT /api/v1/recording": "admin",
  "PUT /api/v1/retention": "admin",
  "POST /api/v1/retention/run": "admin",
  "GET /api/v1/corrections": "admin",
  "POST /api/v1/corrections": "admin",
  "POST /api/v1/corrections/preview": "admin",
  "GET /api/v1/erasures": "admin",
  "POST /api/v1/erasures": "admin",
  "POST /api/v1/erasures/preview": "admin",
  "POST /api/v1/sources": "admin",
  "POST /api/v1/sources/test": "admin",
  "PUT /api/v1/sources/:id": "admin",
  "DELETE /api/v1/sources/:id": "admin",
  "POST /api/v1/sources/:id/enable": "admin",
  "POST /api/v1/sources/:id/disable": "admin",
  "POST /api/v1/sources/:id/refresh": "write",
  "POST /api/v1/sources/:id/file": "admin",
  "GET /api/v1/sources/:id/raw": "admin",
  "PUT /api/v1/energy/meters": "admin",
  "DELETE /api/v1/energy/meters": "admin",
};
const routes = [
  ...new Map(
    hub.app.routes.filter(({ method }) => method !== "ALL").map((route) => [`${route.method} ${route.path}`, route]),
  ),
];
const fill = (path: string) => path.replace(/:\w+/g, "1");

test("the routes are those that docs/api.md lists, and no others", () => {
  const text = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
  const documented = [...text.matchAll(/^\| `([A-Z]+ [^`]+)` +\|/gm)].map(([, route]) => route as string);
  const served = routes.map(([name]) => name.replace(" /api/", " api/").replace(/:(\w+)/g, "{$1}"));
  assert.deepEqual(served.sort(), documented.sort());
});

test("every route but the open ones refuses strangers, wrong tokens and ended sessions", async () => {
  assert.ok(routes.length > 20);
  for (const [name, { method, path }] of routes) {
    if (OPEN.has(name)) continue;
    for (const headers of [{}, { authorization: "Bearer hi_wrong" }, { cookie: "ha_ingestor_session=none" }]) {
      const answer = await hub.app.request(fill(path), { method, headers });
      // One address guesses only so often before it is told to wait.
      assert.ok([401, 429].includes(answer.status), `${name} with ${JSON.stringify(headers)}: ${answer.status}`);
    }
    hub.clock.advance(60_000);
  }
});

test("every route takes the scope it names and those above it, and refuses those below", async () => {
  for (const [name, { method, path }] of routes) {
    if (OPEN.has(name)) continue;
    const needed = SCOPE_OF[name] ?? "read";
    for (const scope of SCOPES) {
      const answer = await hub.ask(fill(path), { method, scope });
      if (SCOPES.indexOf(scope) >= SCOPES.indexOf(needed)) assert.notEqual(answer.status, 403, `${name} as ${scope}`);
      else assert.equal((await problemOf(answer)).code, "forbidden", `${name} as ${scope}`);
    }
  }
});

test("the open routes answer strangers, whatever credentials a proxy adds", async () => {
  for (const headers of [{}, { authorization: "Basic abc" }] as Record<string, string>[]) {
    assert.deepEqual(await (await hub.app.request("/health", { headers })).json(), { status: "alive" });
    assert.deepEqual(await (await hub.app.request("/ready", { headers })).json(), { ready: true });
  }
});

test("a hub that is not ready says so and why", async () => {
  const starting = startTestHub({ readiness: () => ({ ready: false, why: "The store is being opened" }) });
  after(() => starting.close());
  const answer = await starting.app.request("/ready");
  assert.equal(answer.status, 503);
  const problem = await problemOf(answer);
  assert.deepEqual([problem.code, problem.detail], ["not_ready", "The store is being opened"]);
});

test("the codes of problems are those that docs/api.md promises, with the same numbers", () => {
  const text = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
  const promised = [...text.matchAll(/`([a-z_]+)`\s(\d{3})/g)].map(([, code, status]) => [code, Number(status)]);
  assert.deepEqual(Object.fromEntries(promised), PROBLEM_STATUS);
});

test("every answer carries a request id: the caller's own where it is harmless, else a new one", async () => {
  for (const path of ["/health", "/api/v1/states", "/nowhere"]) {
    const own = await hub.ask(path, { headers: { "x-request-id": "mine-1" } });
    assert.equal(own.headers.get("x-request-id"), "mine-1");
    const made = await hub.ask(path, { headers: { "x-request-id": "<script>" } });
    assert.match(made.headers.get("x-request-id") ?? "", /^[\w-]{3,64}$/);
    assert.equal(made.headers.get("x-content-type-options"), "nosniff");
  }
});

test("an address that nothing answers is a problem of its own, and a method that does not fit names those that do", async () => {
  const nothing = await hub.ask("/api/v1/nothing");
  const problem = await problemOf(nothing);
  assert.equal(nothing.status, 404);
  assert.deepEqual(problem, {
    type: "about:blank",
    title: problem.title,
    status: 404,
    code: "not_found",
    detail: "Nothing answers at /api/v1/nothing",
    request_id: nothing.headers.get("x-request-id"),
  });
  const put = await hub.ask("/api/v1/session", { method: "PUT" });
  assert.equal(put.status, 405);
  assert.equal(put.headers.get("allow"), "GET, POST, DELETE, HEAD");
  assert.equal((await problemOf(put)).code, "method_not_allowed");
});

test("what nobody planned is told without its inside, and logged with the request's id", async () => {
  const broken = startTestHub({
    parts: () => {
      throw new Error("secret inside");
    },
  });
  after(() => broken.close());
  const answer = await broken.ask("/api/v1/status?");
  assert.equal(answer.status, 500);
  const text = await answer.text();
  assert.ok(!text.includes("inside hub") && !text.includes("secret inside") && !text.includes("    at "));
  const { code, request_id: id } = JSON.parse(text) as Problem;
  assert.equal(code, "internal");
  assert.ok(broken.lines.some((line) => line.includes(id) && line.includes("secret inside")));
});

test("what does not belong in a request is refused with where and what, never ignored", async () => {
  const json = { "content-type": "application/json" };
  const post = (path: string, body: unknown, headers: Record<string, string> = json) =>
    [path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) }] as const;
  const put = (path: string, body: unknown) => [path, { ...post(path, body)[1], method: "PUT" }] as const;
  const keep = { daily: 0, weekly: 0, monthly: 0 };
  const source = { id: "roof", kind: "weather", name: "Roof", providers: [{ provider: "open_meteo" }] };
  const chosen = (settings: unknown) => ({ ...source, providers: [{ provider: "open_meteo", settings }] });
  const cases: [readonly [string, RequestInit?], path: string, message: RegExp][] = [
    [["/api/v1/info?x=1"], "x", /not known here; known are none/],
    [["/metrics?x=1"], "x", /not known/],
    [["/api/v1/info?__proto__=1"], "__proto__", /not known/],
    [["/api/v1/info?constructor=1"], "constructor", /not known/],
    [["/api/v1/status?verbose=true"], "verbose", /not known/],
    [["/api/v1/states?domains=light"], "domains", /known are domain, area/],
    [["/api/v1/states?removed=yes"], "removed", /true nor false/],
    [["/api/v1/states?removed=true&removed=true"], "removed", /more than once/],
    [["/api/v1/states?domain="], "domain[0]", /empty/],
    [["/api/v1/states/light.kitchen?x=1"], "x", /not known/],
    [["/api/v1/summary?x=1"], "x", /not known/],
    [["/api/v1/summary/1?x=1"], "x", /not known/],
    [["/api/v1/entities?limit=1"], "limit", /not known/],
    [["/api/v1/entities/light.kitchen?x"], "x", /not known/],
    [["/api/v1/devices?x=1"], "x", /not known/],
    [["/api/v1/devices/1?x=1"], "x", /not known/],
    [["/api/v1/areas?x=1"], "x", /not known/],
    [["/api/v1/areas/1?x=1"], "x", /not known/],
    [["/api/v1/integrations?x=1"], "x", /not known/],
    [["/api/v1/live?x=1"], "x", /not known/],
    [["/api/v1/published?x=1"], "x", /not known/],
    [["/api/v1/session?x=1"], "x", /not known/],
    [["/api/v1/openapi.json?x=1"], "x", /not known/],
    [["/api/v1/docs?x=1"], "x", /not known/],
    [["/api/v1/connections?x=1"], "x", /not known/],
    [post("/api/v1/connections/primary/pause?x=1", ""), "x", /not known/],
    [post("/api/v1/services/home_assistant/pause?x=1", ""), "x", /not known/],
    [["/api/v1/export?format=xml"], "format", /none of ndjson, csv/],
    [post("/api/v1/export", { columns: ["colour"] }), "columns[0]", /none of entity_id, series/],
    [["/api/v1/history/light.kitchen?limit=0"], "limit", /below 1/],
    [["/api/v1/history/light.kitchen?limit=100001"], "limit", /above 100000/],
    [["/api/v1/history/light.kitchen?limit=ten"], "limit", /whole number/],
    [["/api/v1/history/light.kitchen?from=yesterday"], "from", /RFC 3339/],
    [["/api/v1/history/light.kitchen?from=2026-11-23T10:00:00"], "from", /zone/],
    [["/api/v1/history/light.kitchen?from=2026-11-23T10:00:00+01:00"], "from", /%2B/],
    [["/api/v1/history/light.kitchen?from=2026-11-23T10:00:00Z&to=2026-11-23T10:00:00Z"], "from", /before to/],
    [["/api/v1/history/light.kitchen?from=2036-11-23T10:00:00Z"], "from", /before now/],
    [["/api/v1/history/light.kitchen?order=newest"], "order", /newest_first/],
    [["/api/v1/history/light.kitchen?times=ms"], "times", /rfc3339 nor us/],
    [["/api/v1/history/light.kitchen?form=columns"], "form", /not known/],
    [["/api/v1/events?from=1"], "from", /RFC 3339/],
    [["/api/v1/events?types=a"], "types", /known are type/],
    [["/api/v1/events/1?x=1"], "x", /not known/],
    [["/api/v1/events/stream?topics=all"], "topics[0]", /none of changes/],
    [["/api/v1/events/trace/1?depth=0"], "depth", /below 1/],
    [["/api/v1/gaps?kind=all"], "kind", /states nor events/],
    [["/api/v1/gaps?to=now"], "to", /RFC 3339/],
    [post("/api/v1/history/query", {}), "entities", /missing/],
    [post("/api/v1/history/query", { entities: [] }), "entities", /empty/],
    [post("/api/v1/history/query", { entities: "light.kitchen" }), "entities", /list/],
    [post("/api/v1/history/query", { entities: ["light.kitchen", 7] }), "entities[1]", /not a text/],
    [post("/api/v1/history/query", { entities: ["a"], limit: 1.5 }), "limit", /whole/],
    [post("/api/v1/history/query", { entities: ["a"], limit: "5" }), "limit", /number/],
    [post("/api/v1/history/query", { entities: ["a"], form: "rows" }), "form", /points nor columns/],
    [post("/api/v1/history/query", { entities: ["a"], attributes: "true" }), "attributes", /true nor false/],
    [post("/api/v1/history/query", { entities: ["a"], window: 5 }), "window", /known are entities/],
    [post("/api/v1/history/query?limit=5", { entities: ["a"] }), "limit", /not known/],
    [post("/api/v1/tokens", { name: " ", scope: "read" }), "name", /empty/],
    [post("/api/v1/tokens", { name: "x", scope: "root" }), "scope", /none of read/],
    [post("/api/v1/tokens", { scope: "read" }), "name", /missing/],
    [["/api/v1/backups?x=1"], "x", /not known/],
    [["/api/v1/backups?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/backups/1?x=1"], "x", /not known/],
    [["/api/v1/backups/1?x=1", { method: "DELETE" }], "x", /not known/],
    [["/api/v1/backups/1/verify?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/backups/schedule?x=1"], "x", /not known/],
    [put("/api/v1/backups/schedule", { on: true, at: "24:00", keep: { ...keep, daily: 1 } }), "at", /time of day/],
    [put("/api/v1/backups/schedule", { on: true, at: "03:40", keep }), "keep", /no backup/],
    [put("/api/v1/backups/schedule", { on: "yes", at: "03:40", keep: { ...keep, daily: 1 } }), "on", /true nor false/],
    [["/api/v1/store/verify?x=1"], "x", /not known/],
    [["/api/v1/store/verify?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/store/refetch?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/store/seal?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/backups/begin?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/backups/end?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/setup?x=1"], "x", /not known/],
    [["/api/v1/setup/recorder?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/setup/finish?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/exclusions?x=1"], "x", /not known/],
    [["/api/v1/exclusions", { method: "PUT", headers: json, body: '{"patterns":["*"]}' }], "patterns[0]", /pattern/],
    [["/api/v1/recording?x=1"], "x", /not known/],
    [["/api/v1/recording", { method: "PUT", headers: json, body: '{"thinning":{}}' }], "thinning", /list/],
    [["/api/v1/retention?x=1"], "x", /not known/],
    [
      ["/api/v1/retention", { method: "PUT", headers: json, body: '{"rules":[{"keep":"x"}]}' }],
      "rules[0].keep",
      /days/,
    ],
    [post("/api/v1/retention/preview", { defaults: { readings: "long" } }), "defaults.readings", /neither for_ever/],
    [post("/api/v1/retention/run", { plan: 7 }), "plan", /not a text/],
    [["/api/v1/corrections?x=1"], "x", /not known/],
    [
      post("/api/v1/corrections/preview", { corrections: [{ entity: "a.b", time: "noon" }] }),
      "corrections[0].time",
      /RFC 3339/,
    ],
    [post("/api/v1/corrections", { plan: 7 }), "plan", /not a text/],
    [["/api/v1/erasures?x=1"], "x", /not known/],
    [post("/api/v1/erasures/preview", { entities: ["a.b"], backups: "some" }), "backups", /neither replace nor keep/],
    [post("/api/v1/erasures", {}), "plan", /missing/],
    [["/api/v1/storage?x=1"], "x", /not known/],
    [post("/api/v1/storage/top", { group: "colour" }), "group", /none of entity/],
    [["/api/v1/sources?x=1"], "x", /not known/],
    [["/api/v1/sources/kinds?x=1"], "x", /not known/],
    [["/api/v1/sources/1?x=1"], "x", /not known/],
    [["/api/v1/sources/1?x=1", { method: "DELETE" }], "x", /not known/],
    [["/api/v1/sources/1/raw?x=1"], "x", /not known/],
    [["/api/v1/sources/1/enable?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/sources/1/disable?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/sources/1/refresh?x=1", { method: "POST" }], "x", /not known/],
    [put("/api/v1/sources/1", { name: "", providers: [] }), "name", /empty/],
    [post("/api/v1/sources", { ...source, kind: "wether" }), "kind", /none of weather/],
    [post("/api/v1/sources", { ...source, id: "My weather" }), "id", /word of a-z/],
    [post("/api/v1/sources", { ...source, id: "kinds" }), "id", /address of the API/],
    [post("/api/v1/sources", { ...source, providers: [] }), "providers", /at least one/],
    [post("/api/v1/sources", chosen({ latitude: 91 })), "providers[0].settings.latitude", /./],
    [post("/api/v1/sources", chosen({ latitud: 9 })), "providers[0].settings.latitud", /known are .*latitude/],
    [
      post("/api/v1/sources/test", { ...source, providers: [{ provider: "frogs" }] }),
      "providers[0].provider",
      /open_meteo/,
    ],
    [["/api/v1/weather?x=1"], "x", /not known/],
    [["/api/v1/weather/forecast?hours=0"], "hours", /below 1/],
    [["/api/v1/weather/forecast?quantity=pm10"], "quantity", /not known/],
    [["/api/v1/weather/score?quantity=condition"], "quantity", /none of temperature/],
    [["/api/v1/air-quality?x=1"], "x", /not known/],
    [["/api/v1/air-quality/forecast?hours=many"], "hours", /whole number/],
    [["/api/v1/calendar/events?limit=0"], "limit", /below 1/],
    [["/api/v1/calendar/now?x=1"], "x", /not known/],
    [["/api/v1/calendar/free-busy?to=soon"], "to", /not a time/],
    [["/api/v1/calendar/occupancy?calendar=Family"], "calendar", /not known/],
    [["/api/v1/pricing?x=1"], "x", /not known/],
    [["/api/v1/pricing/slots?quantity=temperature"], "quantity", /none of price, market_price/],
    [["/api/v1/carbon?kind=1"], "kind", /known are source/],
    [["/api/v1/carbon/forecast?from=then"], "from", /RFC 3339/],
    [["/api/v1/energy/now?x=1"], "x", /not known/],
    [["/api/v1/energy/window?minutes=0"], "minutes", /below 1/],
    [["/api/v1/energy/window?minutes=60&by=colour"], "by", /none of price, carbon/],
    [post("/api/v1/energy/window", { stages: [] }), "stages", /empty/],
    [post("/api/v1/energy/window", { stages: [{ minutes: 1, watts: 1.5 }] }), "stages[0].watts", /whole/],
    [
      post("/api/v1/energy/window", { stages: Array(2).fill({ minutes: 1, watts: 1 }), split: true }),
      "split",
      /one stage/,
    ],
    [["/api/v1/energy/plan?day=someday"], "day", /tomorrow/],
    [["/api/v1/energy/plan?day=2026-13-45"], "day", /no date/],
    [["/api/v1/energy/days?from=then"], "from", /RFC 3339/],
    [["/api/v1/energy/effects?x=1"], "x", /not known/],
    [["/api/v1/energy/profile?days=holidays"], "days", /none of all, workdays/],
    [["/api/v1/energy/profile?slot=30"], "slot", /none of 15, 60/],
    [["/api/v1/energy/always-on?days=7"], "days", /known are from, to/],
    [["/api/v1/energy/meters?x=1"], "x", /not known/],
    [put("/api/v1/energy/meters", { grid: [{ imported: "" }] }), "grid[0].imported", /empty/],
    [put("/api/v1/energy/meters", { devices: [{ energy: "a.b" }] }), "devices[0].energy", /not recorded/],
    [["/api/v1/energy/meters?x=1", { method: "DELETE" }], "x", /not known/],
    [["/api/v1/sports/leagues?x=1"], "x", /not known/],
    [["/api/v1/sports/teams"], "league", /missing/],
    [["/api/v1/sports/teams?league=nfl"], "league", /football\/nfl/],
    [["/api/v1/sports/teams?league=golf/pga"], "league", /two teams/],
    [["/api/v1/sports/games?when=now"], "when", /none of live/],
    [["/api/v1/sports/timeline/1?x=1"], "x", /not known/],
    [["/api/v1/sports/schedule/KC?season=next"], "season", /whole number/],
    [["/api/v1/sports/status/KC?x=1"], "x", /not known/],
    [["/api/v1/sports/context/KC?league=../x"], "league", /sport\/league/],
    [["/api/v1/sources/1/file?preview=maybe", { method: "POST", body: "a" }], "preview", /neither true nor false/],
    [["/api/v1/jobs?x=1"], "x", /not known/],
    [["/api/v1/jobs/1?x=1"], "x", /not known/],
    [post("/api/v1/jobs", { kind: 7 }), "kind", /not a text/],
    [["/api/v1/jobs/1/cancel?x=1", { method: "POST" }], "x", /not known/],
    [["/api/v1/statistics/light.kitchen?resolution=2d"], "resolution", /none of/],
    [post("/api/v1/statistics/query", { entities: ["a"], functions: ["median"] }), "functions[0]", /none of/],
    [post("/api/v1/history/at", { entities: ["a"] }), "time", /missing/],
    [post("/api/v1/events/search", { text: 7 }), "text", /not a text/],
    [["/api/v1/tokens?x=1"], "x", /not known/],
    [["/api/v1/usage?x=1"], "x", /not known/],
    [["/api/v1/annotations?kind=1"], "kind", /known are entity, from, to/],
    [post("/api/v1/annotations", { text: "" }), "text", /empty/],
    [post("/api/v1/annotations", { text: "x".repeat(2001) }), "text", /longer/],
    [
      post("/api/v1/annotations", { text: "a", from: "2026-11-23T10:00:00Z", to: "2026-11-23T10:00:00Z" }),
      "to",
      /after from/,
    ],
    [post("/api/v1/annotations", { text: "a", tags: [7] }), "tags[0]", /not a text/],
    [["/api/v1/annotations/1?x=1", { method: "DELETE" }], "x", /not known/],
    [["/api/v1/tokens/1?x=1", { method: "DELETE" }], "x", /not known/],
    [post("/api/v1/session", { code: 5 }), "code", /not a text/],
    [post("/api/v1/session", { secret: "a" }), "secret", /known are code/],
    [post("/api/v1/session", []), "code", /missing/],
    [["/api/v1/session?x=1", { method: "DELETE" }], "x", /not known/],
  ];
  for (const [[path, init], where, message] of cases) {
    const answer = await hub.ask(path, { ...init, scope: "admin" });
    const problem = await problemOf(answer);
    assert.deepEqual([answer.status, problem.code], [400, "invalid_request"], path);
    const found = problem.errors?.find((error) => error.path === where);
    assert.match(found?.message ?? "", message, `${path} ${JSON.stringify(problem.errors)}`);
  }
  const covered = new Set(cases.map(([[path, init]]) => `${init?.method ?? "GET"} ${path.split("?")[0]}`));
  const exempt = new Set(["GET /health", "GET /ready"]);
  const uncovered = routes
    .map(([name]) => name)
    .filter((name) => !exempt.has(name) && ![...covered].some((path) => matches(path, name)));
  assert.deepEqual(uncovered, []);
});

const matches = (asked: string, route: string) => new RegExp(`^${route.replace(/:\w+/g, "[^/]+")}$`).test(asked);

test("a body that is no JSON, says it is something else, or is too large, is refused as such", async () => {
  const send = async (body: string, type?: string, more: Record<string, string> = {}) => {
    const headers: Record<string, string> = { ...(type ? { "content-type": type } : {}), ...more };
    return problemOf(await hub.ask("/api/v1/history/query", { method: "POST", headers, body }));
  };
  assert.match((await send("{", "application/json")).detail, /not valid JSON/);
  assert.match((await send("{}", "text/plain")).detail, /text\/plain/);
  assert.match((await send("{}", "text/plain")).fix ?? "", /application\/json/);
  const large = JSON.stringify({ entities: ["x".repeat(1_100_000)] });
  assert.equal((await send(large, "application/json")).code, "payload_too_large");
  assert.equal((await send(large, "application/json", { "content-length": "5" })).code, "payload_too_large");
});
