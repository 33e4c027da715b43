import assert from "node:assert/strict";
import { createRandom } from "../../support/data/random.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, type Part } from "../../support/home/simulated-home.ts";
import { type SimulatorProcess, startSimulatorProcess } from "../../support/home/simulator-process.ts";
import { type Hub, startHub } from "../../support/hub/hub.ts";
import { type HubGap, type LiveChange, readHub } from "../../support/hub/hub-reader.ts";
import { type Fault, judge, type Row } from "../runner/fault.ts";

const SEED = Number(process.env.SEED ?? 5);
const RATE = 2_000;
const ENTITIES = 200;
/** Kills come at any moment while it starts, or within at least so long after it is ready or has filled what it missed. */
const LATEST_KILL_MS = 2_500;
const EVENT = "ingestor_test";
const EVENT_EVERY_MS = 40;

const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** One life of the hub, from its start to its SIGKILL. */
type Life = { readyMs: number | undefined; killedAt: number; heard: readonly LiveChange[]; lost: number };

export const killedAtAnyMoment: Fault = {
  id: "R1",
  name: "kill -9 during writes",
  how: `SIGKILL at 10 random moments (long: 100) of a hub that starts, fills or records ${RATE} changes/s`,
  home: "simulated",
  runs: "always",
  run: async (row, { long, folder }) => {
    const kills = long ? 100 : 10;
    await using home = await startSimulatorProcess("--seed", "kill", "--history-days", "0", "--commit-ms", "300");
    const options = {
      dataDir: folder(),
      haUrl: home.url,
      haToken: home.token,
      env: { HA_INGESTOR_EVENTS: EVENT, HA_INGESTOR_SETTLE_SECONDS: "0.5,1,2" },
    };
    const random = createRandom(SEED);
    const first = await startHub(options);
    await home.startLoad({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(10, async () => assert.ok((await statusOf(first)).totals.changes > RATE));
    // What was fired before a hub ever listened is nobody's gap.
    const events = fireEvents(home);
    await eventually(10, async () => assert.ok((await statusOf(first)).totals.events > 0));
    await first.kill();

    // Where starting takes long, so does getting to live changes.
    const latestMs = Math.max(LATEST_KILL_MS, 1.5 * first.readyMs);
    const lives: Life[] = [];
    // 7 has no divisor in common with the number of kills: they come in no order.
    const share = (i: number) => (((i * 7) % kills) + random()) / kills;
    const momentOf = (i: number): Moment => {
      if (i % 2 === 0) return { after: "spawn", ms: share(i) * first.readyMs };
      // At full load what was missed grows with each life: some must get to live changes, however long that takes.
      return { after: i % 5 === 0 ? "filled" : "ready", ms: share(i) * latestMs };
    };
    for (let i = 0; i < kills; i++) lives.push(await liveAndDie(options, momentOf(i)));
    tellLives(row, lives);

    const hub = await startHub(options);
    try {
      await untilFilled(hub);
      await home.stopLoad();
      await checkAll(row, { hub, home, lives, fired: await events.stop() });
    } finally {
      await hub.stop();
    }
  },
};

async function checkAll(
  row: Row,
  { hub, home, lives, fired }: { hub: Hub; home: SimulatorProcess; lives: readonly Life[]; fired: readonly Fired[] },
): Promise<void> {
  const emitted = await home.emitted();
  const last = emitted.at(-1);
  const reader = readHub(hub);
  await eventually(30, async () => {
    const { state } = await reader.get<{ state: string | null }>(`api/v1/states/${last?.entityId}`);
    assert.equal(state, last?.state);
  });
  const rows = await reader.history(loadNames(ENTITIES), ...ALL);
  const gaps = await reader.gaps(...ALL);
  row.gaps = gaps.length;
  judge(row, emitted, rows);
  const statesOf = (all: readonly { entityId: string; state: string | null }[]) =>
    Object.groupBy(all, ({ entityId }) => entityId);
  const [made, held] = [statesOf(emitted), statesOf(rows)];
  for (const entity of loadNames(ENTITIES))
    assert.deepEqual(
      held[entity]?.map(({ state }) => state),
      made[entity]?.map(({ state }) => state),
      entity,
    );

  const found = new Map(rows.map((one) => [`${one.entityId}|${one.time}|${one.state}`, one]));
  let heard = 0;
  for (const change of lives.flatMap((life) => life.heard)) {
    const held = found.get(`${change.entityId}|${change.time}|${change.state}`);
    if (!change.entityId.startsWith("sensor.load_")) continue;
    assert.ok(held, `${change.entityId} at ${change.time} was heard live and is not in history`);
    assert.deepEqual(held.attributes, change.attributes);
    heard++;
  }
  assert.ok(heard > 0, "some lives were long enough to be listened to");

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
  row.notes.push(`${fired.length} events fired, each stored or in a gap of events`);
}

type Moment = { readonly after: "spawn" | "ready" | "filled"; readonly ms: number };

/** A hole of minutes at full load is filled as fast as the machine allows. */
const untilFilled = (hub: Hub): Promise<void> =>
  eventually(600, () => assert.match(hub.logText(), /what was missed is filled/));

async function liveAndDie(options: Parameters<typeof startHub>[0], { after, ms }: Moment): Promise<Life> {
  const killed = Promise.withResolvers<number>();
  const killSoon = (pid: number) =>
    setTimeout(() => {
      process.kill(pid, "SIGKILL");
      killed.resolve(nowMicros());
    }, ms);
  const hub = await startHub({
    ...options,
    onSpawn: (pid) => void (after === "spawn" && killSoon(pid)),
  }).catch(() => undefined);
  if (hub && after === "ready") killSoon(hub.pid);
  const follower = await (hub && readHub(hub).follow())?.catch(() => undefined);
  if (hub && after === "filled") {
    await untilFilled(hub);
    killSoon(hub.pid);
  }
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

type Status = { totals: { changes: number; events: number }; parts: Part[] };
const statusOf = (hub: Hub): Promise<Status> => hub.json<Status>("api/v1/status");

type Fired = { n: number; from: number; to: number };

/** Fires numbered events until it is stopped, and remembers between which moments each was fired. */
function fireEvents(home: SimulatorProcess) {
  const fired: Fired[] = [];
  let stopped = false;
  const running = (async () => {
    for (let n = 0; !stopped; n++) {
      const from = nowMicros();
      await home.fire(EVENT, { n });
      fired.push({ n, from, to: nowMicros() });
      await new Promise((resolve) => setTimeout(resolve, EVENT_EVERY_MS));
    }
  })();
  // Told by `stop`; until then it must not end the whole run.
  running.catch(() => {});
  return {
    stop: async () => {
      stopped = true;
      await running;
      return fired;
    },
  };
}

function tellLives({ notes }: Row, lives: readonly Life[]): void {
  const ready = lives.flatMap(({ readyMs }) => readyMs ?? []).sort((a, b) => a - b);
  const ms = (at: number) => `${Math.round(ready[Math.min(ready.length - 1, Math.floor(ready.length * at))] ?? 0)} ms`;
  const heard = lives.reduce((sum, life) => sum + life.heard.length, 0);
  notes.push(`${lives.length} kills, ${lives.length - ready.length} of them before it was ready (seed ${SEED})`);
  notes.push(`ready after ${ms(0)} / ${ms(0.5)} / ${ms(1)} (least / median / most)`);
  notes.push(`${heard} changes heard live, all of them in history`);
}
