import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../support/data/random.ts";
import { createCutDisk, type Loss, readJournal, type Step, writeTree } from "../../support/disk/journal.ts";
import { shimEnvironment, shimUnavailable } from "../../support/disk/shim.ts";
import { type Fault, skip } from "../runner/fault.ts";
import { finish } from "./amending.ts";
import { COUNT } from "./amending-life.ts";
import { inCut } from "./power.ts";

const SEED = Number(process.env.SEED ?? 5);
const LOSSES: readonly Loss[] = ["everything", "contents", "names", "some", "some", "some"];

/** What a store did while it corrected and erased is played again up to a moment, and of what was not synced a part is lost. */
export const powerCutsWhileAmending: Fault = {
  id: "R3",
  name: "power loss while correcting and erasing",
  how: "every write, sync, rename and deletion of a store's life is recorded; 90 cuts (long: 400) from the first correction on are played: unsynced writes and names lost, reordered or torn; then opened and finished",
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const missing = shimUnavailable();
    if (missing) skip(missing);
    const folder = form.folder();
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const record = join(folder, "journal");
    const life = join(import.meta.dirname, "amending-life.ts");
    execFileSync(process.execPath, [life, join(disk, "store"), join(disk, "notes")], {
      env: { ...process.env, ...shimEnvironment({ folder: disk, record }) },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const steps = readJournal(record, disk);
    const first = steps.findIndex((step) => noted(step) === "recorded") + 1;
    assert.ok(first > 0);
    const cuts = form.long ? 400 : form.quick ? 30 : 90;
    const random = createRandom(SEED);
    const length = steps.length - first;
    const at = new Set(Array.from({ length: cuts }, (_, i) => first + Math.floor(((i + random()) / cuts) * length)));
    const playing = createCutDisk();
    const done = { corrected: false, erased: false };
    let starts = 0;
    for (const [i, step] of steps.entries()) {
      playing.take(step);
      // What was corrected is on the disk some seconds after it was acknowledged; what was erased before that.
      if (noted(step) === "erased") Object.assign(done, { corrected: true, erased: true });
      if (!at.has(i)) continue;
      const loss = LOSSES[starts % LOSSES.length] as Loss;
      // Another path each time: what was read of a block is kept by its path, which no store uses twice.
      const store = join(folder, `cut-${i}`);
      writeTree(store, inCut(playing.after(loss, random)));
      await finish(row, store, { ...done, at: `${loss} lost after step ${i} (seed ${SEED})`, logsMayEnd: true });
      rmSync(store, { recursive: true, force: true });
      starts++;
    }
    row.emitted = starts * COUNT;
    row.notes.push(`${length} steps of correcting and erasing, ${starts} of ${starts} starts (seed ${SEED})`);
  },
};

const noted = (step: Step): string | undefined =>
  step.what === "write" && step.path === "notes" ? step.bytes.toString().trim() : undefined;
