import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { compare, compareGaps, type Findings, firstTen, problemsOf } from "../support/compare.ts";
import { readJournal, type SentChange } from "../support/control-client.ts";
import { coreUnavailable } from "../support/core.ts";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub.ts";
import { type HubGap, type HubRow, readHub } from "../support/hub-reader.ts";
import { type LoadKind, runLoad, startLoad, waitForLoad } from "../support/load.ts";
import { type Home, HUB_EVENTS, hubHas, openHome, seriesOf } from "../support/recorded-home.ts";
import { readRecorder, recorderCaughtUp } from "../support/recorder.ts";
import { followRenames } from "../support/renames.ts";

const skip = await coreUnavailable();
const LONG = process.env.LONG === "1";
/** The hub is away for as long as 3,000 changes take. */
const AWAY_RATE = LONG ? 50 : 250;
const AWAY_CHANGES = 3_000;
const STOPPED_CHANGES = 60_000;
/** Core's recorder writes a few thousand rows a second, so it is far behind after a run at full speed. */
const FILLED_WITHIN = 150;

/** Entities that the recorder leaves out: what the hub does not hear of them is lost, and must be named as a gap. */
const UNRECORDED = { entities: 5, prefix: "unrecorded", mix: mixWithout("removed") };
const REGISTERED = ["boiler", "left", "right", "unrecorded_meter"];

let home: Home;
let hub: Hub;
let dataDir: string;

before(async () => {
  if (skip) return;
  dataDir = mkdtempSync(join(tmpdir(), "hub-faults-"));
  home = await openHome({ name: "faults", journal: true }, [...HUB_EVENTS, "entity_registry_updated"]);
  const entities = REGISTERED.map((unique_id) => ({ unique_id, object_id: unique_id, device: "Cellar" }));
  await home.control.action("ingestor_load.add_entities", { entities });
  await startOurHub();
});
after(async () => {
  await hub?.stop();
  await home?.close();
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

test("killed while Core makes 3,000 changes, renames an entity and swaps two names: all that Core recorded is there", {
  skip,
}, async (t) => {
  const { control } = home;
  const from = (await home.mark()).time;
  await runLoad(control, { count: 1_000, prefix: "fault", seed: 1 });
  await runLoad(control, { count: 20, seed: 2, ...UNRECORDED });
  for (const name of REGISTERED) await write(name, `${name} before`);
  await hubHas(readHub(hub), await home.mark());

  await hub.kill();
  const leftAt = (await home.mark()).time;
  const loads = [
    await startLoad(control, { count: AWAY_CHANGES, rate: AWAY_RATE, prefix: "fault", seed: 3 }),
    await startLoad(control, { count: AWAY_CHANGES / 20, rate: AWAY_RATE / 20, seed: 4, ...UNRECORDED }),
  ];
  await toggleLights();
  for (const name of REGISTERED) await write(name, `${name} away`);
  await rename("boiler", "furnace");
  await rename("left", "in_between");
  await rename("right", "left");
  await rename("in_between", "right");
  for (const name of REGISTERED) await write(name, `${name} under its new name`);
  for (const { run } of loads) await waitForLoad(control, run);
  const backAt = (await home.mark()).time;

  await startOurHub();
  await runLoad(control, { count: 500, prefix: "fault", seed: 5 });
  for (const name of REGISTERED) await write(name, `${name} after`);
  const end = await home.mark();

  const { findings, rows } = await allIsThere({ from, end, interruptions: 1 });
  assert.ok(findings.lost.length > 50, "unrecorded entities changed while the hub was away");
  const recordedOnly = findings.filled.filter(({ time }) => time > leftAt && time < backAt);
  assert.ok(recordedOnly.length > 0, "attributes that the recorder drops show that rows came from it");
  assert.equal(findings.filled.length, recordedOnly.length, "what was heard live has all its attributes");
  assert.deepEqual(namesAndTexts(rows, "boiler"), ["sensor.furnace", ...TEXTS_OF("boiler")]);
  assert.deepEqual(namesAndTexts(rows, "left"), ["sensor.right", ...TEXTS_OF("left")]);
  assert.deepEqual(namesAndTexts(rows, "right"), ["sensor.left", ...TEXTS_OF("right")]);
  t.diagnostic(`${findings.matched} rows right, 0 missing, 0 extra; ${findings.lost.length} lost, each in a gap`);
});

test("stopped until Core cuts it off: all that Core recorded is there", { skip }, async (t) => {
  const { control, core } = home;
  const from = (await home.mark()).time;
  await runLoad(control, { count: 20, seed: 11, ...UNRECORDED });
  await hubHas(readHub(hub), await home.mark());
  const loggedBefore = core.logText().length;

  hub.signal("SIGSTOP");
  let made = 0;
  const cut = () => /unable to keep up/.test(core.logText().slice(loggedBefore));
  for (let seed = 12; made < STOPPED_CHANGES || !cut(); seed++) {
    assert.ok(made < 10 * STOPPED_CHANGES, `after ${made} changes Core has not cut off a reader that does not read`);
    const quiet = await startLoad(control, { count: 25, rate: 25, seed, ...UNRECORDED });
    made += (await runLoad(control, { count: STOPPED_CHANGES / 3, prefix: "fault", seed })).made;
    await waitForLoad(control, quiet.run);
  }
  assert.equal(control.connections.length, 1, "the witness was connected throughout");
  hub.signal("SIGCONT");
  const end = await home.mark();

  const { findings, gaps } = await allIsThere({ from, end, interruptions: 1 });
  assert.ok(findings.lost.length > 0, "unrecorded entities changed while the hub was cut off");
  assert.deepEqual(
    [...new Set(gaps.filter(({ kind }) => kind === "events").map(({ cause }) => cause))],
    ["slow_reader"],
  );
  t.diagnostic(
    `${made} changes at full speed: ${findings.matched} rows right, 0 missing, 0 extra, ${findings.lost.length} lost`,
  );
});

test("Core restarts under load: all that Core recorded is there", { skip }, async (t) => {
  const { control, core } = home;
  const from = (await home.mark()).time;
  // Every entity is known to the hub before: one that came and went within the interruption leaves no trace.
  await runLoad(control, { count: 400, prefix: "fault", seed: 20 });
  const load = { count: 100_000, rate: 200, seed: 21 };
  await startLoad(control, { ...load, prefix: "fault" });
  await startLoad(control, { ...load, unique_ids: REGISTERED, mix: mixWithout("removed", "vanished") });
  await hubHas(readHub(hub), await home.mark());

  await core.restart();
  await control.connected(2);
  await runLoad(control, { count: 400, rate: 200, prefix: "fault", seed: 22 });
  const end = await home.mark();

  const journal = readJournal(core.runDir);
  const told = new Set(journal.map(keyOf));
  const witnessed = control.changes().filter(({ updated }) => updated > from);
  assert.deepEqual(firstTen(witnessed.filter((one) => one.connection === 1 && !told.has(keyOf(one))).map(keyOf)), []);
  const seen = new Set(witnessed.map(keyOf));
  const unseen = journal.filter((change) => change.updated > from && !seen.has(keyOf(change)));
  assert.ok(unseen.length > 0, "Core went on for a while after it had cut off its clients");
  const states = (control.connections[1]?.states ?? []).map((state) => ({ ...state, isNew: true, connection: 2 }));
  const found = states.filter((one) => one.updated > from && !seen.has(keyOf(one)) && !told.has(keyOf(one)));
  const sent = [...witnessed, ...unseen, ...found].sort((a, b) => a.updated - b.updated);

  const atRestart = ({ time, state }: HubRow) => state === null && time > from && time < end.time;
  const present = () => control.call<{ entity_id: string }[]>("get_states");
  const back = new Set((await present()).map(({ entity_id }) => entity_id));
  // Nobody recorded them and they did not come back: whether they changed before they went cannot be told.
  const unknowable = ({ entityId, cause }: HubGap) =>
    cause === "not_recorded" && /^sensor\.unrecorded_/.test(entityId ?? "") && !back.has(entityId ?? "");
  const { findings } = await allIsThere({ from, end, interruptions: 1, sent, unsent: atRestart, unknowable });
  await eventually(20, async () => {
    const shown = await readHub(hub).get<{ states: { entity_id: string }[] }>("api/v1/states");
    assert.deepEqual(names(shown.states), names(await present()), "what is gone after the restart is not shown");
  });
  t.diagnostic(`${findings.matched} rows right, 0 missing, 0 extra; ${findings.lost.length} lost, each in a gap`);
});

type Expected = {
  from: number;
  end: { entityId: string; state: string; time: number };
  /** How often the hub was away. */
  interruptions: number;
  /** Instead of what the control client saw. */
  sent?: readonly SentChange[];
  /** Rows that the hub may have although nobody sent them. */
  unsent?: (row: HubRow) => boolean;
  /** Gaps that are right although nobody can say whether something was lost in them. */
  unknowable?: (gap: HubGap) => boolean;
};

/**
 * 0 missing of what Core's recorder holds, 0 extra; everything that Core sent and that neither the hub nor the
 * recorder has lies in a gap of its entity, and every gap holds such a change; every interruption is one gap in
 * events, and every event that the hub lacks lies in it.
 */
async function allIsThere({ from, end, interruptions, sent, unsent, unknowable }: Expected) {
  const { control } = home;
  const reader = readHub(hub);
  await hubHas(reader, end);
  await recorderCaughtUp(control);
  const within = ({ updated }: SentChange) => updated > from && updated <= end.time;
  const all = followRenames(sent ?? control.changes(), control.events()).filter(within);
  const ids = [
    ...new Set([
      ...all.map(({ entityId }) => entityId),
      ...control.connections.flatMap(({ states }) => states.map(({ entityId }) => entityId)),
    ]),
  ];
  const recorded = await readRecorder(control, ids, from, end.time + 1);
  assert.ok(recorded.length > 0);

  return eventually(FILLED_WITHIN, async () => {
    const rows = (await reader.history(await seriesOf(reader), from + 1, end.time + 1)).filter(
      (row) => !row.entityId.startsWith("sensor.recorder_mark"),
    );
    const findings: Findings = compare({ sent: all, rows, recorded });
    findings.extra = findings.extra.filter((row) => !unsent?.(row));
    assert.deepEqual(problemsOf(findings), []);
    assert.deepEqual(twoSeriesOfOneName(rows), []);

    const gaps = (await reader.gaps(from, end.time)).filter((gap) => gap.to > from && gap.from < end.time);
    assert.deepEqual(
      firstTen(
        compareGaps(
          findings.lost,
          gaps.filter((gap) => !unknowable?.(gap)),
        ),
      ),
      [],
    );
    const inEvents = gaps.filter(({ kind }) => kind === "events");
    assert.equal(inEvents.length, interruptions, "one gap in events per interruption");
    await eventsAreThereOrInAGap(from, end.time, inEvents);
    return { findings, rows, gaps };
  });
}

async function eventsAreThereOrInAGap(from: number, to: number, gaps: readonly HubGap[]): Promise<void> {
  const stored = new Set(
    (await readHub(hub).events(from, to)).map(({ type, time, contextId }) => `${type} ${time} ${contextId}`),
  );
  const lacking = home.control
    .events()
    .filter(({ type, time }) => HUB_EVENTS.includes(type) && time > from && time < to)
    .filter(({ type, time, context }) => !stored.has(`${type} ${time} ${context.id}`))
    .filter(({ time }) => !gaps.some((gap) => gap.from < time && time < gap.to));
  assert.deepEqual(firstTen(lacking.map(({ type, time }) => `${type} at ${time} is neither stored nor in a gap`)), []);
}

/** A name that two series claim is a history torn apart. */
function twoSeriesOfOneName(rows: readonly HubRow[]): string[] {
  const seriesOfName = new Map<string, Set<number>>();
  for (const { entityId, series } of rows)
    seriesOfName.set(entityId, (seriesOfName.get(entityId) ?? new Set()).add(series));
  return [...seriesOfName].filter(([, series]) => series.size > 1).map(([name, series]) => `${name}: ${[...series]}`);
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

async function startOurHub(): Promise<void> {
  hub = await startHub({ haUrl: home.core.url, haToken: home.core.token, dataDir });
  await hubHas(readHub(hub), await home.mark());
}

const keyOf = ({ entityId, updated, state }: SentChange) => `${entityId} at ${updated} ${state}`;

const write = (unique_id: string, state: string) =>
  home.control.action("ingestor_load.write", { unique_id, state, attributes: { who: unique_id } }, { answers: false });

const rename = (from: string, to: string) =>
  home.control.call("config/entity_registry/update", { entity_id: `sensor.${from}`, new_entity_id: `sensor.${to}` });

/** Lights have attributes that Core does not record; of each, all but the last change can only come from its history. */
async function toggleLights(): Promise<void> {
  const [ceiling, bed] = ["light.ceiling_lights", "light.bed_light"];
  for (const entity_id of [ceiling, bed, ceiling, bed, bed])
    await home.control.action("light.toggle", { entity_id }, { answers: false });
}

function mixWithout(...left: LoadKind[]): Partial<Record<LoadKind, number>> {
  const mix = { number: 6, forced: 1, attributes: 2, vanished: 1, removed: 1, user: 1, text: 1 };
  return Object.fromEntries(Object.entries(mix).filter(([kind]) => !left.includes(kind as LoadKind)));
}

const names = (states: readonly { entity_id: string }[]) => states.map(({ entity_id }) => entity_id).sort();
