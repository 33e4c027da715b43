import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub.ts";
import { type HubGap, type LiveChange, type LiveFollower, readHub } from "../support/hub-reader.ts";
import { createRandom } from "../support/random.ts";
import { ALL, loadNames, openSimulatedHome, type Part, tally } from "../support/simulated-home.ts";
import { type SimulatorProcess, startSimulatorProcess } from "../support/simulator-process.ts";

const LONG = process.env.LONG === "1";
const KILLS = LONG ? 100 : 10;
const SEED = Number(process.env.SEED ?? 5);
const RATE = 2_000;
const ENTITIES = 200;
/** Kills come at any moment from the start of the process to so long after it is ready: also while it starts or fills. */
const LATEST_KILL_MS = 2_500;
const EVENT = "ingestor_test";
const EVENT_EVERY_MS = 40;

const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** One life of the hub, from its start to its SIGKILL. */
type Life = { readyMs: number | undefined; killedAt: number; heard: readonly LiveChange[]; lost: number };

test(`${KILLS} kills at ${RATE} changes/s: nothing that was heard is lost, and after filling nothing is missing`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kill-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await using home = await startSimulatorProcess("--seed", "kill", "--history-days", "0", "--commit-ms", "300");
  const options = {
    dataDir: folder,
    haUrl: home.url,
    haToken: home.token,
    env: { HA_INGESTOR_EVENTS: EVENT, HA_INGESTOR_SETTLE_SECONDS: "0.5,1,2" },
  };
  const random = createRandom(SEED);
  const first = await startHub(options);
  await home.startLoad({ rate: RATE, entities: ENTITIES, mix: "mixed" });
  const events = fireEvents(home);
  await eventually(10, async () => assert.ok((await statusOf(first)).totals.changes > RATE));
  await first.kill();

  const lives: Life[] = [];
  // Spread over the whole range, in no order: 7 has no divisor in common with the number of kills.
  const moment = (i: number) => ((((i * 7) % KILLS) + random()) / KILLS) * (first.readyMs + LATEST_KILL_MS);
  for (let i = 0; i < KILLS; i++) lives.push(await liveAndDie(options, moment(i)));

  const hub = await startHub(options);
  t.after(() => hub.stop());
  await eventually(60, () => assert.match(hub.logText(), /what was missed is filled/));
  await home.stopLoad();
  const fired = await events.stop();
  const emitted = await home.emitted();
  const last = emitted.at(-1);
  const reader = readHub(hub);
  await eventually(30, async () => {
    const { state } = await reader.get<{ state: string | null }>(`api/v1/states/${last?.entityId}`);
    assert.equal(state, last?.state);
  });

  const rows = await reader.history(loadNames(ENTITIES), ...ALL);
  const result = tally(emitted, rows);
  const count = Object.fromEntries(
    (["missing", "extra", "twice", "altered"] as const).map((name) => [name, result[name].length]),
  );
  report(t.diagnostic.bind(t), lives, { emitted: emitted.length, ...count });
  assert.deepEqual(count, { missing: 0, extra: 0, twice: 0, altered: 0 });
  const statesOf = (all: readonly { entityId: string; state: string | null }[]) =>
    Object.groupBy(all, ({ entityId }) => entityId);
  const [made, held] = [statesOf(emitted), statesOf(rows)];
  for (const entity of loadNames(ENTITIES))
    assert.deepEqual(
      held[entity]?.map(({ state }) => state),
      made[entity]?.map(({ state }) => state),
      entity,
    );

  const found = new Map(rows.map((row) => [`${row.entityId}|${row.time}|${row.state}`, row]));
  let heard = 0;
  for (const change of lives.flatMap((life) => life.heard)) {
    const row = found.get(`${change.entityId}|${change.time}|${change.state}`);
    if (!change.entityId.startsWith("sensor.load_")) continue;
    assert.ok(row, `${change.entityId} at ${change.time} was heard live and is not in history`);
    assert.deepEqual(row.attributes, change.attributes);
    heard++;
  }
  assert.ok(heard > RATE, `${heard} changes were heard live`);

  const gaps = await reader.gaps(...ALL);
  assert.deepEqual(
    gaps.filter(({ kind }) => kind === "states"),
    [],
  );
  checkEventsGaps(gaps, lives);
  const stored = await reader.events(...ALL, [EVENT]);
  assert.deepEqual(
    stored.map(({ data }) => data.n).sort((a, b) => Number(a) - Number(b)),
    [...new Set(stored.map(({ data }) => data.n))],
    "no event is there twice",
  );
  const ns = new Set(stored.map(({ data }) => data.n));
  const silent = fired.filter(({ n, from, to }) => !ns.has(n) && !gaps.some((gap) => gap.from < to && gap.to > from));
  assert.deepEqual(silent, [], "an event that is not stored lies in a gap");
  assert.equal((await statusOf(hub)).parts.find(({ part }) => part === "store")?.state, "ok");
});

test("a byte that the disk turned over is named with its file and place, and costs one record, which is a gap", async () => {
  await using home = await openSimulatedHome();
  const { sim } = home;
  await sim.load.start({ asFastAsPossible: true, count: 5_000, entities: 50 }).done;
  await home.caughtUp();
  await home.stopHub("term");
  const folder = join(home.hub.dataDir, "home/store/tail");
  const log = readdirSync(folder).find((name) => name.endsWith(".log")) as string;
  const bytes = readFileSync(join(folder, log));
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
  writeFileSync(join(folder, log), bytes);

  await home.startHub();
  await home.filled();
  const store = await home.part("store");
  assert.equal(store?.state, "degraded");
  const [, length, file, offset] = /(\d+) bytes of (\S+) at (\d+)/.exec(store?.why ?? "") ?? [];
  assert.equal(basename(String(file)), log);
  assert.ok(Number(offset) <= middle && middle < Number(offset) + Number(length), store?.why);
  assert.ok(store?.fix);
  const emitted = sim.load.emitted.list();
  const result = tally(emitted, await home.reader.history(loadNames(50), ...ALL));
  assert.deepEqual([result.extra, result.twice, result.altered], [[], [], []]);
  assert.ok(result.missing.length <= 1, `${result.missing.length} changes are lost`);
  const gaps = (await home.reader.gaps(...ALL)).filter(({ kind, cause }) => kind === "states" && cause === "damaged");
  assert.equal(gaps.length, 1);
  for (const { entityId, updated } of result.missing)
    assert.ok(
      gaps.some((gap) => (gap.entityId ?? entityId) === entityId && gap.from < updated && updated < gap.to),
      "what was lost lies in the gap",
    );
  sim.core.states.set("sensor.load_0", "goes on", {});
  await home.caughtUp();
});

async function liveAndDie(options: Parameters<typeof startHub>[0], killAfterMs: number): Promise<Life> {
  const killed = Promise.withResolvers<number>();
  const hub = await startHub({
    ...options,
    onSpawn: (pid) =>
      setTimeout(() => {
        process.kill(pid, "SIGKILL");
        killed.resolve(nowMicros());
      }, killAfterMs),
  }).catch(() => undefined);
  let follower: LiveFollower | undefined;
  if (hub)
    follower = await readHub(hub)
      .follow()
      .catch(() => undefined);
  const killedAt = await killed.promise;
  await hub?.kill();
  return {
    readyMs: hub?.readyMs,
    killedAt,
    heard: follower?.changes() ?? [],
    lost: follower?.lost() ?? 0,
  };
}

/** Every kill of a hub that was listening is one gap, and no two gaps overlap. */
function checkEventsGaps(gaps: readonly HubGap[], lives: readonly Life[]): void {
  const ofEvents = gaps.filter(({ kind }) => kind === "events").sort((a, b) => a.from - b.from);
  for (let i = 1; i < ofEvents.length; i++)
    assert.ok((ofEvents[i] as HubGap).from >= (ofEvents[i - 1] as HubGap).to, "two gaps in events overlap");
  const listening = lives.filter(({ heard }) => heard.some(({ origin }) => origin === "live"));
  const around = listening.map(({ killedAt }) =>
    ofEvents.filter((gap) => gap.from <= killedAt && killedAt <= gap.to).map((gap) => gap.from),
  );
  assert.ok(listening.length > 0);
  assert.deepEqual(
    around.map((found) => found.length),
    around.map(() => 1),
  );
  assert.equal(new Set(around.flat()).size, listening.length);
  assert.ok(ofEvents.length <= lives.length + 1, `${ofEvents.length} gaps of ${lives.length + 1} kills`);
}

type Status = { totals: { changes: number }; parts: Part[] };
const statusOf = (hub: Hub): Promise<Status> => hub.json<Status>("api/v1/status");

/** Fires numbered events until it is stopped, and remembers between which moments each was fired. */
function fireEvents(home: SimulatorProcess) {
  const fired: { n: number; from: number; to: number }[] = [];
  let stopped = false;
  const running = (async () => {
    for (let n = 0; !stopped; n++) {
      const from = nowMicros();
      await home.fire(EVENT, { n });
      fired.push({ n, from, to: nowMicros() });
      await new Promise((resolve) => setTimeout(resolve, EVENT_EVERY_MS));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
      return fired;
    },
  };
}

function report(say: (line: string) => void, lives: readonly Life[], counts: { [name: string]: number }): void {
  const ready = lives.flatMap(({ readyMs }) => readyMs ?? []).sort((a, b) => a - b);
  const ms = (at: number) => `${Math.round(ready[Math.min(ready.length - 1, Math.floor(ready.length * at))] ?? 0)} ms`;
  const heard = lives.reduce((sum, life) => sum + life.heard.length, 0);
  say(`kills: ${lives.length}, of them before ready: ${lives.length - ready.length}, seed ${SEED}`);
  say(`ready after ${ms(0)} / ${ms(0.5)} / ${ms(1)} (min / median / max)`);
  say(
    `changes heard live: ${heard}; ${Object.entries(counts)
      .map(([name, n]) => `${name}: ${n}`)
      .join(", ")}`,
  );
}
