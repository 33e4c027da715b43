import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { type Supervisor, startSupervisor } from "../support/supervisor/supervisor.ts";

/** What must be refused, asked of a hub of its own process, as an app: over its ports, from several addresses. */
let supervisor: Supervisor;
let hub: Hub;
before(async () => {
  supervisor = await startSupervisor();
  hub = await startHub({ env: supervisor.hubEnv });
});
after(async () => {
  await hub.stop();
  await supervisor.close();
});

const SUPERVISOR = "127.0.0.2";
const ANNA = { "x-remote-user-id": "anna", "x-remote-user-name": "anna", "x-remote-user-display-name": "Anna" };
type Asked = {
  /** `tokens` and `ingress` of the app; else a hub's address. */
  port: string;
  from?: string;
  method?: string;
  body?: object;
  headers?: Record<string, string>;
};
type Answer = { status: number; text: string; code?: string; fix?: string; cookie?: string };

function ask(path: string, { port, from = "127.0.0.1", method = "GET", body, headers = {} }: Asked): Promise<Answer> {
  const number =
    port === "ingress" ? supervisor.app.ingressPort : Number(new URL(port === "tokens" ? hub.url : port).port);
  return new Promise((resolve, reject) => {
    const json: Record<string, string> = body ? { "content-type": "application/json" } : {};
    const asked = request(
      { host: "127.0.0.1", port: number, path, method, localAddress: from, headers: { ...json, ...headers } },
      (response: IncomingMessage) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const problem = text.startsWith("{") ? (JSON.parse(text) as { code?: string; fix?: string }) : {};
          const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0];
          resolve({ ...problem, status: response.statusCode ?? 0, text, ...(cookie ? { cookie } : {}) });
        });
      },
    );
    asked.on("error", reject);
    asked.end(body ? JSON.stringify(body) : undefined);
  });
}
const bearer = () => ({ authorization: `Bearer ${hub.token}` });
const routes = async (): Promise<{ method: string; path: string }[]> => {
  const { paths } = await hub.json<{ paths: Record<string, Record<string, object>> }>("api/v1/openapi.json");
  const filled = (path: string) => (path.startsWith("/") ? path : `/${path}`).replace(/\{\w+\}/g, "1");
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: filled(path) })),
  );
};

test("the ingress port refuses every route to every address but the Supervisor's", async () => {
  const all = await routes();
  assert.ok(all.length > 25);
  for (const { method, path } of [...all, { method: "GET", path: "/" }]) {
    if (path === "/health") continue;
    for (const headers of [{}, { ...ANNA, ...bearer(), "x-forwarded-for": SUPERVISOR }] as Record<string, string>[]) {
      const answer = await ask(path, { port: "ingress", from: "127.0.0.3", method, headers });
      assert.deepEqual([answer.status, answer.code], [403, "ingress_only"], `${method} ${path}`);
    }
  }
});

test("the token port refuses every route to those with nothing but a user's headers", async () => {
  const open = new Set(["GET /health", "GET /ready", "POST /api/v1/session"]);
  for (const { method, path } of await routes()) {
    if (open.has(`${method} ${path}`)) continue;
    const answer = await ask(path, { port: "tokens", from: SUPERVISOR, method, headers: ANNA });
    assert.equal(answer.status, 401, `${method} ${path}: ${answer.text}`);
  }
});

test("a user of whom Home Assistant says nothing deletes nothing, and is told why", async () => {
  const { tokens } = await hub.json<{ tokens: { id: string }[] }>("api/v1/tokens");
  const headers = { ...ANNA, origin: "http://home:8123", "x-forwarded-host": "home:8123" };
  const answer = await ask(`/api/v1/tokens/${tokens[0]?.id}`, {
    port: "ingress",
    from: SUPERVISOR,
    method: "DELETE",
    headers,
  });
  assert.deepEqual([answer.status, answer.code], [403, "forbidden"]);
  assert.match(answer.fix ?? "", /administrator/);
  assert.equal((await hub.get("api/v1/tokens")).status, 200);
});

test("a token in an address is refused and reaches neither answer nor log", async () => {
  for (const name of ["token", "access_token", "q"]) {
    const answer = await ask(`/api/v1/states?${name}=${hub.token}`, { port: "tokens", headers: bearer() });
    assert.deepEqual([answer.status, answer.code], [400, "token_in_query"]);
    assert.ok(!answer.text.includes(hub.token));
  }
  const live = await ask(`/api/v1/live?token=${hub.token}`, { port: "tokens" });
  assert.equal(live.code, "token_in_query");
  assert.ok(!hub.logText().includes(hub.token));
});

test("a setup code lets one browser in, once; its session writes only from the hub's own pages", async () => {
  await using stack = new AsyncDisposableStack();
  assert.equal(new URL(hub.setupUrl).hash, "", "an app's log holds no code");
  const own = stack.adopt(await startHub(), (it) => it.stop().then(() => {}));
  const host = new URL(own.url).host;
  const code = new URL(own.setupUrl).hash.replace("#setup=", "");
  const exchange = () => ask("/api/v1/session", { port: own.url, method: "POST", body: { code } });
  const { status, cookie = "" } = await exchange();
  assert.equal(status, 200);
  const replayed = await exchange();
  assert.deepEqual([replayed.status, replayed.code], [401, "unauthorized"]);

  const write = (headers: Record<string, string>) =>
    ask("/api/v1/tokens", { port: own.url, method: "POST", body: { name: "x", scope: "read" }, headers });
  for (const origin of ["http://evil.example", `https://${host}.evil.example`, "null"])
    assert.equal((await write({ cookie, origin })).code, "origin_refused", origin);
  assert.equal((await write({ cookie })).code, "origin_refused");
  assert.equal((await write({ cookie, origin: `http://${host}` })).status, 201);

  const url = `ws://${host}/api/v1/live`;
  const refused = new WebSocket(url, { headers: { cookie, origin: "http://evil.example" } });
  const answer = await new Promise<IncomingMessage>((resolve) =>
    refused.on("unexpected-response", (_, response) => resolve(response)),
  );
  assert.equal(answer.statusCode, 403);
  refused.on("error", () => {});
  refused.terminate();
});

test("the socket file is the owner's alone", async () => {
  assert.equal(statSync(join(hub.dataDir, "hub.sock")).mode & 0o777, 0o600);
});
