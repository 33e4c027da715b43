import type { Shed, ShedPlan } from "../../../store.ts";
import type { Maintainer } from "../../maintenance/job.ts";
import type { Block } from "../file/block.ts";
import type { Merged, MergeJob } from "./merge.ts";
import type { Hole } from "./roll.ts";

/** What goes from the blocks that are merged. */
export type LetGo = Pick<MergeJob, "cutoffs" | "holes" | "rollupCutoffs">;

const NONE: ShedPlan["readings"] = { default: null, series: new Map() };

/** Writes each block that holds what may go without it. Statistics of Home Assistant's recorder are small, and stay. */
export async function shedBlocks(
  plan: ShedPlan,
  needs: {
    readonly folder: string;
    readonly maintainer: Pick<Maintainer, "run">;
    readonly blocks: () => readonly Block[];
    readonly holes: readonly Hole[];
    readonly merge: (inputs: readonly Block[], letGo: LetGo) => Promise<Merged>;
  },
): Promise<Shed> {
  const { folder, maintainer, blocks, holes, merge } = needs;
  const { events, rollups: rollupCutoffs = NONE } = plan;
  const of = (kind: Block["kind"]) => blocks().filter((block) => block.kind === kind);
  const shed = { readings: 0, events: 0, statistics: 0, rollups: 0, bytes: 0, files: 0 };
  const letGo = async (block: Block, what: LetGo) => {
    const { made, dropped } = await merge([block], what);
    shed[block.kind] += dropped;
    shed.bytes += block.bytes - made.reduce((sum, { bytes }) => sum + bytes, 0);
    shed.files += 1 - made.length;
  };

  // Before readings become further ones.
  const rollups = of("rollups");
  if (rollupCutoffs.default !== null || rollupCutoffs.series.size > 0) {
    const job = { kind: "rollups", blocks: folder, inputs: rollups, cutoffs: rollupCutoffs } as const;
    const names = await maintainer.run(job);
    for (const block of rollups) if (names.includes(block.name)) await letGo(block, { cutoffs: rollupCutoffs });
  }
  const readings = of("readings");
  const horizons = await maintainer.run({ kind: "horizons", blocks: folder, inputs: readings, cutoffs: plan.readings });
  const cutoffs = { default: null, series: horizons.series };
  for (const block of readings)
    if (horizons.blocks.includes(block.name)) await letGo(block, { cutoffs, holes, rollupCutoffs });
  for (const block of of("events"))
    if (block.from < (events.default ?? block.from))
      await letGo(block, { cutoffs: { default: events.default, series: new Map() } });
  // What stays of a few readings may take more than they did.
  const { bytes, files, statistics: _, ...gone } = shed;
  return { ...gone, bytes: Math.max(0, bytes), files: Math.max(0, files) };
}
