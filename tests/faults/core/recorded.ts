import assert from "node:assert/strict";
import { whatCameAndWent } from "../../support/core/came-and-went.ts";
import type { SentChange } from "../../support/core/control-client.ts";
import type { LoadKind } from "../../support/core/load.ts";
import { type Home, HUB_EVENTS, hubHas, seriesOf } from "../../support/core/recorded-home.ts";
import { isoOf, readRecorder, recorderCaughtUp } from "../../support/core/recorder.ts";
import { followRenames } from "../../support/core/renames.ts";
import { compare, compareGaps, type Findings, firstTen, type Placed, problemsOf } from "../../support/data/compare.ts";
import { eventually } from "../../support/eventually.ts";
import { type Hub, startHub } from "../../support/hub/hub.ts";
import { type HubGap, type HubRow, readHub } from "../../support/hub/hub-reader.ts";
import type { Fault, Form, Row } from "../runner/fault.ts";

/** Core's recorder writes a few thousand rows a second, so it is far behind after a run at full speed. */
const FILLED_WITHIN = 150;
/** After an outage the hub's next attempt is at most 15 s away, and the hub waits for history. */
const FOUND_WITHIN = 120;

/** Entities that the recorder leaves out: what the hub does not hear of them is lost, and must be named as a gap. */
export const UNRECORDED = { entities: 5, prefix: "unrecorded", mix: mixWithout("removed") };
export const REGISTERED = ["boiler", "left", "right", "unrecorded_meter"];

/** The run's real Home Assistant, and a hub of one fault that records it. */
export type World = AsyncDisposable & {
  readonly home: Home;
  hub(): Hub;
  startHub(): Promise<void>;
};

const prepared = new WeakSet<Home>();

async function openWorld(form: Form): Promise<World> {
  const home = await form.core();
  if (!prepared.has(home)) {
    const entities = REGISTERED.map((unique_id) => ({ unique_id, object_id: unique_id, device: "Cellar" }));
    await home.control.action("ingestor_load.add_entities", { entities });
    prepared.add(home);
  }
  const dataDir = form.folder();
  let hub: Hub | undefined;
  const world: World = {
    home,
    hub: () => hub as Hub,
    startHub: async () => {
      hub = await startHub({ haUrl: home.core.url, haToken: home.core.token, dataDir });
      await hubHas(readHub(hub), await home.mark());
    },
    [Symbol.asyncDispose]: async () => void (await hub?.stop()),
  };
  await world.startHub();
  return world;
}

/** A fault in a world of its own, which ends with it. */
export const besideCore = ({
  run,
  ...fault
}: Pick<Fault, "id" | "name" | "how"> & { run(row: Row, world: World, form: Form): Promise<void> }): Fault => ({
  ...fault,
  home: "Core",
  runs: "always",
  run: async (row, form) => {
    await using world = await openWorld(form);
    await run(row, world, form);
  },
});

/** What `allIsThere` found, in the words of the table. */
export function tell(row: Row, { findings, gaps, unknowable }: Found): void {
  const { matched, missing, extra, lost } = findings;
  row.emitted = matched + missing.length + lost.length;
  row.lost = missing.length;
  row.duplicated = extra.length;
  row.gaps = gaps.length;
  row.notes.push(`${lost.length} changes are in no recorder, each in a gap of its entity`);
  const entities = new Set(unknowable.map(({ entityId }) => entityId)).size;
  if (entities > 0)
    row.notes.push(`unknowable: ${unknowable.length} rows of ${entities} entities that came and went meanwhile`);
}

export function mixWithout(...left: LoadKind[]): Partial<Record<LoadKind, number>> {
  const mix = { number: 6, forced: 1, attributes: 2, vanished: 1, removed: 1, user: 1, text: 1 };
  return Object.fromEntries(Object.entries(mix).filter(([kind]) => !left.includes(kind as LoadKind)));
}

export type Found = {
  readonly findings: Findings;
  readonly rows: readonly HubRow[];
  readonly gaps: readonly HubGap[];
  /** Rows that the hub lacks, and that no program could have found, as the witnesses tell. */
  readonly unknowable: readonly Placed[];
};

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
export async function allIsThere(world: World, expected: Expected): Promise<Found> {
  const { from, end, interruptions, sent, unsent, unknowable } = expected;
  const { control } = world.home;
  const reader = readHub(world.hub());
  await hubHas(reader, end, FOUND_WITHIN);
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
    const gaps = (await reader.gaps(from, end.time)).filter((gap) => gap.to > from && gap.from < end.time);
    const inEvents = gaps.filter(({ kind }) => kind === "events");
    const snapshots = control.connections.flatMap(({ states }) => states);
    const seen = [...control.changes(), ...(sent ?? []), ...recorded, ...snapshots];
    const cameAndWent = whatCameAndWent(seen, inEvents, await inLogbook(world, inEvents));
    const findings: Findings = compare({ sent: all, rows, recorded });
    findings.extra = findings.extra.filter((row) => !unsent?.(row));
    const lacking = [...findings.missing, ...findings.lost.map((one) => ({ ...one, time: one.updated }))];
    findings.missing = findings.missing.filter((row) => !cameAndWent(row));
    findings.lost = findings.lost.filter((one) => !cameAndWent({ ...one, time: one.updated }));
    assert.deepEqual(problemsOf(findings), []);
    assert.deepEqual(twoSeriesOfOneName(rows), []);

    assert.deepEqual(
      firstTen(
        compareGaps(
          findings.lost,
          gaps.filter((gap) => !unknowable?.(gap)),
        ),
      ),
      [],
    );
    assert.equal(inEvents.length, interruptions, "one gap in events per interruption");
    await eventsAreThereOrInAGap(world, from, end.time, inEvents);
    return { findings, rows, gaps, unknowable: lacking.filter(cameAndWent) };
  });
}

/** The names that Home Assistant's logbook tells of some times. */
async function inLogbook({ home }: World, times: readonly HubGap[]): Promise<Set<string | undefined>> {
  const names = new Set<string | undefined>();
  for (const { from, to } of times) {
    const asked = { start_time: isoOf(from), end_time: isoOf(to) };
    for (const { entity_id } of await home.control.call<{ entity_id?: string }[]>("logbook/get_events", asked))
      names.add(entity_id);
  }
  return names;
}

async function eventsAreThereOrInAGap(
  { home, hub }: World,
  from: number,
  to: number,
  gaps: readonly HubGap[],
): Promise<void> {
  const stored = new Set(
    (await readHub(hub()).events(from, to)).map(({ type, time, contextId }) => `${type} ${time} ${contextId}`),
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

export const keyOf = ({ entityId, updated, state }: SentChange) => `${entityId} at ${updated} ${state}`;
