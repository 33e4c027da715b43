import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { freePort } from "../../tests/support/core/core.ts";
import { eventually } from "../../tests/support/eventually.ts";
import { startSupervisor } from "../../tests/support/supervisor/supervisor.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import type { Failure } from "../domain/failure.ts";
import { createHttp } from "../platform/http/http.ts";
import { systemClock } from "../platform/time/clock.ts";
import { silentLog } from "../platform/told/log.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { createSupervisorClient } from "./client.ts";
import { startSupervisorPart } from "./supervisor.ts";

const supervisor = await startSupervisor();
after(() => supervisor.close());
const http = createHttp({ clock: systemClock });
const { url, tokens } = supervisor;
const client = createSupervisorClient({ url, token: tokens.app, http });

test("what the Supervisor says of the app and the machine is read", async () => {
  assert.deepEqual(await client.appInfo(), {
    slug: "local_ha_ingestor",
    name: "HA Ingestor",
    version: "0.1.0",
    version_latest: "0.1.0",
    hostname: "127.0.0.1",
  });
  assert.equal((await client.systemInfo()).supervisor, "2026.11.0");
  assert.equal((await client.appStats()).blk_write, 4_096);
});

test("a message is kept once and taken back once; taking back what is gone is no failure", async () => {
  const uuid = await client.announce("ha_ingestor", { host: "a" });
  assert.equal(await client.announce("ha_ingestor", { host: "a" }), uuid);
  assert.deepEqual(
    supervisor.discovery.all().map(({ config }) => config),
    [{ host: "a" }],
  );
  await client.withdraw(uuid);
  await client.withdraw(uuid);
  assert.deepEqual(supervisor.discovery.all(), []);
});

test("every refusal says what was refused and how to mend it, and never repeats the token", async () => {
  const failure = async (asked: Promise<unknown>): Promise<Failure> => {
    const error = await asked.then(
      () => assert.fail("was answered"),
      (it: Failure) => it,
    );
    assert.ok(!`${error.message}${error.fix}`.includes(tokens.app));
    return error;
  };
  const stranger = createSupervisorClient({ url, token: "wrong-token-of-an-app", http });
  const refused = await failure(stranger.appInfo());
  assert.deepEqual([refused.code, refused.retry], ["supervisor_refused", false]);
  assert.match(refused.message, /GET \/addons\/self\/info \(403/);
  assert.match(refused.fix ?? "", /Restart the app/);

  const unlisted = await failure(client.announce("other_service", {}));
  assert.match(unlisted.message, /does not list other_service/);

  const nowhere = createSupervisorClient({ url: `http://127.0.0.1:${await freePort()}`, token: tokens.app, http });
  const unreachable = await failure(nowhere.appInfo());
  assert.deepEqual([unreachable.code, unreachable.retry], ["supervisor_unreachable", true]);
  assert.match(unreachable.message, /127\.0\.0\.1:\d+\/addons\/self\/info.*ECONNREFUSED/);
});

test("an answer of another form, a redirect and an endless answer are failures, not values", async () => {
  const answers: Record<string, (end: (text: string, status?: number) => void) => void> = {
    "/form/addons/self/info": (end) => end('{"result":"ok","data":{"slug":5}}'),
    "/text/addons/self/info": (end) => end("<html>"),
    "/error/addons/self/info": (end) => end('{"result":"error","message":"System is not ready"}', 500),
    "/long/addons/self/info": (end) => end(`"${"x".repeat(2 * 1024 * 1024)}"`),
    "/moved/addons/self/info": (end) => end("", 302),
  };
  const server = createServer((request, response) => {
    response.setHeader("location", "http://127.0.0.1:1/");
    answers[request.url ?? ""]?.((text, status = 200) => response.writeHead(status).end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const codes: Record<string, string> = {};
  for (const path of Object.keys(answers)) {
    const kind = path.split("/")[1] as string;
    const asked = createSupervisorClient({ url: `${base}/${kind}`, token: tokens.app, http }).appInfo();
    await asked.catch((error: Failure) => {
      codes[kind] = error.code;
    });
  }
  server.close();
  assert.deepEqual(codes, {
    form: "supervisor_answer",
    text: "supervisor_answer",
    error: "supervisor_refused",
    long: "supervisor_unreachable",
    moved: "supervisor_refused",
  });
});

test("the part announces the hub where the Supervisor has it, and its status has the Supervisor's figures", async () => {
  const status = createStatusBoard({ clock: systemClock });
  const content = { port: 8098, token: "hi_token", server_id: "s", api: 1 };
  const part = startSupervisorPart({
    url,
    token: tokens.app,
    announcement: () => content,
    connectedSince: () => undefined,
    lastCall: () => undefined,
    http,
    clock: systemClock,
    log: silentLog,
    status,
  });
  await eventually(10, () => assert.equal(status.get("supervisor")?.state, "ok"));
  assert.deepEqual(
    supervisor.discovery.all().map(({ service, config }) => ({ service, config })),
    [{ service: "ha_ingestor", config: { host: "127.0.0.1", ...content } }],
  );
  const { figures } = status.get("supervisor") ?? {};
  assert.equal(figures?.supervisor_version, "2026.11.0");
  assert.equal(figures?.disk_written_bytes, 4_096);
  await part.close();
});

test("a Supervisor that does not answer is a status that says why, tried again with growing waits", async () => {
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  let asked = 0;
  const part = startSupervisorPart({
    url,
    token: tokens.app,
    announcement: () => ({ port: 8098, token: "t", server_id: "s", api: 1 }),
    connectedSince: () => undefined,
    lastCall: () => undefined,
    http: async () => {
      asked++;
      throw new Error("ECONNREFUSED");
    },
    clock,
    log: silentLog,
    status,
  });
  for (let tries = 1; tries <= 6; tries++) {
    await eventually(5, () => assert.equal(asked, tries));
    await eventually(5, () => assert.ok(clock.timers > 0));
    clock.advance(30_000);
  }
  const { state, why, fix } = status.get("supervisor") ?? {};
  assert.equal(state, "degraded");
  assert.match(why ?? "", /does not answer: ECONNREFUSED/);
  assert.match(fix ?? "", /goes on trying/);
  await part.close();
});
