import { describeError, Failure } from "../../domain/failure.ts";
import type { Bell } from "../../platform/time/bell.ts";
import type { Connection } from "./connection.ts";

export type ProbingNeeds = {
  /** In the order of preference. */
  readonly connections: readonly Connection[];
  /** The one that is recorded from. */
  readonly active: Connection;
  readonly probe: (connection: Connection, signal: AbortSignal) => Promise<void>;
  /** Whether it is a good moment to change: a hole that is being filled is filled first. */
  readonly settled: () => boolean;
  readonly onBetter: (connection: Connection) => void;
  readonly onTold: () => void;
  readonly bell: Bell;
  readonly signal: AbortSignal;
};

/**
 * While one connection records, looks after the others: whether a preferred one works again, and once whether those
 * behind it work at all, so that a fallback is known to be good before it is needed. Ends with `signal`.
 */
export async function probeOthers(needs: ProbingNeeds): Promise<void> {
  const { connections, active, bell, signal } = needs;
  const rank = connections.indexOf(active);
  const confirmed = new Set<Connection>();
  while (!signal.aborted) {
    const preferred = connections.slice(0, rank).filter(({ paused }) => !paused);
    const better = preferred.find((one) => confirmed.has(one));
    if (better && needs.settled()) return needs.onBetter(better);
    const due = [
      ...preferred.filter((one) => !confirmed.has(one)),
      ...connections.slice(rank + 1).filter((one) => !one.paused && one.unchecked),
    ].sort((a, b) => a.msToProbe() - b.msToProbe())[0];
    const wait = due?.msToProbe();
    if (!due || wait !== 0) await bell.rest(wait, signal);
    else if (await answers(due, needs)) confirmed.add(due);
  }
}

async function answers(connection: Connection, { probe, onTold, signal }: ProbingNeeds): Promise<boolean> {
  connection.attempt();
  onTold();
  try {
    await probe(connection, signal);
    return connection.answered();
  } catch (error) {
    if (signal.aborted) connection.left();
    else connection.failed(error instanceof Failure ? error : new Failure("failed", describeError(error)));
    return false;
  } finally {
    onTold();
  }
}
