import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { type Core, coreUnavailable, startCore } from "../support/core/core.ts";
import { eventually } from "../support/eventually.ts";
import { openWire, type WireClient } from "../support/hub/wire-client.ts";
import { SLUG, type Supervisor, startSupervisor } from "../support/supervisor/supervisor.ts";

/** The fake Supervisor held against a real Core, with an app that only tells what reached it. */
const skip = await coreUnavailable();

let supervisor: Supervisor;
let core: Core;
let wire: WireClient;
let session: string;
const seen: { headers: IncomingMessage["headers"]; from: string | undefined }[] = [];
const app = createServer((request, response) => {
  seen.push({ headers: request.headers, from: request.socket.remoteAddress });
  if (request.url === "/large") return void response.end(Buffer.alloc(5 * 1024 * 1024, "x"));
  response.setHeader("set-cookie", "own=1");
  response.end(`${request.method} ${request.url}`);
});
const sockets = new WebSocketServer({ server: app });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`heard ${data}`)));

before(async () => {
  if (skip) return;
  supervisor = await startSupervisor();
  app.listen(supervisor.app.ingressPort, "127.0.0.1");
  await once(app, "listening");
  core = await startCore({ name: "supervisor", env: supervisor.coreEnv });
  supervisor.attachCore(core);
  wire = await openWire(core);
  const opened = await wire.result<{ session: string }>("supervisor/api", {
    endpoint: "/ingress/session",
    method: "post",
    data: { user_id: "somebody else" },
  });
  session = opened.session;
});
after(async () => {
  if (skip) return;
  wire.close();
  await core.stop();
  await supervisor.close();
  for (const socket of sockets.clients) socket.terminate();
  app.close();
  app.closeAllConnections();
});

const ingress = (path: string, init: RequestInit = {}) =>
  fetch(`${core.url}${supervisor.ingressPath}${path}`, {
    ...init,
    headers: { cookie: `ingress_session=${session}`, ...init.headers },
  });
const asApp = (path: string, init: RequestInit = {}) =>
  fetch(`${supervisor.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${supervisor.tokens.app}`, ...init.headers },
  });

test("Core's hassio integration loads, and the app's panel is in the sidebar for administrators", {
  skip,
}, async () => {
  const entries = await eventually(30, async () => {
    const found = await wire.result<{ state: string }[]>("config_entries/get", { domain: "hassio" });
    assert.equal(found[0]?.state, "loaded");
    return found;
  });
  assert.equal(entries.length, 1);
  const panels = await wire.result<Record<string, { title: string; require_admin: boolean }>>("get_panels");
  assert.equal(panels[SLUG]?.title, "HA Ingestor");
  assert.equal(panels[SLUG]?.require_admin, true);
});

test("through Core's own ingress view the app hears who the user really is, whatever the browser says", {
  skip,
}, async () => {
  const me = await wire.result<{ id: string; name: string }>("auth/current_user");
  const answer = await ingress("some/page?x=1", {
    method: "POST",
    body: "a body",
    headers: { "X-Remote-User-Id": "spoofed", "x-remote-user-name": "spoofed" },
  });
  assert.equal(await answer.text(), "POST /some/page?x=1");
  assert.equal(answer.headers.get("set-cookie"), "own=1");
  const [{ headers, from } = { headers: {}, from: "" }] = seen.slice(-1);
  assert.equal(headers["x-remote-user-id"], me.id);
  assert.equal(headers["x-remote-user-display-name"], me.name);
  assert.notEqual(headers["x-remote-user-name"], "spoofed");
  assert.equal(`${headers["x-ingress-path"]}/`, supervisor.ingressPath);
  assert.equal(headers["x-forwarded-host"], new URL(core.url).host);
  assert.equal(from, "127.0.0.2");
});

test("without a session, or under an unknown token, ingress refuses; suspicious addresses are refused before that", {
  skip,
}, async () => {
  assert.equal((await ingress("", { headers: { cookie: "ingress_session=made-up" } })).status, 401);
  const wrong = await fetch(`${core.url}/api/hassio_ingress/unknown/`, {
    headers: { cookie: `ingress_session=${session}` },
  });
  assert.equal(wrong.status, 503);
  for (const query of ["q=union%20select%20(1)", "q=%253Cscript%253E", "q=/etc/passwd/"])
    assert.equal((await ingress(`page?${query}`)).status, 400, query);
});

test("large answers are streamed and WebSockets carry messages, until they are cut", { skip }, async () => {
  assert.equal((await (await ingress("large")).text()).length, 5 * 1024 * 1024);
  const socket = new WebSocket(`${core.url.replace("http", "ws")}${supervisor.ingressPath}live`, {
    headers: { cookie: `ingress_session=${session}` },
  });
  await once(socket, "open");
  socket.send("hello");
  assert.equal(String((await once(socket, "message"))[0]), "heard hello");
  supervisor.ingress.cut();
  await once(socket, "close");
});

test("the app reaches Core by the proxy with its own token, but for what is the frontend's", { skip }, async () => {
  const config = (await (await asApp("/core/api/config")).json()) as { location_name: string };
  assert.equal(config.location_name, "Test home");
  assert.equal((await asApp("/core/api/hassio/app")).status, 403);
  assert.equal((await asApp("/core/api/config", { method: "PUT" })).status, 405);
  assert.equal((await fetch(`${supervisor.url}/core/api/config`)).status, 401);
  const own = await openWire({ url: `${supervisor.url}/core`, token: supervisor.tokens.app });
  assert.equal((await own.result<unknown[]>("get_states")).length > 10, true);
  assert.equal((await own.call("supervisor/api", { endpoint: "/info", method: "get" })).success, false);
  own.close();
  await assert.rejects(openWire({ url: `${supervisor.url}/core`, token: "wrong" }), /not let in/);
});

test("an app may call what is its own, and no more", { skip }, async () => {
  for (const [path, status] of [
    ["/addons/self/info", 200],
    ["/addons/self/options/config", 200],
    ["/addons/self/stats", 200],
    ["/addons/self/logs", 200],
    ["/info", 200],
    ["/host/info", 403],
    ["/store", 403],
    ["/addons", 403],
  ] as const)
    assert.equal((await asApp(path)).status, status, path);
});

test("a discovery message reaches Core once; the same again is not pushed, a removal is", { skip }, async () => {
  const post = async (config: object) => {
    const answer = await asApp("/discovery", {
      method: "POST",
      body: JSON.stringify({ service: "ha_ingestor", config }),
    });
    return ((await answer.json()) as { data: { uuid: string } }).data.uuid;
  };
  const config = { host: "127.0.0.1", port: 8098, token: "t", server_id: "s", api: 1 };
  const uuid = await post(config);
  assert.equal(await post(config), uuid);
  assert.deepEqual(supervisor.discovery.pushes, [{ method: "POST", uuid, status: 200 }]);
  assert.ok(
    supervisor.requests.some(({ path }) => path === `/discovery/${uuid}`),
    "Core fetched the message",
  );
  assert.equal((await asApp(`/discovery/${uuid}`, { method: "DELETE" })).status, 200);
  assert.deepEqual(supervisor.discovery.pushes.at(-1), { method: "DELETE", uuid, status: 200 });
});
