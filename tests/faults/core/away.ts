import assert from "node:assert/strict";
import { readJournal } from "../../support/core/control-client.ts";
import { runLoad, startLoad, waitForLoad } from "../../support/core/load.ts";
import { type Home, hubHas } from "../../support/core/recorded-home.ts";
import { firstTen } from "../../support/data/compare.ts";
import { eventually } from "../../support/eventually.ts";
import { type HubGap, type HubRow, readHub } from "../../support/hub/hub-reader.ts";
import { allIsThere, besideCore, keyOf, mixWithout, REGISTERED, tell, UNRECORDED, type World } from "./recorded.ts";

/** The hub is away for as long as 3,000 changes take. */
const AWAY_CHANGES = 3_000;
const STOPPED_CHANGES = 60_000;

export const killedBesideCore = besideCore({
  id: "R1",
  name: "kill -9 while entities are renamed",
  how: "SIGKILL; while the hub is away 3,000 changes, a rename and a swap of two names; then started again",
  run: async (row, world, form) => {
    const { home } = world;
    const { control } = home;
    const rate = form.long ? 50 : 250;

    const from = await recordedFrom(world, async () => {
      await runLoad(control, { count: 1_000, prefix: "fault", seed: 1 });
      await runLoad(control, { count: 20, seed: 2, ...UNRECORDED });
      for (const name of REGISTERED) await write(home, name, `${name} before`);
    });

    await world.hub().kill();
    const leftAt = (await home.mark()).time;
    const loads = [
      await startLoad(control, { count: AWAY_CHANGES, rate: rate, prefix: "fault", seed: 3 }),
      await startLoad(control, { count: AWAY_CHANGES / 20, rate: rate / 20, seed: 4, ...UNRECORDED }),
    ];
    await toggleLights(home);
    for (const name of REGISTERED) await write(home, name, `${name} away`);
    await rename(home, "boiler", "furnace");
    await rename(home, "left", "in_between");
    await rename(home, "right", "left");
    await rename(home, "in_between", "right");
    for (const name of REGISTERED) await write(home, name, `${name} under its new name`);
    for (const { run } of loads) await waitForLoad(control, run);
    const backAt = (await home.mark()).time;

    await world.startHub();
    await runLoad(control, { count: 500, prefix: "fault", seed: 5 });
    for (const name of REGISTERED) await write(home, name, `${name} after`);
    const end = await home.mark();

    const found = await allIsThere(world, { from, end, interruptions: 1 });
    const { findings, rows } = found;
    assert.ok(findings.lost.length > 50, "unrecorded entities changed while the hub was away");
    const recordedOnly = findings.filled.filter(({ time }) => time > leftAt && time < backAt);
    assert.ok(recordedOnly.length > 0, "attributes that the recorder drops show that rows came from it");
    assert.equal(findings.filled.length, recordedOnly.length, "what was heard live has all its attributes");
    assert.deepEqual(namesAndTexts(rows, "boiler"), ["sensor.furnace", ...TEXTS_OF("boiler")]);
    assert.deepEqual(namesAndTexts(rows, "left"), ["sensor.right", ...TEXTS_OF("left")]);
    assert.deepEqual(namesAndTexts(rows, "right"), ["sensor.left", ...TEXTS_OF("right")]);
    tell(row, found);
  },
});

export const stalledBesideCore = besideCore({
  id: "R8",
  name: "the hub stalls",
  how: "SIGSTOP at full speed until Home Assistant logs that the hub is unable to keep up, and cuts it off",
  run: async (row, world) => {
    const { home } = world;
    const { control, core } = home;

    const from = await recordedFrom(world, () => runLoad(control, { count: 20, seed: 11, ...UNRECORDED }));
    const loggedBefore = core.logText().length;
    const witnessed = control.connections.length;

    world.hub().signal("SIGSTOP");
    let made = 0;
    const cut = () => /unable to keep up/.test(core.logText().slice(loggedBefore));
    for (let seed = 12; made < STOPPED_CHANGES || !cut(); seed++) {
      assert.ok(made < 10 * STOPPED_CHANGES, `after ${made} changes Core has not cut off a reader that does not read`);
      const quiet = await startLoad(control, { count: 25, rate: 25, seed, ...UNRECORDED });
      made += (await runLoad(control, { count: STOPPED_CHANGES / 3, prefix: "fault", seed })).made;
      await waitForLoad(control, quiet.run);
    }
    assert.equal(control.connections.length, witnessed, "the witness was connected throughout");
    world.hub().signal("SIGCONT");
    const end = await home.mark();

    const found = await allIsThere(world, { from, end, interruptions: 1 });
    assert.ok(found.findings.lost.length > 0, "unrecorded entities changed while the hub was cut off");
    assert.deepEqual(
      [...new Set(found.gaps.filter(({ kind }) => kind === "events").map(({ cause }) => cause))],
      ["slow_reader"],
    );
    tell(row, found);
    row.notes.push(`${made} changes at full speed, then cut off`);
  },
});

export const coreRestarts = besideCore({
  id: "R6",
  name: "Home Assistant restarts",
  how: "as a user restarts it (long: off for 5 min), at 400 changes/s, some entities left out by its recorder",
  run: async (row, world, form) => {
    const { home } = world;
    const { control, core } = home;

    const from = await recordedFrom(world, async () => {
      await runLoad(control, { count: 400, prefix: "fault", seed: 20 });
      const load = { count: 100_000, rate: 200, seed: 21 };
      await startLoad(control, { ...load, prefix: "fault" });
      await startLoad(control, { ...load, unique_ids: REGISTERED, mix: mixWithout("removed", "vanished") });
    });

    const before = control.connections.length;
    if (form.long) {
      await core.shutDown();
      await new Promise((resolve) => setTimeout(resolve, 5 * 60_000));
      await core.start();
    } else await core.restart();
    await control.connected(before + 1);
    await runLoad(control, { count: 400, rate: 200, prefix: "fault", seed: 22 });
    const end = await home.mark();

    const journal = readJournal(core.runDir);
    const told = new Set(journal.map(keyOf));
    const witnessed = control.changes().filter(({ updated }) => updated > from);
    assert.deepEqual(
      firstTen(witnessed.filter((one) => one.connection === before && !told.has(keyOf(one))).map(keyOf)),
      [],
    );
    const seen = new Set(witnessed.map(keyOf));
    const unseen = journal.filter((change) => change.updated > from && !seen.has(keyOf(change)));
    assert.ok(unseen.length > 0, "Core went on for a while after it had cut off its clients");
    const states = (control.connections[before]?.states ?? []).map((state) => ({
      ...state,
      isNew: true,
      connection: before + 1,
    }));
    const atBoot = states.filter((one) => one.updated > from && !seen.has(keyOf(one)) && !told.has(keyOf(one)));
    const sent = [...witnessed, ...unseen, ...atBoot].sort((a, b) => a.updated - b.updated);

    const atRestart = ({ time, state }: HubRow) => state === null && time > from && time < end.time;
    const present = () => control.call<{ entity_id: string }[]>("get_states");
    const back = new Set((await present()).map(({ entity_id }) => entity_id));
    // Nobody recorded them and they did not come back: whether they changed before they went cannot be told.
    const unknowable = ({ entityId, cause }: HubGap) =>
      cause === "not_recorded" && /^sensor\.unrecorded_/.test(entityId ?? "") && !back.has(entityId ?? "");
    const found = await allIsThere(world, { from, end, interruptions: 1, sent, unsent: atRestart, unknowable });
    await eventually(20, async () => {
      const shown = await readHub(world.hub()).get<{ states: { entity_id: string }[] }>("api/v1/states");
      assert.deepEqual(names(shown.states), names(await present()), "what is gone after the restart is not shown");
    });
    tell(row, found);
  },
});

/** What is made now is recorded live; answers with the time since which everything counts. */
async function recordedFrom({ home, hub }: World, make: () => Promise<unknown>): Promise<number> {
  const { time } = await home.mark();
  await make();
  await hubHas(readHub(hub()), await home.mark());
  return time;
}

const TEXTS_OF = (name: string) => ["before", "away", "under its new name", "after"].map((when) => `${name} ${when}`);

/** The name that a history has in the end, and what one entity was told over its renames. */
function namesAndTexts(rows: readonly HubRow[], who: string): string[] {
  const texts = TEXTS_OF(who);
  const own = rows.filter(({ state }) => state !== null && texts.includes(state)).sort((a, b) => a.time - b.time);
  // A rename writes the state once more under the new name.
  const distinct = own.map(({ state }) => state as string).filter((state, i, all) => state !== all[i - 1]);
  return [...new Set(own.map(({ entityId }) => entityId)), ...distinct];
}

const write = ({ control }: Home, unique_id: string, state: string) =>
  control.action("ingestor_load.write", { unique_id, state, attributes: { who: unique_id } }, { answers: false });

const rename = ({ control }: Home, from: string, to: string) =>
  control.call("config/entity_registry/update", { entity_id: `sensor.${from}`, new_entity_id: `sensor.${to}` });

/** Lights have attributes that Core does not record; of each, all but the last change can only come from its history. */
async function toggleLights({ control }: Home): Promise<void> {
  const [ceiling, bed] = ["light.ceiling_lights", "light.bed_light"];
  for (const entity_id of [ceiling, bed, ceiling, bed, bed])
    await control.action("light.toggle", { entity_id }, { answers: false });
}

const names = (states: readonly { entity_id: string }[]) => states.map(({ entity_id }) => entity_id).sort();
