import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/platform/time/clock.ts";
import { silentLog } from "../../src/platform/told/log.ts";
import { openStore } from "../../src/store/open.ts";
import type { LogEntry } from "../../src/store/store.ts";
import { eventually } from "../support/eventually.ts";
import { openSimulatedHome } from "../support/home/simulated-home.ts";
import { openSse, type SseEvent } from "../support/hub/sse-client.ts";

const RATE = 500;

/** What the log itself holds: read from the folder, by no means of the API. */
async function logOf(folder: string): Promise<LogEntry[]> {
  const store = await openStore({ kind: "embedded", folder, clock: systemClock, log: silentLog });
  const view = store.view();
  const reader = store.reader(view);
  const all: LogEntry[] = [];
  for await (const page of reader.log({ after: 0, attributes: false })) all.push(...page);
  await reader.close();
  store.release(view);
  await store.close();
  return all;
}

const positionOf = (entry: LogEntry) =>
  entry.kind === "reading"
    ? entry.reading.position
    : entry.kind === "event"
      ? entry.event.position
      : entry.gap.position;

test("a client that connects again after the hub was killed, and after it was restarted, has every entry once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hub-"));
  {
    await using home = await openSimulatedHome({ hub: { dataDir: folder } });
    const token = home.hub.token;
    const load = home.sim.load.start({ rate: RATE, entities: 50, mix: "mixed" });
    await eventually(10, () => assert.ok(load.made > RATE));
    const heard: SseEvent[] = [];
    let lastId: string | undefined;
    const listen = async (until: () => Promise<void>) => {
      const url = `${home.hub.url}api/v1/events/stream?topics=changes&topics=events&topics=gaps&snapshot=false`;
      const stream = await openSse(url, { authorization: `Bearer ${token}` }, { lastId });
      await until();
      await stream.leave();
      assert.deepEqual(
        stream.events.filter(({ event }) => ["lost", "reset"].includes(event)),
        [],
      );
      heard.push(...stream.events.filter(({ event }) => ["change", "event", "gap"].includes(event)));
      lastId = stream.lastId;
      return stream;
    };
    const more = (count: number) => {
      const from = load.made;
      return eventually(30, () => assert.ok(load.made > from + count));
    };
    for (const how of ["kill", "term"] as const) {
      await listen(async () => {
        await more(RATE);
        await home.stopHub(how);
      });
      await home.startHub();
      await home.filled();
    }
    await load.stop();
    await home.caughtUp();
    const stop = async () => {
      await home.caughtUp();
      await home.stopHub("term");
    };
    await listen(stop);

    const [first, last] = [Number(heard[0]?.id), Number(lastId)];
    const held = (await logOf(join(folder, "home", "store"))).filter((entry) => {
      const position = positionOf(entry);
      return position >= first && position <= last;
    });
    assert.ok(held.length > 2 * RATE, `${held.length} entries`);
    assert.deepEqual(
      heard.map(({ id }) => Number(id)),
      held.map(positionOf),
    );
    for (const [i, entry] of held.entries()) {
      const { event, data } = heard[i] as SseEvent;
      assert.equal(event, entry.kind === "reading" ? "change" : entry.kind);
      if (entry.kind === "reading") assert.equal(JSON.parse(data).state, entry.reading.state);
    }
    assert.ok(heard.some(({ event }) => event === "gap"));
    await home.startHub();
  }
  rmSync(folder, { recursive: true });
});
