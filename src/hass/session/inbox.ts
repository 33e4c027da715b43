import type { Micros } from "../../domain/time/time.ts";
import type { EntityEvent } from "../socket/open-socket.ts";

/** What the socket put away, in the order in which Home Assistant sent it. */
export type Received =
  | {
      readonly kind: "entities";
      /** Parses what came; to be called once. */
      readonly read: () => readonly EntityEvent[];
      readonly arrival: Micros;
      readonly bytes: number;
    }
  | { readonly kind: "event"; readonly event: RawEvent; readonly arrival: Micros; readonly bytes: number };

export type RawEvent = {
  readonly event_type: string;
  readonly data: { readonly [key: string]: unknown };
  readonly time_fired: string;
  readonly context: { readonly id?: unknown; readonly parent_id?: unknown; readonly user_id?: unknown };
};

/** Between the socket, which only puts things away, and the pump, which takes its time. */
export type Inbox = {
  put(item: Received): void;
  /** Resolves with at least one item, or with none once the inbox is closed and empty. */
  take(mostBytes: number): Promise<Received[]>;
  close(): void;
  /** Of what waits. A frame's bytes are shared out among its parts: not to be compared with 0. */
  readonly bytes: number;
  readonly isEmpty: boolean;
};

export type InboxNeeds = {
  readonly limit: number;
  /** Called once, when more than `limit` bytes of frames wait; nothing is thrown away. */
  readonly onFull: () => void;
  /** Told `true` when more than `above` bytes wait, and `false` when it is `below` again. */
  readonly crowd: { readonly above: number; readonly below: number; readonly tell: (crowded: boolean) => void };
};

export function createInbox(needs: InboxNeeds): Inbox {
  const { crowd } = needs;
  let items: Received[] = [];
  let next = 0;
  let bytes = 0;
  let closed = false;
  let full = false;
  let crowded = false;
  let wake = () => {};
  return {
    put: (item) => {
      if (closed) return;
      items.push(item);
      bytes += item.bytes;
      if (bytes > needs.limit && !full) {
        full = true;
        needs.onFull();
      }
      if (bytes > crowd.above && !crowded) {
        crowded = true;
        crowd.tell(true);
      }
      wake();
    },
    take: async (mostBytes) => {
      while (next >= items.length && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const from = next;
      let size = 0;
      while (next < items.length && size < mostBytes) size += (items[next++] as Received).bytes;
      bytes -= size;
      if (crowded && bytes <= crowd.below) {
        crowded = false;
        crowd.tell(false);
      }
      const taken = items.slice(from, next);
      if (next === items.length) {
        items = [];
        next = 0;
        bytes = 0;
      } else if (next > 65_536) {
        items = items.slice(next);
        next = 0;
      }
      return taken;
    },
    close: () => {
      closed = true;
      wake();
    },
    get bytes() {
      return bytes;
    },
    get isEmpty() {
      return next === items.length;
    },
  };
}
