import { join } from "node:path";
import { homesAreAbsent } from "../../tests/support/home/homes.ts";
import type { Bench } from "../goal.ts";
import { openStored, type Recording, sizesOf, storeAll, wrongRows } from "../measure/stored.ts";
import { victoriaMetricsUnavailable, victoriaSide } from "../peers/victoria-metrics.ts";
import { replay } from "../workload/replay.ts";

export const p2: Bench = {
  id: "P2",
  title: "bytes on the disk for each change of numbers, both at milliseconds",
  workload: "replay: the numbers of a recorded flat ten times over, 1,094,610 changes",
  unavailable: async () => homesAreAbsent || victoriaMetricsUnavailable(),
  run: async ({ folder, run, say }) => {
    const millis = replay(1000);
    const sides = {
      ours: () => ourSide(join(folder, "hub"), millis),
      peer: () => victoriaSide(join(folder, "victoria"), millis),
    };
    const first = run % 2 === 1 ? await sides.peer() : undefined;
    const ours = await sides.ours();
    const peer = first ?? (await sides.peer());
    const micros = await ourSide(join(folder, "hub-micros"), replay(1));
    const theirs = peer.dataBytes / peer.samples;
    say(`${ours.each.toFixed(2)} B a change, VictoriaMetrics ${theirs.toFixed(2)} B`);
    return {
      measures: [
        {
          name: "sealed, ms",
          unit: "B/change",
          ours: ours.each,
          peer: { name: "VictoriaMetrics", value: theirs },
          goals: [{ of: "ours / peer", must: "at most", limit: 1.4 }],
        },
        { name: "sealed, µs", unit: "B/change", ours: micros.each },
        {
          name: "rows that did not come back exactly",
          unit: `of ${peer.samples.toLocaleString("en-US")}`,
          ours: ours.wrong + micros.wrong,
          goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
        },
      ],
      notes: [
        `VictoriaMetrics ${peer.version} after a forced flush and merge, its own figure for data; its index takes ${peer.indexBytes.toLocaleString("en-US")} B more, which is not counted. Ours: everything but the log, indexes, texts, attributes and \`changed\` included.`,
      ],
    };
  },
};

async function ourSide(folder: string, recording: Recording): Promise<{ each: number; wrong: number }> {
  const store = await openStored(folder);
  try {
    await storeAll(store, recording);
    await store.seal();
    const { readings, sealed } = await sizesOf(store);
    return { each: sealed / readings, wrong: await wrongRows(store, recording) };
  } finally {
    await store.close();
  }
}
