import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../support/data/random.ts";
import { createCutDisk, type Loss, readJournal, type Step, writeTree } from "../../support/disk/journal.ts";
import { shimEnvironment, shimUnavailable } from "../../support/disk/shim.ts";
import { type Fault, type Row, skip } from "../runner/fault.ts";
import { found, stays } from "./found.ts";
import { BATCHES, CUTOFF, entryOf, eventOf, identities, openSmall, PER_BATCH, PLAN, timeOf } from "./life.ts";

const SEED = Number(process.env.SEED ?? 3);
const LOSSES: readonly Loss[] = ["everything", "contents", "names", "some", "some", "some"];

/** What the store had promised at a moment. */
type Promised = { synced: number; acknowledged: number; position: number; shedding: boolean };

/** What a store did to its folder is played again up to a moment, and of what was not synced then a part is lost. */
export const powerCuts: Fault = {
  id: "R3",
  name: "power loss while sealing, merging, expiring, letting go",
  how: "every write, sync, rename and deletion of a store's life is recorded; 200 cuts (long: 600) are played: unsynced writes and names lost, reordered or torn; then opened and finished",
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const missing = shimUnavailable();
    if (missing) skip(missing);
    const folder = form.folder();
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const record = join(folder, "journal");
    execFileSync(process.execPath, [join(import.meta.dirname, "life.ts"), join(disk, "store"), join(disk, "notes")], {
      env: { ...process.env, ...shimEnvironment({ folder: disk, record }) },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const steps = readJournal(record, disk);
    isAllOfIt(steps, disk);

    const cuts = form.long ? 600 : form.quick ? 60 : 200;
    const random = createRandom(SEED);
    const at = new Set(Array.from({ length: cuts }, (_, i) => Math.floor(((i + random()) / cuts) * steps.length)));
    const playing = createCutDisk();
    const promised: Promised = { synced: 0, acknowledged: 0, position: 0, shedding: false };
    const came = { starts: 0, named: 0, unsynced: 0 };
    for (const [i, step] of steps.entries()) {
      playing.take(step);
      note(promised, step);
      if (!at.has(i)) continue;
      const loss = LOSSES[came.starts % LOSSES.length] as Loss;
      // Another path each time: what was read of a block is kept by its path, which no store uses twice.
      const store = join(folder, `cut-${i}`);
      writeTree(store, inCut(playing.after(loss, random)));
      await startAfter(row, store, {
        ...promised,
        what: `${loss} lost after step ${i}`,
        came,
        whole: came.starts % 8 === 0,
      });
      rmSync(store, { recursive: true, force: true });
      came.starts++;
    }
    row.notes.push(
      `${steps.length} steps, ${came.starts} of ${came.starts} starts; ${came.unsynced} acknowledged and not synced were gone, and filled; ${came.named} starts named a damaged end of the log (seed ${SEED})`,
    );
  },
};

/** The recording is whole: played to its end it is what lies on the disk. */
function isAllOfIt(steps: readonly Step[], disk: string): void {
  const playing = createCutDisk();
  for (const step of steps) playing.take(step);
  const played = playing.now();
  const there = readdirSync(disk, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(disk, path)).isFile(),
  );
  assert.deepEqual([...played].flatMap(([path, content]) => (content === "folder" ? [] : [path])).sort(), there.sort());
  for (const path of there) assert.ok(readFileSync(join(disk, path)).equals(played.get(path) as Buffer), path);
}

function note(promised: Promised, step: Step): void {
  if (step.what !== "write" || step.path !== "notes") return;
  const [what, number] = step.bytes.toString().trim().split(" ");
  if (what === "synced") promised.synced = Number(number);
  else if (what === "shedding") promised.shedding = true;
  else {
    promised.acknowledged++;
    promised.position = Number(number);
  }
}

/** As the store's folder, and as a machine that has been started again since. */
export function inCut(tree: ReadonlyMap<string, Buffer | "folder">): ReadonlyMap<string, Buffer | "folder"> {
  const own = [...tree].filter(([path]) => path.startsWith("store/"));
  return new Map(
    own.map(([path, content]) => [
      path.slice("store/".length),
      path === "store/running.json" && content !== "folder" ? anotherBoot(content) : content,
    ]),
  );
}

function anotherBoot(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString().replace(/"boot":"[^"]*"/, '"boot":"another one"'));
}

async function startAfter(
  row: Row,
  folder: string,
  given: Promised & { what: string; came: { named: number; unsynced: number }; whole: boolean },
): Promise<void> {
  const { synced, acknowledged, position, shedding, what, came, whole } = given;
  const store = await openSmall(folder);
  try {
    const mustStay = (number: number) => !shedding || stays(number);
    const { numbers, events } = await found(store);
    const known = new Set(numbers);
    const knownEvents = new Set(events);
    const all = Array.from({ length: acknowledged * PER_BATCH }, (_, number) => number).filter(mustStay);
    const allEvents = Array.from({ length: acknowledged }, (_, index) => index).filter(
      (index) => !shedding || timeOf(index * PER_BATCH) >= CUTOFF,
    );
    const lost = all.filter((number) => number < synced * PER_BATCH && !known.has(number));
    const lostEvents = allEvents.filter((index) => index < synced && !knownEvents.has(index));
    const twice = numbers.length - known.size + (events.length - knownEvents.size);
    row.emitted = (row.emitted ?? 0) + synced * (PER_BATCH + 1);
    row.lost = (row.lost ?? 0) + lost.length + lostEvents.length;
    row.duplicated = (row.duplicated ?? 0) + twice;
    assert.deepEqual([lost, lostEvents, twice], [[], [], 0], what);
    // What a block or the manifest holds was on the disk before it counted.
    const damages = store.damages();
    assert.deepEqual(
      damages.filter(({ file }) => !/^[0-9a-f]{16}\.log$/.test(file)),
      [],
      what,
    );
    if (damages.length > 0) came.named++;
    row.gaps = (row.gaps ?? 0) + store.gaps({ from: 0, to: Number.MAX_SAFE_INTEGER }).length;

    // As what was missed is filled from Home Assistant.
    const gone = all.filter((number) => !known.has(number));
    came.unsynced += gone.length;
    const filled = [
      ...(store.series().size < identities.length ? identities : []),
      ...gone.map(entryOf),
      ...allEvents.filter((index) => !knownEvents.has(index)).map(eventOf),
    ];
    if (filled.length > 0) {
      const [first] = await store.append(filled);
      assert.ok((first as number) > position, `${what}: position ${first} was given out before`);
    }
    if (whole) {
      for (let index = acknowledged; index < BATCHES; index++)
        await store.append([
          ...Array.from({ length: PER_BATCH }, (_, i) => index * PER_BATCH + i)
            .filter((number) => !known.has(number))
            .map(entryOf),
          ...(knownEvents.has(index) ? [] : [eventOf(index)]),
        ]);
      await store.seal();
      await store.shed(PLAN);
      const expected = Array.from({ length: BATCHES * PER_BATCH }, (_, number) => number).filter(stays);
      assert.deepEqual(
        (await found(store)).numbers.sort((a, b) => a - b),
        expected,
        `${what}, then finished`,
      );
    }
  } finally {
    await store.close();
  }
}
