import type { SentChange } from "../core/control-client.ts";
import type { RecordedRow } from "../core/recorder.ts";
import type { HubGap, HubRow, LiveChange } from "../hub/hub-reader.ts";

/**
 * What Core really sent (the control client's word) and what its recorder holds, against what the hub answers. Rows
 * are told apart by entity, time in microseconds and state text; removals, whose message names no time, by their place
 * among the entity's other rows.
 */
export type Findings = {
  /** Rows that the hub must have and has not. */
  missing: Placed[];
  /** Rows of the hub that nobody sent or recorded. */
  extra: HubRow[];
  /** Rows with other attributes than those sent. */
  different: string[];
  /** Rows whose attributes are the recorder's, not the wire's: they were filled. */
  filled: HubRow[];
  /** What Core sent and neither the hub nor the recorder has. */
  lost: SentChange[];
  matched: number;
};

export type Evidence = {
  sent: readonly SentChange[];
  rows: readonly HubRow[];
  /** Absent: the hub must have heard everything itself. */
  recorded?: readonly RecordedRow[];
};

export function compare({ sent, rows, recorded }: Evidence): Findings {
  const findings: Findings = { missing: [], extra: [], different: [], filled: [], lost: [], matched: 0 };
  const sentOf = groupByEntity(sent);
  const rowsOf = groupByEntity(rows);
  const recordedOf = groupByEntity(recorded ?? []);
  for (const entityId of new Set([...sentOf.keys(), ...rowsOf.keys(), ...recordedOf.keys()])) {
    const known = knownRows(sentOf.get(entityId) ?? [], recorded ? (recordedOf.get(entityId) ?? []) : undefined);
    compareEntity(known, [...(rowsOf.get(entityId) ?? [])].sort(byTime), findings);
  }
  return findings;
}

/** One row that existed in Core: as sent, as recorded, or both. */
type Known = {
  entityId: string;
  time: number;
  state: string | null;
  sent?: SentChange;
  recorded?: RecordedRow;
  /** Whether the hub must have it. */
  due: boolean;
};

function knownRows(sent: readonly SentChange[], recorded: readonly RecordedRow[] | undefined): Known[] {
  const rows: Known[] = [];
  const byKey = new Map<string, Known[]>();
  for (const change of sent) {
    const { entityId, updated: time, state } = change;
    // Without a recorder to fill from, everything sent is due.
    const row: Known = { entityId, time, state, sent: change, due: recorded === undefined };
    rows.push(row);
    byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
  }
  for (const row of recorded ?? []) {
    const { entityId, updated: time, state } = row;
    const same = byKey.get(keyOf({ entityId, time, state }))?.find((one) => one.recorded === undefined);
    if (same) Object.assign(same, { recorded: row, due: true });
    else rows.push({ entityId, time, state, recorded: row, due: true });
  }
  return rows.sort(byTime);
}

function compareEntity(known: Known[], rows: HubRow[], findings: Findings): void {
  const taken = new Set<Known>();
  const byKey = new Map<string, Known[]>();
  for (const one of known) if (one.state !== null) byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
  const heldKeys = new Set(rows.map(keyOf));
  const placeOf = new Map(known.map((one, place) => [one, place]));
  const removals = known.filter((one) => one.state === null);
  /** A removal stands before every later state and behind the state before it, if the hub has that one at all. */
  const belongsHere = (removal: Known, reached: number): boolean => {
    const place = placeOf.get(removal) as number;
    const previous = known.slice(0, place).findLast((one) => one.state !== null);
    return reached < place && (!previous || taken.has(previous) || !heldKeys.has(keyOf(previous)));
  };
  let reached = -1;
  for (const row of rows) {
    const match =
      row.state === null
        ? removals.find((one) => !taken.has(one) && belongsHere(one, reached))
        : byKey.get(keyOf(row))?.find((one) => !taken.has(one));
    if (!match) {
      findings.extra.push(row);
      continue;
    }
    taken.add(match);
    reached = Math.max(reached, placeOf.get(match) as number);
    findings.matched++;
    compareAttributes(row, match, findings);
  }
  for (const one of known) {
    if (taken.has(one)) continue;
    if (one.due) findings.missing.push(one);
    else if (one.sent) findings.lost.push(one.sent);
  }
}

function compareAttributes(row: HubRow, known: Known, findings: Findings): void {
  if (row.state === null) return;
  const held = canonical(row.attributes);
  if (known.sent && held === canonical(masked(known.sent.attributes))) return;
  if (known.recorded && held === canonical(masked(known.recorded.attributes))) {
    findings.filled.push(row);
    return;
  }
  const expected = (known.sent ?? known.recorded)?.attributes ?? {};
  findings.different.push(`${describe(row)}: ${held} instead of ${canonical(masked(expected))}`);
}

/** For a failed assertion: what is wrong, in words, ten of each. */
export function problemsOf({ missing, extra, different }: Findings): string[] {
  return [
    ...firstTen(missing.map((row) => `missing: ${describe(row)}`)),
    ...firstTen(extra.map((row) => `extra: ${describe(row)}`)),
    ...firstTen(different.map((text) => `different: ${text}`)),
  ];
}

export const firstTen = (problems: readonly string[]): string[] =>
  problems.length > 10 ? [...problems.slice(0, 10), `… ${problems.length} altogether`] : [...problems];

/** The live stream tells what history does not: contexts, `last_changed`, and that a removal's time is its arrival. */
export function compareLive(sent: readonly SentChange[], live: readonly LiveChange[]): string[] {
  const problems: string[] = [];
  const sentOf = groupByEntity(sent);
  for (const [entityId, changes] of groupByEntity(live)) {
    const byKey = new Map(
      (sentOf.get(entityId) ?? []).map((change) => [keyOf({ ...change, time: change.updated }), change]),
    );
    for (const change of changes) {
      if (change.state === null) {
        if (!change.timeIsArrival) problems.push(`${describe(change)}: a removal that is not marked time_is_arrival`);
        continue;
      }
      const original = byKey.get(keyOf(change));
      if (!original) problems.push(`${describe(change)}: never sent`);
      else if (canonical(change.context) !== canonical(original.context))
        problems.push(
          `${describe(change)}: context ${canonical(change.context)} instead of ${canonical(original.context)}`,
        );
      else if (change.changed !== original.changed)
        problems.push(`${describe(change)}: changed ${change.changed} instead of ${original.changed}`);
      else if (change.timeIsArrival) problems.push(`${describe(change)}: marked time_is_arrival`);
    }
  }
  return problems;
}

/**
 * Gaps in states are right when everything lost lies inside a gap of its entity, and every gap holds something lost.
 * Both ends of a gap are outside of it.
 */
export function compareGaps(lost: readonly SentChange[], gaps: readonly HubGap[]): string[] {
  const ofStates = gaps.filter((gap) => gap.kind === "states");
  const holds = (gap: HubGap, change: SentChange) =>
    (gap.entityId === null || gap.entityId === change.entityId) && gap.from < change.updated && change.updated < gap.to;
  const unnamed = lost.filter((change) => !ofStates.some((gap) => holds(gap, change)));
  const empty = ofStates.filter((gap) => !lost.some((change) => holds(gap, change)));
  return [
    ...unnamed.map((change) => `lost and in no gap: ${describe({ ...change, time: change.updated })}`),
    ...empty.map((gap) => `a gap in which nothing was lost: ${gap.entityId} ${gap.from}..${gap.to} (${gap.cause})`),
  ];
}

/** docs/architecture.md, "Masking": the hub stores these secrets as `***`. Everything else is kept exactly. */
export function masked(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (["access_token", "token", "password"].includes(name)) return [name, "***"];
      if (!name.startsWith("entity_picture") || typeof value !== "string") return [name, value];
      return [name, value.replace(/([?&](?:token|access_token|authSig|key)=)[^&]+/g, "$1***")];
    }),
  );
}

export type Placed = { entityId: string; time: number; state: string | null };

const keyOf = ({ entityId, time, state }: Placed): string =>
  state === null ? `${entityId} removed ${time}` : `${entityId} ${time} ${state}`;
const byTime = (a: { time: number }, b: { time: number }): number => a.time - b.time;
const describe = ({ entityId, time, state }: Placed): string =>
  `${entityId} at ${time} ${state === null ? "removed" : JSON.stringify(state.slice(0, 40))}`;

function groupByEntity<T extends { entityId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.entityId);
    if (group) group.push(row);
    else groups.set(row.entityId, [row]);
  }
  return groups;
}

/** One text for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
