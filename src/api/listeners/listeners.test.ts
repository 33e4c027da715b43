import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, test } from "node:test";
import { type ClientOptions, WebSocket } from "ws";
import { freePort } from "../../../tests/support/core/core.ts";
import { startTestHub } from "../../../tests/support/hub/test-hub.ts";
import type { UserAnswer } from "../../domain/home/user.ts";
import type { Problem } from "../errors.ts";
import { createIngressApp } from "./ingress.ts";
import { type Listeners, startListeners } from "./listeners.ts";

/** Stands for the Supervisor's address: any in 127.0.0.0/8 is this machine. */
const SUPERVISOR = "127.0.0.2";

const hub = startTestHub();
const answers: Record<string, UserAnswer> = {
  anna: { kind: "known", admin: true },
  ben: { kind: "known", admin: false },
  new: { kind: "not_asked", why: "Home Assistant is not connected yet" },
};
const answerOf = (id: string): UserAnswer => answers[id] ?? { kind: "gone" };
let lookedUp: string[] = [];
const users = {
  lookUp: async (id: string) => {
    lookedUp.push(id);
    return answerOf(id);
  },
  last: answerOf,
};

const ingressPort = await freePort();
const listeners: Listeners = await startListeners({
  host: "127.0.0.1",
  port: 0,
  ingress: { port: ingressPort, supervisorAddress: SUPERVISOR, users },
  panel: hub.folder,
  clock: hub.clock,
  log: hub.log,
});
const tokenPort = Number(new URL(listeners.url).port);
after(async () => {
  await listeners.close();
  await hub.close();
});

type Answer = { status: number; headers: NodeJS.Dict<string | string[]>; json: Problem & Record<string, unknown> };

function ask(
  path: string,
  options: { port?: number; from?: string; method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { port = ingressPort, from = SUPERVISOR, method = "GET", body, headers = {} } = options;
  return new Promise((resolve, reject) => {
    const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const asked = request(
      { host: "127.0.0.1", port, path, method, localAddress: from, agent: false, headers: { ...json, ...headers } },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, json: JSON.parse(text || "{}") }),
        );
      },
    );
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function refusedUpgrade(options: ClientOptions): Promise<number | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${ingressPort}/api/v1/live`, options);
  const [, refused] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  socket.on("error", () => {});
  socket.terminate();
  return refused.statusCode;
}

const anna = { "x-remote-user-id": "anna", "x-remote-user-display-name": "Anna" };
const ben = { "x-remote-user-id": "ben", "x-remote-user-name": "ben" };
const page = { origin: "http://home.local:8123", "x-forwarded-host": "home.local:8123", host: "home.local:8123" };
const makeToken = { method: "POST", body: { name: "made", scope: "read" } } as const;

test("from the first moment both ports say that the process is alive, and that it is not ready yet", async () => {
  for (const port of [tokenPort, ingressPort]) {
    assert.deepEqual((await ask("/health", { port })).json, { status: "alive" });
    const ready = await ask("/ready", { port, headers: anna });
    assert.deepEqual([ready.status, ready.json.code], [503, "not_ready"]);
    const states = await ask("/api/v1/states", { port, headers: anna });
    assert.deepEqual([states.status, states.json.code, states.headers["retry-after"]], [503, "not_ready", "2"]);
    assert.match(states.json.detail, /starting/);
  }
});

test("once it is opened the app answers on both", async () => {
  listeners.open(hub);
  assert.deepEqual((await ask("/ready", { port: tokenPort })).json, { ready: true });
  assert.equal((await ask("/api/v1/states", { headers: anna })).status, 200);
});

test("the ingress port answers the Supervisor alone; a watchdog elsewhere learns that the process is alive", async () => {
  const token = { authorization: `Bearer ${hub.tokenOf("admin")}` };
  for (const from of ["127.0.0.1", "127.0.0.3"]) {
    for (const path of ["/", "/ready", "/api/v1/info", "/api/v1/tokens"]) {
      const answer = await ask(path, { from, headers: { ...anna, ...token, ...page } });
      assert.deepEqual([answer.status, answer.json.code], [403, "ingress_only"], `${from} ${path}`);
    }
    const written = await ask("/api/v1/tokens", { from, ...makeToken, headers: { ...anna, ...token, ...page } });
    assert.deepEqual([written.status, written.json.code], [403, "ingress_only"]);
    const forged = await ask("/api/v1/info", { from, headers: { ...anna, "x-forwarded-for": SUPERVISOR } });
    assert.equal(forged.json.code, "ingress_only");
    assert.deepEqual((await ask("/health", { from })).json, { status: "alive" });
  }
  assert.equal(await refusedUpgrade({ headers: { ...anna, ...page } }), 403);
});

test("on a port of both families the Supervisor is known by its IPv4 address, and nobody whose address contains it", async () => {
  const app = createIngressApp({
    app: { fetch: () => new Response("let in") },
    callers: { of: async () => undefined },
    supervisorAddress: "172.30.32.2",
    log: hub.log,
  });
  const from = async (remoteAddress: string | undefined) => {
    const incoming = { socket: { remoteAddress } } as IncomingMessage;
    return (await app.fetch(new Request("http://hub/api/v1/info"), { incoming })).status;
  };
  for (const address of ["172.30.32.2", "::ffff:172.30.32.2", "::FFFF:172.30.32.2"])
    assert.equal(await from(address), 200, address);
  for (const address of [
    "172.30.32.20",
    "1172.30.32.2",
    "::172.30.32.2",
    "fe80::ffff:172.30.32.2",
    "::1",
    "",
    undefined,
  ])
    assert.equal(await from(address), 403, address);
});

test("through ingress one is who Home Assistant says, with its own words for the name", async () => {
  const me = async (headers: Record<string, string>) => (await ask("/api/v1/session", { headers })).json;
  assert.deepEqual(await me(anna), { kind: "ingress", name: "Anna", scope: "admin" });
  assert.deepEqual(await me(ben), { kind: "ingress", name: "ben", scope: "read" });
  const wire = Buffer.from("Jörg 🏠", "utf8").toString("latin1");
  assert.equal((await me({ ...anna, "x-remote-user-display-name": wire })).name, "Jörg 🏠");
  assert.deepEqual(await me({ "x-remote-user-id": "new" }), {
    kind: "ingress",
    name: "a user of Home Assistant",
    scope: "read",
  });
  assert.equal((await me({})).scope, "read");
  const gone = await ask("/api/v1/session", { headers: { "x-remote-user-id": "gone" } });
  assert.deepEqual([gone.status, gone.json.code], [401, "unauthorized"]);
});

test("who is no administrator of Home Assistant changes and deletes nothing, and is told why", async () => {
  const { token } = hub.database.tokens.create("to stay", "read");
  const why = { ben: /administrators of Home Assistant/, new: /is not connected yet/, "": /did not say/ };
  for (const [id, fix] of Object.entries(why)) {
    const headers = { ...page, ...(id === "" ? {} : { "x-remote-user-id": id }) };
    const removed = await ask(`/api/v1/tokens/${token.id}`, { method: "DELETE", headers });
    assert.deepEqual([removed.status, removed.json.code], [403, "forbidden"]);
    assert.match(removed.json.fix ?? "", fix);
    assert.equal((await ask("/api/v1/tokens", { ...makeToken, headers })).json.code, "forbidden");
    assert.equal((await ask("/api/v1/tokens", { headers })).json.code, "forbidden");
  }
  assert.ok(hub.database.tokens.list().some(({ id }) => id === token.id));
  assert.equal(
    (await ask(`/api/v1/tokens/${token.id}`, { method: "DELETE", headers: { ...anna, ...page } })).status,
    204,
  );
});

test("through ingress only Home Assistant's own pages write", async () => {
  const write = (headers: Record<string, string>) =>
    ask("/api/v1/tokens", { ...makeToken, headers: { ...anna, ...headers } });
  for (const origin of ["http://evil.example", "http://home.local", "https://home.local:8443", "null"]) {
    const answer = await write({ ...page, origin });
    assert.deepEqual([answer.status, answer.json.code], [403, "origin_refused"], origin);
  }
  const { origin: _, ...noOrigin } = page;
  assert.equal((await write(noOrigin)).json.code, "origin_refused");
  assert.equal((await write(page)).status, 201);
  // A proxy before Home Assistant names the host that the browser asked; Home Assistant appends nothing to it.
  assert.equal((await write({ ...page, host: "127.0.0.1", "x-forwarded-host": "home.local:8123, inner" })).status, 201);
  const evil = { ...anna, ...page, origin: "http://evil.example" };
  assert.equal(await refusedUpgrade({ localAddress: SUPERVISOR, headers: evil }), 403);
});

test("a token or a session's cookie through ingress widens nothing", async () => {
  const { secret } = hub.database.sessions.start("a browser", "admin");
  for (const more of [
    { authorization: `Bearer ${hub.tokenOf("admin")}` },
    { cookie: `ha_ingestor_session=${secret}` },
  ] as Record<string, string>[]) {
    const answer = await ask("/api/v1/tokens", { headers: { ...ben, ...more } });
    assert.equal(answer.json.code, "forbidden");
  }
});

test("on the token port a user's headers count for nothing, wherever they come from", async () => {
  for (const from of [SUPERVISOR, "127.0.0.1"]) {
    const spoofed = { ...anna, ...page, "x-ingress-path": "/api/hassio_ingress/x", "x-hass-source": "core.ingress" };
    const answer = await ask("/api/v1/tokens", { port: tokenPort, from, headers: spoofed });
    assert.deepEqual([answer.status, answer.json.code], [401, "unauthorized"]);
    const reader = { ...spoofed, authorization: `Bearer ${hub.tokenOf("read")}` };
    assert.equal((await ask("/api/v1/tokens", { port: tokenPort, from, headers: reader })).json.code, "forbidden");
  }
});

test("a user's live stream through ingress ends once Home Assistant no longer knows the user", async () => {
  answers.cleo = { kind: "known", admin: false };
  const socket = new WebSocket(`ws://127.0.0.1:${ingressPort}/api/v1/live`, {
    localAddress: SUPERVISOR,
    headers: { ...page, "x-remote-user-id": "cleo" },
  });
  const frames: { type: string; code?: string }[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  await once(socket, "message");
  assert.equal(frames[0]?.type, "hello");
  lookedUp = [];
  const pinged = once(socket, "ping");
  hub.clock.advance(20_000);
  await pinged;
  assert.deepEqual(lookedUp, ["cleo"], "Home Assistant is asked again while nothing but the stream is open");
  answers.cleo = { kind: "gone" };
  const closed = once(socket, "close");
  hub.clock.advance(20_000);
  assert.deepEqual((await closed)[0], 4401);
  assert.equal(frames.at(-1)?.code, "unauthorized");
});
