import assert from "node:assert/strict";
import { hubHas } from "../../support/core/recorded-home.ts";
import { eventually } from "../../support/eventually.ts";
import { startCutProxy } from "../../support/home/cut-proxy.ts";
import { startHub } from "../../support/hub/hub.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import type { Fault } from "../runner/fault.ts";

type RefreshToken = { id: string; client_name: string | null };
type Part = { part: string; state: string; why?: string; fix?: string };

export const tokenRevoked: Fault = {
  id: "R23",
  name: "the token is revoked while connected",
  how: "deleted in Home Assistant; attempts are counted at a proxy between them for 80 s (long: 5 min)",
  home: "Core",
  runs: "table",
  run: async (row, { core, folder, long }) => {
    const home = await core();
    const { control } = home;
    const client_name = `fault ${process.pid}`;
    const haToken = await control.call<string>("auth/long_lived_access_token", { client_name, lifespan: 1 });
    await using proxy = await startCutProxy(home.core.url);
    const hub = await startHub({ haUrl: proxy.url, haToken, dataDir: folder() });
    try {
      await hubHas(readHub(hub), await home.mark());
      const accepted = proxy.seen.accepted;
      const tokens = await control.call<RefreshToken[]>("auth/refresh_tokens");
      const refresh_token_id = tokens.find((one) => one.client_name === client_name)?.id;
      await control.call("auth/delete_refresh_token", { refresh_token_id });
      await eventually(30, () => assert.ok(proxy.seen.refused > 0, "Home Assistant ended the connection"));
      const seconds = long ? 300 : 80;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      const { refused } = proxy.seen;
      row.notes.push(`${refused} attempts in ${seconds} s`);
      assert.equal(proxy.seen.accepted, accepted);
      assert.ok(refused <= 1 + Math.ceil(seconds / 60), `${refused} attempts in ${seconds} s`);
      const { parts } = await hub.json<{ parts: Part[] }>("api/v1/status");
      const part = parts.find((one) => one.part === "home_assistant");
      row.notes.push(`status: ${part?.why}`);
      assert.equal(part?.state, "broken");
      assert.match(part?.fix ?? "", /access token/);
      assert.equal(hub.logText().includes(haToken), false);
    } finally {
      await hub.stop();
    }
  },
};
