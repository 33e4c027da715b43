import type { Position } from "../../../domain/data/reading.ts";
import { currentIdentity } from "../../../domain/data/series.ts";
import { sseText } from "../../../history/encode/replay.ts";
import type { Answer, History } from "../../../history/history.ts";
import type { Topics } from "../../../live/topics.ts";
import type { Caller } from "../../auth/caller.ts";
import type { ProblemCode } from "../../errors.ts";
import { presentEntities } from "../../ports/present.ts";
import { eventShape, gapShape, partShape } from "../../shapes/answers.ts";
import { createFilter, type LiveMessage } from "../filter.ts";
import type { Subscribe } from "../frames.ts";
import type { Connection, LiveNeeds } from "../streams.ts";
import { createOutlet, type Outlet } from "./outlet.ts";
import type { Turns } from "./turns.ts";

/** One server-sent stream (docs/wire.md): every message is told under its position, and nothing out of order. */

const QUEUE = 20_000;
const HEARTBEAT_MS = 15_000;
/** Heartbeats that find no room before a client counts as gone. */
const MOST_STALLED = 4;
/** What a browser waits before it connects again. */
const RETRY_MS = 3_000;

export type StreamNeeds = LiveNeeds & {
  readonly history: Pick<History, "holds" | "replay">;
  readonly windowStart: () => Position;
  /** Replays that may be under way at a time. */
  readonly turns: Turns;
};

export type Resume = { readonly from: Position } | { readonly reset: string } | undefined;

/** Whether a stream can go on behind the id that its client saw last. */
export async function resumeAt(
  lastId: string | undefined,
  needs: Pick<StreamNeeds, "history" | "windowStart" | "position">,
): Promise<Resume> {
  if (lastId === undefined) return undefined;
  const id = /^\d{1,16}$/.test(lastId) ? Number(lastId) : Number.NaN;
  if (!Number.isSafeInteger(id) || id > needs.position()) return { reset: "No entry has this id" };
  if (id < needs.windowStart()) return { reset: "What came after this id is older than the log window" };
  if (id > 0 && !(await needs.history.holds(id))) return { reset: "No entry has this id" };
  return { from: id };
}

/** A position counts for all topics, so that a client of a quiet one does not fall out of the log window. */
const POSITIONED: readonly (keyof Topics)[] = ["change", "event", "gap"];
const WANTED = { change: "changes", event: "events", gap: "gaps", status: "status" } as const;

export function startEventStream(
  needs: StreamNeeds & {
    readonly asked: Subscribe;
    readonly resume: Resume;
    readonly caller: Caller;
    readonly onEnd: () => void;
  },
): { readonly body: ReadableStream<Uint8Array<ArrayBuffer>>; readonly connection: Connection } {
  const { asked, bus, clock, log, series, states, position, parts, encoder, history, caller, resume } = needs;
  const filter = createFilter(asked, series.get);
  const wants = (topic: keyof Topics) => (asked.topics as readonly string[]).includes(WANTED[topic as "change"]);
  const leaving = new AbortController();
  let scheduled: NodeJS.Immediate | undefined;
  let cancelHeartbeat = () => {};
  /** Taken from the queue and not yet given to the client, in order. */
  let pending: LiveMessage[] = [];
  /** Everything up to here was told, or is not for this client. */
  let done: Position = 0;
  /** The highest position that was published. */
  let seen: Position = 0;
  let live = false;
  let stalled = 0;

  const outlet: Outlet = createOutlet({
    onRoom: () => flushSoon(),
    onGone: () => close(),
  });
  const incoming = bus.subscribe<keyof Topics>(wants("status") ? [...POSITIONED, "status"] : POSITIONED, {
    queue: needs.queue ?? QUEUE,
    accepts: (message) => {
      const at = positionOf(message);
      if (at !== undefined && at > seen) seen = at;
      return wants(message.topic) && filter.message(message);
    },
    wake: () => flushSoon(),
  });

  const close = () => {
    if (leaving.signal.aborted) return;
    leaving.abort();
    incoming[Symbol.dispose]();
    cancelHeartbeat();
    if (scheduled) clearImmediate(scheduled);
    outlet.close();
    needs.onEnd();
  };
  const end: Connection["end"] = (code: ProblemCode, detail) => {
    outlet.write(sseText("end", JSON.stringify({ code, detail })));
    close();
  };

  const flushSoon = () => {
    if (live && !leaving.signal.aborted) scheduled ??= setImmediate(flush);
  };
  const flush = () => {
    scheduled = undefined;
    while (!outlet.full && (pending.length > 0 || incoming.waiting > 0)) {
      if (pending.length === 0) gather();
      let text = "";
      let count = 0;
      for (; count < pending.length && text.length < 64 * 1024; count++) text += textOf(pending[count] as LiveMessage);
      pending = pending.slice(count);
      if (text !== "") outlet.write(text);
    }
  };
  /** A batch is published topic by topic in one turn; its entries are told in the order in which they are stored. */
  const gather = () => {
    const { messages, lost } = incoming.take();
    if (lost > 0) outlet.write(sseText("lost", JSON.stringify({ count: lost })));
    const told = messages.filter((message) => {
      const at = positionOf(message) ?? 0;
      return at === 0 || at > done;
    });
    // What has no position stays behind what it followed.
    let last = 0;
    const placed = told.map((message) => {
      last = positionOf(message) || last;
      return { message, at: last };
    });
    pending = placed.sort((a, b) => a.at - b.at).map(({ message }) => message);
  };
  const textOf = ({ topic, item }: LiveMessage): string => {
    // Without an id where a rule keeps it from being stored: nobody can resume from it.
    if (topic === "change") return sseText("change", encoder.change(item), item.reading.position || undefined);
    if (topic === "event") return sseText("event", JSON.stringify(eventShape(item)), item.position);
    if (topic === "status") return sseText("status", JSON.stringify({ parts: [partShape(item)] }));
    if (topic !== "gap") return "";
    const of = item.series === null ? undefined : series.get(item.series);
    return sseText("gap", JSON.stringify(gapShape(item, of ? currentIdentity(of).entityId : null)), item.position);
  };

  const recheck = () => {
    if (!caller.stillValid()) end("unauthorized", "The token was removed, or the session is over", 0);
  };
  const heartbeat = () => {
    cancelHeartbeat = clock.after(HEARTBEAT_MS, () => {
      recheck();
      if (leaving.signal.aborted) return;
      stalled = outlet.full ? stalled + 1 : 0;
      if (stalled >= MOST_STALLED) return close();
      const idle = live && pending.length === 0 && incoming.waiting === 0;
      if (idle) done = Math.max(done, seen);
      // An id without data tells nothing and yet moves the client on.
      if (stalled === 0) outlet.write(idle ? `id: ${done}\n: alive\n\n` : ": alive\n\n");
      heartbeat();
    });
  };

  const tellParts = () => {
    if (wants("status")) outlet.write(sseText("status", JSON.stringify({ parts: parts().map(partShape) })));
  };
  /** What the log holds past an id; again where so much came meanwhile that the queue overflowed. */
  const replay = async (from: Position) => {
    done = from;
    for (;;) {
      const lostBefore = incoming.lost;
      const until = position();
      const names = new Map<number, string>();
      for (const one of series.all()) if (filter.series(one)) names.set(one.id, currentIdentity(one).entityId);
      const request = {
        after: done,
        series: names,
        changes: wants("change"),
        events: wants("event") && (asked.event_types ?? true),
        gaps: wants("gap"),
      };
      await pour(await history.replay(request, leaving.signal), outlet);
      done = until;
      if (leaving.signal.aborted || incoming.lost === lostBefore) return;
      incoming.take();
      tellParts();
    }
  };
  const sendSnapshot = () => {
    done = position();
    const texts: string[] = [];
    if (asked.snapshot && wants("change"))
      for (const { series: of, reading } of presentEntities(states, series))
        if (filter.series(of)) texts.push(encoder.state(reading, of));
    const snapshot = asked.snapshot && wants("change");
    // Without one the client still learns where its stream begins.
    outlet.write(
      snapshot ? sseText("snapshot", `{"position":${done},"states":[${texts.join(",")}]}`, done) : `id: ${done}\n\n`,
    );
  };

  outlet.write(`retry: ${RETRY_MS}\n\n`);
  tellParts();
  const begin = async () => {
    if (resume && "from" in resume) {
      const { from } = resume;
      await needs.turns.take(() => (leaving.signal.aborted ? Promise.resolve() : replay(from)));
    } else {
      if (resume) outlet.write(sseText("reset", JSON.stringify({ why: resume.reset })));
      sendSnapshot();
    }
    live = true;
    flushSoon();
  };
  heartbeat();
  begin().catch((error: unknown) => {
    if (leaving.signal.aborted) return;
    log.warning("a stream could not be resumed", { error });
    end("store_unavailable", "What came meanwhile could not be read; connect again", 0);
  });
  return { body: outlet.body, connection: { end, recheck } };
}

function positionOf({ topic, item }: LiveMessage): Position | undefined {
  if (topic === "change") return item.reading.position;
  return topic === "event" || topic === "gap" ? item.position : undefined;
}

async function pour(answer: Answer, outlet: Outlet): Promise<void> {
  if (answer instanceof Uint8Array) return outlet.pass(answer);
  for await (const chunk of answer) await outlet.pass(chunk);
}
