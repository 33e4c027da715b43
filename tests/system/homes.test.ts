import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { eventually } from "../support/eventually.ts";
import type { Part } from "../support/home/simulated-home.ts";
import { type Hub, type HubOptions, startHub } from "../support/hub/hub.ts";

type Address = { url: string; token: string };

test("another home is refused with choices: nothing of it is recorded or shown, and the store's own home goes on", async (t) => {
  const { folder, start, simulate } = setUp(t);
  const [ours, theirs] = [await simulate("ours"), await simulate("theirs")];
  const before = await stopped(await recorded(start(ours), ours));

  const wrong = await start(theirs);
  const part = await refusal(wrong);
  assert.match(part.why ?? "", /another home/);
  assert.equal((await wrong.json<Info>("api/v1/info")).home.name, null, "nothing is shown of the other home");
  assert.deepEqual(digest(folder), before);
  assert.ok((await statesOf(wrong)).length > 100, "what was recorded is still answered");
  await stopped(wrong);
  assert.deepEqual(digest(folder), before);

  const back = await recorded(start(ours), ours);
  assert.equal((await back.json<Info>("api/v1/info")).home.name, "Simulated home");
  await back.stop();
});

test("a simulated home is refused by a real home's store, and a real one by the simulated home's", async (t) => {
  const { folder, start, simulate } = setUp(t);
  const home = await simulate("home");
  const disguised = await disguise(t, home);
  const before = await stopped(await recorded(start(disguised), home));
  const intoReal = await start(home);
  assert.match((await refusal(intoReal)).why ?? "", /holds a real home, and the simulated one answers/);
  await stopped(intoReal);
  assert.deepEqual(digest(folder), before);

  const other = setUp(t);
  await stopped(await recorded(other.start(home), home));
  const kept = digest(other.folder);
  const intoSimulated = await other.start(disguised);
  assert.match((await refusal(intoSimulated)).why ?? "", /holds the simulated home, and a real one answers/);
  await stopped(intoSimulated);
  assert.deepEqual(digest(other.folder), kept);
});

test("the store knows its home by itself: with app.db gone another home is refused, and its own is not", async (t) => {
  const { folder, start, simulate } = setUp(t);
  const [ours, theirs] = [await simulate("ours"), await simulate("theirs")];
  await stopped(await recorded(start(ours), ours));
  for (const name of readdirSync(join(folder, "home")))
    if (name.startsWith("app.db")) rmSync(join(folder, "home", name));
  const wrong = await start(theirs);
  await refusal(wrong);
  await stopped(wrong);
  const back = await recorded(start(ours), ours);
  await stopped(back);
});

test("without an address the simulated home runs in a folder of its own, beside the real one's", async (t) => {
  const { folder, start, simulate } = setUp(t);
  const home = await simulate("home");
  const before = await stopped(await recorded(start(home), home));
  const demo = await start();
  await eventually(20, async () => assert.ok((await statesOf(demo)).length > 100));
  assert.equal((await demo.json<Info>("api/v1/info")).home.simulated, true);
  await stopped(demo);
  assert.deepEqual(digest(folder), before);
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => !name.includes("."))
      .sort(),
    ["home", "simulated"],
  );
});

type Info = { home: { name: string | null; simulated: boolean } };

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "homes-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    start: async (home?: Address): Promise<Hub> => {
      const options: HubOptions = home ? { haUrl: home.url, haToken: home.token } : {};
      const hub = await startHub({ ...options, dataDir: folder });
      t.after(() => hub.stop());
      return hub;
    },
    simulate: async (seed: string): Promise<Simulator> => {
      const simulator = await startSimulator({ seed, history: { days: 0 } });
      t.after(() => simulator.close());
      return simulator;
    },
  };
}

/** Resolves when the hub is connected to the home and has every state of it. */
async function recorded(starting: Promise<Hub>, home: { counters(): { states: number } }): Promise<Hub> {
  const hub = await starting;
  await eventually(20, async () => {
    assert.equal((await homeAssistant(hub))?.state, "ok");
    assert.equal((await statesOf(hub)).length, home.counters().states);
  });
  return hub;
}

/** Ends the hub and answers with what the home's store is made of then. */
async function stopped(hub: Hub): Promise<string[]> {
  assert.equal(await hub.stop(), 0, hub.logText());
  return digest(hub.dataDir);
}

/** The log of a home's store, file by file. */
function digest(folder: string): string[] {
  const tail = join(folder, "home/store/tail");
  return readdirSync(tail)
    .filter((name) => name.endsWith(".log"))
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(tail, name)))
          .digest("hex")}`,
    );
}

/** The hub runs and explains itself; it is only the home that it does not take. */
async function refusal(hub: Hub): Promise<Part> {
  const part = await eventually(20, async () => {
    const found = await homeAssistant(hub);
    assert.equal(found?.state, "broken");
    return found as Part;
  });
  for (const choice of ["HA_URL", "HA_INGESTOR_DATA", "move the old folder away"])
    assert.ok(part.fix?.includes(choice), `the fix names ${choice}: ${part.fix}`);
  return part;
}

const homeAssistant = async (hub: Hub): Promise<Part | undefined> =>
  (await hub.json<{ parts: Part[] }>("api/v1/status")).parts.find(({ part }) => part === "home_assistant");
const statesOf = async (hub: Hub) => (await hub.json<{ states: { state: string }[] }>("api/v1/states")).states;

/** The same home without the word that it is simulated: what a real one would say. */
async function disguise(t: TestContext, home: Address): Promise<Address> {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer().on("upgrade", (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      const core = new WebSocket(home.url.replace(/^http/, "ws") + request.url);
      const waiting: string[] = [];
      client.on("message", (data) => {
        if (core.readyState === WebSocket.OPEN) core.send(String(data));
        else waiting.push(String(data));
      });
      core.on("open", () => {
        for (const text of waiting) core.send(text);
      });
      core.on("message", (data) => client.send(String(data).replace(',"simulated":true', "")));
      client.on("close", () => core.terminate());
      core.on("close", () => client.terminate());
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const client of sockets.clients) client.terminate();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: home.token };
}
