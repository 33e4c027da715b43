import { Failure } from "../../domain/failure.ts";
import type { ReadSocket } from "../../platform/socket.ts";
import type { Listen } from "../source.ts";
import type { RawAnswer } from "./ask.ts";
import { isOnLan } from "./lan.ts";

/** Meters speak every one to ten seconds. */
const WITHIN_MS = 25_000;
const MOST_BYTES = 64_000;

/** Listens at ports of devices in the home's own network, and of no others. */
export function createListen(needs: {
  readonly socket: ReadSocket;
  /** Counts the call, or throws a Failure `limited`. */
  readonly spend: () => void;
  readonly onRaw?: (raw: RawAnswer) => void;
  readonly signal?: AbortSignal;
}): Listen {
  return async ({ host, port, enough, mostBytes = MOST_BYTES, withinMs = WITHIN_MS }) => {
    const where = `${host}:${port}`;
    if (!isOnLan(host))
      throw new Failure("bad_address", `${where} is not in your own network`, {
        fix: "Name a device at home: what it says goes over the network as it is.",
      });
    needs.spend();
    const bytes = await needs.socket({
      ...{ host: host.replace(/^\[|\]$/g, ""), port, enough, mostBytes, withinMs },
      ...(needs.signal ? { signal: needs.signal } : {}),
    });
    needs.onRaw?.({ where, status: 0, text: `(${bytes.length} bytes, not kept: they hold the meter's number)` });
    return bytes;
  };
}
