import { join } from "node:path";
import { type Core, coreUnavailable, startCore } from "../../tests/support/core/core.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import type { Bench } from "../goal.ts";
import { cpuSeconds, moveToCore, onCore } from "../measure/process.ts";
import { recorderIdle } from "../peers/core.ts";
import { CORE_ENTITIES, discardRate, fullSpeed } from "../peers/feed-rate.ts";
import { connected, tally, untilSequence } from "../workload/tally.ts";

/** The reader of the feed on one core, Core on the other. */
const READER = 0;
const CORE = 1;

export const p4a: Bench = {
  id: "P4a",
  title: "keeping up with a real Core at its fastest",
  workload: "core: states set inside a real Home Assistant Core as fast as it takes them, its recorder on",
  unavailable: () => coreUnavailable(),
  run: async ({ form, run, folder, hubEntry, say }) => {
    const seconds = form === "short" ? 10 : 60;
    const core = await startCore({ name: "bench-p4a" });
    try {
      moveToCore(core.pid(), CORE);
      // One round that does not count: Core's caches and its tables are warm for both sides.
      await discardRate(core, "subscribe_entities", { prefix: "warm", seconds: 3, clientCore: READER });
      const discard = async (feed: "subscribe_entities" | "subscribe_events") => {
        await recorderIdle(core);
        const rate = await discardRate(core, feed, { prefix: "bench_discard", seconds, clientCore: READER });
        say(`a discarding client on ${feed}: Core makes ${Math.round(rate.perSecond)} changes/s`);
        return rate;
      };
      const hub = async () => {
        await recorderIdle(core);
        const result = await hubSide(core, join(folder, "hub"), hubEntry, seconds);
        say(
          `the hub: Core makes ${Math.round(result.perSecond)} changes/s, ${result.missing} of ${result.made} missing`,
        );
        return result;
      };
      const sides = run % 2 === 1 ? ["peer", "ours"] : ["ours", "peer"];
      let peer: Awaited<ReturnType<typeof discard>> | undefined;
      let ours: Awaited<ReturnType<typeof hub>> | undefined;
      for (const side of sides) {
        if (side === "peer") peer = await discard("subscribe_entities");
        else ours = await hub();
      }
      const events = await discard("subscribe_events");
      if (!peer || !ours) throw new Error("a side was not measured");
      const { recording } = await recorderIdle(core);
      return {
        measures: [
          {
            name: "Core's rate, read on subscribe_entities",
            unit: "changes/s",
            ours: ours.perSecond,
            peer: { name: "discarding client", value: peer.perSecond },
            goals: [{ of: "ours / peer", must: "at least", limit: 0.95 }],
          },
          {
            name: "changes lost",
            unit: `of ${ours.made.toLocaleString("en-US")}`,
            ours: ours.missing,
            goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
          },
          {
            name: "changes stored twice or not made",
            unit: "",
            ours: ours.twice + ours.strange,
            goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
          },
          {
            name: "connections that Core cut for slowness",
            unit: "",
            ours: ours.cuts,
            goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
          },
          { name: "behind Core when its load ends", unit: "ms", ours: ours.behindMs },
          { name: "the hub's share of its core", unit: "%", ours: 100 * ours.cpuShare },
          { name: "Core's rate, a discarding client on subscribe_events", unit: "changes/s", ours: events.perSecond },
          { name: "Core's recorder went on recording", unit: "(1: yes)", ours: recording ? 1 : 0 },
        ],
        notes: [
          `${seconds} s each side, Core on one core, the reader on the other. Every change carries a sequence number; all are read back by the hub's API. The hub reads subscribe_entities alone.`,
        ],
      };
    } finally {
      await core.stop();
    }
  },
};

async function hubSide(core: Core, dataDir: string, entry: string, seconds: number) {
  const cutsBefore = cutsIn(core.logText());
  const hub = await startHub({ haUrl: core.url, haToken: core.token, dataDir, entry, under: onCore(READER) });
  try {
    await connected(hub);
    const cpu = cpuSeconds(hub.pid);
    const progress = await fullSpeed(core, "bench", seconds);
    const ended = performance.now();
    const { made } = progress;
    const last = `sensor.bench_${(made - 1) % CORE_ENTITIES}`;
    const caughtUp = await untilSequence(hub, last, made - 1, 120);
    const cpuShare = (cpuSeconds(hub.pid) - cpu) / (progress.seconds + (caughtUp - ended) / 1000);
    const entities = Array.from({ length: CORE_ENTITIES }, (_, i) => `sensor.bench_${i}`);
    const counted = await tally(hub, entities, made, ({ attributes }) => attributes.seq as number | undefined);
    return {
      ...counted,
      made,
      perSecond: made / progress.seconds,
      behindMs: Math.max(0, caughtUp - ended),
      cpuShare,
      cuts: cutsIn(core.logText()) - cutsBefore,
    };
  } finally {
    await hub.stop();
  }
}

const cutsIn = (log: string): number => log.split("unable to keep up").length - 1;
