import assert from "node:assert/strict";
import { Socket } from "node:net";
import { after, test } from "node:test";
import { startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { SESSION_DAYS } from "../../database/access/sessions.ts";
import type { Problem } from "../errors.ts";

const hub = startTestHub();
after(() => hub.close());

const codeOf = async (answer: Response) => ((await answer.json()) as Problem).code;
const exchange = (code: string, headers: Record<string, string> = {}) =>
  hub.app.request("http://hub:8098/api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ code }),
  });
const letIn = async () => {
  const answer = await exchange(hub.database.setupCodes.create("admin"));
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] as string;
};
const asBrowser = (path: string, cookie: string, init: RequestInit = {}) =>
  hub.app.request(`http://hub:8098${path}`, { ...init, headers: { host: "hub:8098", cookie, ...init.headers } });

test("a setup code lets one browser in, once, with a cookie that scripts and other sites never see", async () => {
  const code = hub.database.setupCodes.create("admin");
  const answer = await exchange(code);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { scope: "admin", expires: "2026-12-23T17:35:26.760001Z" });
  const [cookie, ...flags] = (answer.headers.get("set-cookie") ?? "").split("; ");
  assert.match(cookie ?? "", /^ha_ingestor_session=[\w-]{43}$/);
  // No Path: the browser takes the folder of the answer's address, which is right under any prefix.
  assert.deepEqual(flags.sort(), ["HttpOnly", `Max-Age=${SESSION_DAYS * 86_400}`, "SameSite=Strict"]);
  const me = await asBrowser("/api/v1/session", cookie as string);
  assert.deepEqual(await me.json(), { kind: "session", name: "a browser", scope: "admin" });

  const again = await exchange(code);
  const problem = (await again.json()) as Problem;
  assert.equal(again.status, 401);
  assert.match(problem.detail, /already/);
  assert.match(problem.fix ?? "", /new address/);
});

test("a setup code that is too old, or was never made, is refused with the reason", async () => {
  const code = hub.database.setupCodes.create("admin");
  hub.clock.advance(61 * 60_000);
  assert.match(((await (await exchange(code)).json()) as Problem).detail, /too old/);
  assert.match(((await (await exchange("made-up")).json()) as Problem).detail, /not known/);
});

test("a session ends when the browser says so, and by itself after its days", async () => {
  const [left, forgotten] = [await letIn(), await letIn()];
  const headers = { origin: "http://hub:8098" };
  assert.equal((await asBrowser("/api/v1/session", left, { method: "DELETE", headers })).status, 204);
  assert.equal((await asBrowser("/api/v1/states", left)).status, 401);
  assert.equal((await asBrowser("/api/v1/states", forgotten)).status, 200);
  hub.clock.advance(SESSION_DAYS * 86_400_000);
  assert.equal((await asBrowser("/api/v1/states", forgotten)).status, 401);
});

test("a cookie writes only from the hub's own pages; a token needs no page", async () => {
  const cookie = await letIn();
  const write = (headers: Record<string, string>) =>
    asBrowser("/api/v1/tokens", cookie, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ name: "from a page", scope: "read" }),
    });
  for (const origin of ["http://evil.example", "http://hub:8099", "http://hub", "null", "hub:8098"]) {
    const answer = await write({ origin });
    assert.deepEqual([answer.status, await codeOf(answer)], [403, "origin_refused"], origin);
  }
  assert.equal(await codeOf(await write({})), "origin_refused");
  assert.equal((await write({ origin: "http://hub:8098" })).status, 201);
  assert.equal((await write({ origin: "http://HUB:8098", host: "Hub:8098" })).status, 201);
  const live = await asBrowser("/api/v1/live", cookie, { headers: { upgrade: "websocket" } });
  assert.equal(await codeOf(live), "origin_refused");
});

test("a token is shown once, works until it is removed, and is told by when it was last used", async () => {
  const made = await hub.ask("/api/v1/tokens", {
    method: "POST",
    scope: "admin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Grafana", scope: "read" }),
  });
  assert.equal(made.status, 201);
  const { token: secret, ...shown } = (await made.json()) as { token: string; id: string; last_used: string | null };
  assert.match(secret, /^hi_[\w-]{43}$/);
  const use = () => hub.app.request("/api/v1/info", { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await use()).status, 200);
  const list = await (await hub.ask("/api/v1/tokens", { scope: "admin" })).text();
  assert.ok(!list.includes(secret));
  const { tokens } = JSON.parse(list) as { tokens: { id: string; last_used: string | null }[] };
  assert.equal(shown.last_used, null);
  assert.notEqual(tokens.find(({ id }) => id === shown.id)?.last_used, null);
  const remove = () => hub.ask(`/api/v1/tokens/${shown.id}`, { method: "DELETE", scope: "admin" });
  assert.equal((await remove()).status, 204);
  assert.equal((await use()).status, 401);
  assert.equal(await codeOf(await remove()), "not_found");
});

test("a token in an address is refused, whatever it is called, and reaches no log", async () => {
  const secret = hub.tokenOf("read");
  for (const query of [`token=${secret}`, `access_token=${secret}`, `q=${secret}`, "TOKEN=x", "api_key=x"]) {
    const answer = await hub.ask(`/api/v1/states?${query}`);
    assert.deepEqual([answer.status, await codeOf(answer)], [400, "token_in_query"], query);
  }
  assert.equal(await codeOf(await hub.app.request(`/?token=${secret}`)), "token_in_query");
  assert.ok(!hub.lines.some((line) => line.includes(secret)));
});

test("wrong credentials are soon told to wait, by address, while right ones pass", async () => {
  const wrong = (address: string) =>
    hub.app.request(
      "/api/v1/info",
      { headers: { authorization: "Bearer hi_wrong" } },
      { incoming: { socket: { remoteAddress: address } } },
    );
  const answers = [];
  for (let i = 0; i < 25; i++) answers.push((await wrong("10.0.0.1")).status);
  assert.deepEqual(answers, [...Array(20).fill(401), ...Array(5).fill(429)]);
  const waits = (await wrong("10.0.0.1")).headers.get("retry-after");
  assert.equal(waits, "60");
  assert.equal((await wrong("10.0.0.2")).status, 401);
  const right = { authorization: `Bearer ${hub.tokenOf("read")}` };
  const passes = await hub.app.request(
    "/api/v1/info",
    { headers: right },
    { incoming: { socket: Object.defineProperty(new Socket(), "remoteAddress", { value: "10.0.0.1" }) } },
  );
  assert.equal(passes.status, 200);
  hub.clock.advance(60_000);
  assert.equal((await wrong("10.0.0.1")).status, 401);
});

test("an Authorization header of another form is refused with the form that serves", async () => {
  for (const authorization of ["Basic abc", "Bearer", "hi_abc"]) {
    const answer = await hub.app.request("/api/v1/info", { headers: { authorization } });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer/);
    assert.match(((await answer.json()) as Problem).detail, /Bearer hi_/);
  }
});

test("programs of the same user on this machine are the administrator", async () => {
  const answer = await hub.app.request("/api/v1/session", {}, { local: true });
  assert.deepEqual(await answer.json(), { kind: "socket", name: "this machine", scope: "admin" });
});
