import assert from "node:assert/strict";
import { startHub } from "../../support/hub/hub.ts";
import { clientFrom } from "../../support/hub/request-from.ts";
import { startSupervisor } from "../../support/supervisor/supervisor.ts";
import { type Fault, skip } from "../runner/fault.ts";

const USER = {
  "x-remote-user-id": "0",
  "x-remote-user-name": "admin",
  "x-remote-user-display-name": "Admin",
  "x-forwarded-for": "127.0.0.2",
  "x-ingress-path": "/api/hassio_ingress/x",
  origin: "http://home:8123",
  "x-forwarded-host": "home:8123",
};
const OPEN = new Set(["GET health", "GET ready", "POST api/v1/session"]);

export const forgedUsers: Fault = {
  id: "R25",
  name: "forged ingress users, keys in addresses",
  how: "every route on both ports with the headers of an administrator from a wrong address; every GET route with a right key in its address",
  home: "simulated",
  runs: "always",
  run: async (row) => {
    const supervisor = await startSupervisor().catch((error) => skip(`no fake Supervisor: ${error}`));
    const hub = await startHub({ env: supervisor.hubEnv });
    try {
      const { paths } = await hub.json<{ paths: Record<string, Record<string, object>> }>("api/v1/openapi.json");
      const routes = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => ({
          method: method.toUpperCase(),
          path: path.replace(/^\//, "").replace(/\{\w+\}/g, "1"),
        })),
      );
      const ingress = `http://127.0.0.1:${supervisor.app.ingressPort}/`;
      const bypassed: string[] = [];
      let asked = 0;
      using stranger = clientFrom("127.0.0.3");
      for (const { method, path } of routes) {
        const name = `${method} ${path}`;
        const expect = async (url: URL, headers: Record<string, string>, ...right: number[]) => {
          asked++;
          const { status } = await stranger.ask(url, { method, headers });
          if (!right.includes(status)) bypassed.push(`${name}: ${status}`);
        };
        if (path !== "health") await expect(new URL(path, ingress), USER, 403);
        if (!OPEN.has(name)) await expect(new URL(path, hub.url), USER, 401);
        if (method !== "GET" || OPEN.has(name)) continue;
        for (const parameter of ["token", "access_token", "q"])
          await expect(new URL(`${path}?${parameter}=${hub.token}`, hub.url), {}, 400);
      }
      Object.assign(row, { emitted: asked, lost: bypassed.length });
      row.notes.push(`${routes.length} routes, ${bypassed.length} ways in`);
      assert.ok(routes.length > 25);
      assert.deepEqual(bypassed, []);
      assert.ok(!hub.logText().includes(hub.token), "no key in the log");
    } finally {
      await hub.stop();
      await supervisor.close();
    }
  },
};
