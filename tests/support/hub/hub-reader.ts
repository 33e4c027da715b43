import WebSocket from "ws";

/** What a test reads back from the hub, by its public HTTP API alone (docs/api.md, docs/wire.md). */
export type HubReader = {
  /** Everything that the hub's history answers for these entities in [from, to), page by page. */
  history(entities: readonly string[], from: number, to: number): Promise<HubRow[]>;
  gaps(from: number, to: number): Promise<HubGap[]>;
  events(from: number, to: number, types?: readonly string[]): Promise<HubEvent[]>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** What `api/v1/live` tells from now on; frames are kept raw and parsed when asked. */
  follow(): Promise<LiveFollower>;
};

/** Times are microseconds since the epoch. */
export type HubRow = {
  entityId: string;
  series: number;
  time: number;
  /** null: removed. */
  state: string | null;
  attributes: Record<string, unknown>;
};

export type HubGap = { kind: "states" | "events"; entityId: string | null; from: number; to: number; cause: string };

export type HubEvent = { type: string; time: number; data: Record<string, unknown>; contextId: string | null };

export type LiveChange = HubRow & {
  changed: number;
  origin: string;
  context: { id: string; parentId: string | null; userId: string | null } | null;
  timeIsArrival: boolean;
  position: number;
};

export type LiveFollower = {
  changes(): readonly LiveChange[];
  /** Changes that the hub dropped for this reader because it read too slowly. */
  lost(): number;
  /** Resolves when a frame with this text has come. */
  until(text: string): Promise<void>;
  close(): Promise<void>;
};

const PAGE = 50_000;
const ENTITIES_AT_ONCE = 200;
const EVENTS_AT_ONCE = 1_000;

type WireGap = { kind: "states" | "events"; entity_id: string | null; from: string; to: string; cause: string };
type WireEvent = { type: string; time: string; data: Record<string, unknown>; context: { id: string } | null };
type WireHistory = {
  series: { entity_id: string; series: number; points: [number, string | null, Record<string, unknown>][] }[];
  next_cursor: string | null;
};
type WireChange = {
  entity_id: string;
  series: number;
  position: number;
  state: string | null;
  attributes: Record<string, unknown>;
  time: string;
  changed: string;
  origin: string;
  context: { id: string; parent_id: string | null; user_id: string | null } | null;
  time_is_arrival: boolean;
};
type WireFrame = { type: string; changes?: WireChange[]; count?: number };

export function readHub({ url, token }: { url: string; token: string }): HubReader {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  };

  const historyOf = async (entities: readonly string[], from: number, to: number): Promise<HubRow[]> => {
    const rows: HubRow[] = [];
    let cursor: string | null = null;
    do {
      const question = { entities, from: timeText(from), to: timeText(to), limit: PAGE, attributes: true, times: "us" };
      const page: WireHistory = await ask("POST", "api/v1/history/query", {
        ...question,
        ...(cursor ? { cursor } : {}),
      });
      for (const { entity_id: entityId, series, points } of page.series) {
        for (const [time, state, attributes] of points) rows.push({ entityId, series, time, state, attributes });
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    return rows;
  };

  return {
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    async history(entities, from, to) {
      const rows: HubRow[] = [];
      for (let at = 0; at < entities.length; at += ENTITIES_AT_ONCE) {
        for (const row of await historyOf(entities.slice(at, at + ENTITIES_AT_ONCE), from, to)) rows.push(row);
      }
      return rows;
    },
    async gaps(from, to) {
      const { gaps } = await ask<{ gaps: WireGap[] }>("GET", `api/v1/gaps?from=${timeText(from)}&to=${timeText(to)}`);
      return gaps.map(({ kind, entity_id, cause, ...window }) => ({
        kind,
        entityId: entity_id,
        from: timeOf(window.from),
        to: timeOf(window.to),
        cause,
      }));
    },
    async events(from, to, types = []) {
      const events: HubEvent[] = [];
      const filter = types.map((type) => `&type=${encodeURIComponent(type)}`).join("");
      let cursor: string | null = null;
      do {
        const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
        const page: { events: WireEvent[]; next_cursor: string | null } = await ask(
          "GET",
          `api/v1/events?from=${timeText(from)}&to=${timeText(to)}&limit=${EVENTS_AT_ONCE}${filter}${more}`,
        );
        for (const { type, time, data, context } of page.events)
          events.push({ type, time: timeOf(time), data, contextId: context?.id ?? null });
        cursor = page.next_cursor;
      } while (cursor !== null);
      return events;
    },
    follow: () => followLive(url, token),
  };
}

async function followLive(url: string, token: string): Promise<LiveFollower> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(new URL("api/v1/live", url.replace(/^http/, "ws")), {
    headers,
    maxPayload: 2 ** 30,
    perMessageDeflate: false,
  });
  const changes: LiveChange[] = [];
  let frames: Buffer[] = [];
  let waiting: { text: string; resolve: () => void }[] = [];
  let lost = 0;
  let began = () => {};
  const subscribed = new Promise<void>((resolve, reject) => {
    began = resolve;
    socket.once("error", reject);
    socket.once("close", (code) => reject(new Error(`the hub closed the live stream (${code})`)));
  });
  socket.on("message", (bytes: Buffer) => {
    // The greeting's frames are short; changes are parsed when asked for.
    if (bytes.length > 200 && bytes.subarray(0, 20).includes('"changes"')) frames.push(bytes);
    else {
      const { type } = JSON.parse(bytes.toString()) as WireFrame;
      if (type === "hello") socket.send(JSON.stringify({ type: "subscribe", topics: ["changes"] }));
      else if (type === "snapshot") began();
      else frames.push(bytes);
    }
    if (waiting.length === 0) return;
    for (const { text, resolve } of waiting) if (bytes.includes(text)) resolve();
    waiting = waiting.filter(({ text }) => !bytes.includes(text));
  });
  await subscribed;
  const parseFrames = () => {
    const kept = frames;
    frames = [];
    for (const bytes of kept) {
      const frame = JSON.parse(bytes.toString()) as WireFrame;
      if (frame.type === "lost") lost += frame.count ?? 0;
      for (const change of frame.changes ?? []) changes.push(liveChange(change));
    }
  };
  return {
    changes: () => {
      parseFrames();
      return changes;
    },
    lost: () => {
      parseFrames();
      return lost;
    },
    until: (text) =>
      frames.some((bytes) => bytes.includes(text)) || changes.some((change) => change.state === text)
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ text, resolve })),
    close: async () => {
      await new Promise((resolve) => {
        socket.once("close", resolve);
        socket.close();
      });
    },
  };
}

const liveChange = (change: WireChange): LiveChange => ({
  entityId: change.entity_id,
  series: change.series,
  position: change.position,
  state: change.state,
  attributes: change.attributes,
  time: timeOf(change.time),
  changed: timeOf(change.changed),
  origin: change.origin,
  context: change.context && {
    id: change.context.id,
    parentId: change.context.parent_id,
    userId: change.context.user_id,
  },
  timeIsArrival: change.time_is_arrival,
});

/** RFC 3339 as the hub writes it: UTC, six digits. */
export function timeOf(text: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{6})Z$/.exec(text);
  if (!parts) throw new Error(`not a time as the hub writes it: ${text}`);
  return Date.parse(`${parts[1]}Z`) * 1000 + Number(parts[2]);
}

function timeText(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros - seconds * 1e6).padStart(6, "0")}Z`;
}
