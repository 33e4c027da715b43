import type { Socket } from "node:net";
import type { Usage, UsageRow } from "../../database/access/usage.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Caller } from "../auth/caller.ts";
import { refuse } from "../errors.ts";
import { LIMITS, type LimitName, type Limits } from "./policies.ts";
import { countIn, newWindow, type RateHeaders, type RateWindow, rateHeaders } from "./rates.ts";

/** Counts what each caller uses, and stops one that runs wild. On the way of every request, so it makes next to nothing. */
export type Meter = {
  /**
   * Counts a request. Throws where the caller has used up its quota; else what to tell of it: nothing while it is far
   * from the end of a quota so wide that saying so would cost more than answering.
   */
  admit(
    caller: Caller,
    method: string,
    limit: LimitName | undefined,
    socket: Socket | undefined,
  ): RateHeaders | undefined;
  /** A request that was not let through for its scope. */
  refused(caller: Caller): void;
  list(): readonly UsageRow[];
};

type Entry = { readonly row: UsageRow; readonly windows: Readonly<Record<LimitName, RateWindow>> };
type Counted = { entry: Entry; bytes: number };

/** Of a quota that wide, what is left is told only near its end. */
const WIDE = 100_000;
const NEAR_THE_END = 0.8;

export function createMeter(needs: { clock: Clock; usage: Usage; limits?: Limits | undefined }): Meter {
  const { clock, usage, limits = LIMITS } = needs;
  const entries: Readonly<Record<Caller["kind"], Map<string, Entry>>> = {
    token: new Map(),
    session: new Map(),
    socket: new Map(),
    ingress: new Map(),
  };
  /** Open sockets with whose bytes go over them: what a socket has written since is of that caller. */
  const sockets = new Map<Socket, Counted>();

  const entryOf = ({ kind, id, name }: Caller): Entry => {
    const known = entries[kind].get(id);
    if (known) return known;
    const windows = { now: newWindow(), history: newWindow(), write: newWindow() };
    const entry = { row: usage.of(kind, id, name), windows };
    entries[kind].set(id, entry);
    return entry;
  };
  const settle = (socket: Socket, counted: Counted) => {
    const { bytesWritten } = socket;
    counted.entry.row.bytesOut += bytesWritten - counted.bytes;
    counted.bytes = bytesWritten;
  };
  const follow = (socket: Socket, entry: Entry) => {
    const counted = sockets.get(socket);
    if (counted) {
      settle(socket, counted);
      counted.entry = entry;
      return;
    }
    const fresh = { entry, bytes: socket.bytesWritten };
    sockets.set(socket, fresh);
    socket.once("close", () => {
      settle(socket, fresh);
      sockets.delete(socket);
    });
  };

  return {
    admit: (caller, method, limit, socket) => {
      const entry = entryOf(caller);
      const { row, windows } = entry;
      row.requests++;
      row.lastUsed = clock.now();
      usage.counted();
      if (socket) follow(socket, entry);
      const name = limit ?? (method === "GET" || method === "HEAD" ? "now" : "write");
      const quota = limits[name];
      const window = windows[name];
      const ticks = clock.ticks();
      const wait = countIn(window, quota, ticks);
      if (wait !== undefined) {
        row.refused++;
        throw refuse(
          "too_many_requests",
          `“${caller.name}” has asked ${quota.requests} times in ${quota.perSeconds} s`,
          {
            fix: `Ask again in ${wait} s, and less often.`,
            headers: { "retry-after": String(wait), ...rateHeaders(name, window, quota, ticks) },
          },
        );
      }
      if (quota.requests >= WIDE && window.count < quota.requests * NEAR_THE_END) return undefined;
      return rateHeaders(name, window, quota, ticks);
    },
    refused: (caller) => {
      const { row } = entryOf(caller);
      row.requests++;
      row.refused++;
      row.lastUsed = clock.now();
      usage.counted();
    },
    list: () => {
      for (const [socket, counted] of sockets) settle(socket, counted);
      return usage.list();
    },
  };
}
