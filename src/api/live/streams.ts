import type { WebSocket } from "ws";
import type { LiveBus } from "../../live/topics.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Sources } from "../../sources/sources.ts";
import type { Auth } from "../auth/auth.ts";
import type { Caller } from "../auth/caller.ts";
import { type ProblemCode, type Refusal, refuse } from "../errors.ts";
import type { CurrentPosition, Facts, Jobs, Parts, Published, SeriesBook, States } from "../ports/ports.ts";
import type { Encoder } from "../shapes/state.ts";
import { createConnection } from "./connection.ts";
import type { Subscribe } from "./frames.ts";
import { resumeAt, type StreamNeeds, startEventStream } from "./sse/stream.ts";
import { createTurns } from "./sse/turns.ts";

/** A stream that is open; `closeCode` is a WebSocket's. */
export type Connection = {
  end(code: ProblemCode, detail: string, closeCode: number): void;
  /** Ends it where its caller may no longer listen. */
  recheck(): void;
};

/** All live streams: serving one, how many there are, ending them. */
export type LiveStreams = {
  /** Why a further one is not taken now; undefined: it is. */
  refusal(): Refusal | undefined;
  serve(socket: WebSocket, who: { caller: Caller | undefined; address: string }): void;
  /** A stream of server-sent events: its body. */
  events(
    asked: Subscribe,
    lastId: string | undefined,
    caller: Caller,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  readonly count: number;
  /** Ends those whose token was removed or whose session is over; otherwise they find out within half a minute. */
  recheck(): void;
  close(): void;
};

export type LiveNeeds = {
  readonly clock: Clock;
  readonly log: Log;
  readonly auth: Auth;
  readonly bus: LiveBus;
  readonly states: States;
  readonly series: SeriesBook;
  readonly position: CurrentPosition;
  readonly parts: Parts;
  readonly jobs: Pick<Jobs, "list">;
  readonly facts: Facts;
  readonly published: Published;
  readonly sources: Pick<Sources, "list">;
  readonly encoder: Encoder;
  /** Entries held for one client at most; past that its oldest are dropped and counted. */
  readonly queue?: number | undefined;
  readonly mostStreams?: number;
};

const MOST_STREAMS = 256;
/** After a restart all clients come back at once; each replay holds a piece of the log in memory. */
const MOST_REPLAYS = 16;

export function createLiveStreams(needs: Omit<StreamNeeds, "turns">): LiveStreams {
  const turns = createTurns(MOST_REPLAYS);
  const { mostStreams = MOST_STREAMS } = needs;
  const connections = new Set<Connection>();
  let closing = false;
  return {
    get count() {
      return connections.size;
    },
    refusal: () => {
      if (closing) return refuse("not_ready", "The hub is stopping");
      if (connections.size < mostStreams) return undefined;
      return refuse("too_many_requests", `There are ${mostStreams} live streams already`, {
        headers: { "retry-after": "30" },
      });
    },
    serve: (socket, who) => {
      const connection = createConnection({ ...needs, ...who, socket, onEnd: () => connections.delete(connection) });
      connections.add(connection);
    },
    events: async (asked, lastId, caller) => {
      const resume = await resumeAt(lastId, needs);
      const { body, connection } = startEventStream({
        ...needs,
        turns,
        asked,
        caller,
        resume,
        onEnd: () => connections.delete(connection),
      });
      connections.add(connection);
      return body;
    },
    recheck: () => {
      for (const connection of connections) connection.recheck();
    },
    close: () => {
      closing = true;
      for (const connection of connections) connection.end("not_ready", "The hub is stopping", CLOSE_GOING_AWAY);
    },
  };
}

const CLOSE_GOING_AWAY = 1001;
