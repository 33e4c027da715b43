import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { openSimulatedHome } from "../../support/home/simulated-home.ts";
import type { Fault } from "../runner/fault.ts";

export const secretsStayInside: Fault = {
  id: "R25",
  name: "secrets in logs, files and answers",
  how: "keys, setup code, wrong keys, and secrets in attributes and service calls are looked for in the whole log, every file of the data folder, and the answer of every GET route",
  home: "simulated",
  runs: "always",
  run: async (row) => {
    const marks = Array.from({ length: 7 }, (_, i) => `secret-${i}-${process.pid}-of-the-test`) as string[];
    const [picture, attribute, password, code, pin, inner, wrong] = marks as [string, ...string[]] as string[];
    await using home = await openSimulatedHome({ hub: { env: { HA_INGESTOR_LOG_LEVEL: "debug" } } });
    const { sim, hub } = home;
    sim.core.states.set("camera.door", "idle", {
      entity_picture: `/api/camera_proxy/camera.door?token=${picture}`,
      access_token: attribute,
      password,
    });
    const call = {
      domain: "alarm_control_panel",
      service: "alarm_disarm",
      service_data: { code, pin, data: { token: inner } },
    };
    await fetch(`${sim.url}/api/events/call_service`, {
      method: "POST",
      headers: { authorization: `Bearer ${sim.token}` },
      body: JSON.stringify(call),
    });
    await fetch(new URL("api/v1/info", hub.url), { headers: { authorization: `Bearer hi_${wrong}` } });
    await fetch(new URL(`api/v1/info?token=hi_${wrong}`, hub.url));
    sim.faults.sendRaw(`{"broken":"${wrong}`);
    await home.caughtUp();
    const { paths } = await hub.json<{ paths: Record<string, Record<string, object>> }>("api/v1/openapi.json");
    await eventually(10, async () => assert.match(await (await hub.get("api/v1/events")).text(), /alarm_disarm/));

    const secrets: Record<string, string> = {
      ...Object.fromEntries(marks.map((mark, i) => [`mark ${i}`, mark])),
      home: sim.token,
      hub: hub.token,
      setup: hub.setupUrl.split("#setup=")[1] as string,
    };
    const found: string[] = [];
    let looked = 0;
    const look = (where: string, bytes: Buffer) => {
      looked++;
      for (const [name, secret] of Object.entries(secrets))
        if (bytes.includes(secret)) found.push(`${name} in ${where}`);
    };
    for (const [path, methods] of Object.entries(paths)) {
      if (!("get" in methods) || /stream|live/.test(path)) continue;
      const filled = path
        .replace(/^\//, "")
        .replace("{entity}", "camera.door")
        .replace(/\{\w+\}/g, "1");
      look(`the answer of ${path}`, Buffer.from(await (await hub.get(filled)).arrayBuffer()));
    }
    await home.stopHub("term");
    look("the log", Buffer.from(hub.logText()));
    for (const entry of readdirSync(hub.dataDir, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) look(`the file ${entry.name}`, readFileSync(join(entry.parentPath, entry.name)));
    const names = [hub.dataDir, ...readdirSync(hub.dataDir, { recursive: true })].join("\n");
    look("the names of the files", Buffer.from(names));
    Object.assign(row, { emitted: Object.keys(secrets).length, lost: found.length });
    row.notes.push(`${Object.keys(secrets).length} secrets looked for in ${looked} places, ${found.length} found`);
    assert.deepEqual(found, []);
  },
};
