import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startTestHub } from "../../../tests/support/hub/test-hub.ts";
import type { Failure } from "../../domain/failure.ts";
import { startLocalServer } from "./local-server.ts";

const folder = mkdtempSync(join(tmpdir(), "sock-"));
const hub = startTestHub();
after(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

const ask = (socketPath: string, path: string) =>
  new Promise<string>((resolve, reject) => {
    const asked = request({ socketPath, path }, (answer) => {
      let text = "";
      answer.on("data", (data) => {
        text += String(data);
      });
      answer.on("end", () => resolve(text));
    });
    asked.on("error", reject).end();
  });

test("the socket file is its owner's alone, who is the administrator there, and it replaces what a killed hub left", async () => {
  const path = join(folder, "hub.sock");
  writeFileSync(path, "left behind");
  const local = await startLocalServer({ app: hub.app, path });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const me = { kind: "socket", name: "this machine", scope: "admin" };
  assert.deepEqual(JSON.parse(await ask(path, "/api/v1/session")), me);
  assert.deepEqual(JSON.parse(await ask(path, "/api/v1/tokens")), { tokens: [] });
  await local.close();
  await assert.rejects(ask(path, "/health"));
});

test("a path that no system takes is a failure that says so", async () => {
  const path = join(folder, "x".repeat(120), "hub.sock");
  await assert.rejects(startLocalServer({ app: hub.app, path }), (error: Failure) => {
    assert.equal(error.code, "socket_unavailable");
    assert.match(error.message, /too long/);
    return true;
  });
});
