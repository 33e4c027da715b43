import { Hono } from "hono";
import { currentIdentity } from "../../../domain/data/series.ts";
import type { History } from "../../../history/history.ts";
import { type TraceAnswer, traceSchema } from "../../../history/trace/trace.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { Caller } from "../../auth/caller.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { findSeries } from "../../input/entity-filter.ts";
import { checkWindow, eventsParameters, eventsQuestion, traceParameters } from "../../input/range.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, positionInPath } from "../../input/schemas.ts";
import type { Gate } from "../../limits/gate.ts";
import { streamParameters } from "../../live/frames.ts";
import type { LiveStreams } from "../../live/streams.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import {
  commonHeaders,
  type EventShape,
  type EventsAnswer,
  eventSchema,
  eventsSchema,
  jsonBytes,
} from "../../shapes/answers.ts";

const LIST: RouteDescription = {
  id: "list_events",
  tag: "History",
  summary: "Home Assistant's events of a window, state changes aside",
  limit: "history",
  query: eventsParameters,
  answer: { json: eventsSchema },
  problems: ["busy", "store_unavailable"],
};
const SEARCH: RouteDescription = {
  id: "search_events",
  tag: "History",
  summary: "Events by what stands in them: words, entities, who did it, under which context",
  description:
    "Everything given must be met. A page looks through 200,000 events; it may hold fewer than limit, or none, while next_cursor goes on.",
  limit: "history",
  query: NO_PARAMETERS,
  body: eventsQuestion,
  answer: { json: eventsSchema },
  problems: ["unknown_entity", "payload_too_large", "busy", "store_unavailable"],
};
const STREAM: RouteDescription = {
  id: "stream_events",
  tag: "Live",
  summary: "What happens as server-sent events, resumed behind the id that was seen last",
  description:
    "docs/wire.md says what is told. Behind an id inside the log window nothing is missing and nothing comes twice; with an older one the stream begins anew, after reset.",
  limit: "history",
  query: streamParameters,
  headers: { "last-event-id": "The id of the last event that was seen; browsers send it when they connect again." },
  answer: { media: "text/event-stream", description: "The stream, which goes on until one side ends it." },
  problems: ["not_ready", "busy", "store_unavailable"],
};
const TRACE: RouteDescription = {
  id: "trace_context",
  tag: "History",
  summary: "What caused what: the causes and the effects of a context, and what was recorded under each",
  description:
    "Without from and to it is looked for around the time that the context's id tells, and further back where a cause is older.",
  path: { context: "A context's id, as changes and events carry it." },
  limit: "history",
  query: traceParameters,
  answer: { json: traceSchema },
  problems: ["not_found", "busy", "store_unavailable"],
};
const ONE: RouteDescription = {
  id: "get_event",
  tag: "History",
  summary: "One event, by its id",
  limit: "history",
  path: { id: positionInPath },
  query: NO_PARAMETERS,
  answer: { json: eventSchema },
  problems: ["not_found", "busy", "store_unavailable"],
};

export const eventsRoutes = (needs: {
  auth: Auth;
  history: History;
  clock: Clock;
  streams: LiveStreams;
  series: SeriesBook;
  gate: Gate;
}) => {
  const { auth, history, clock, streams, series, gate } = needs;
  return new Hono<ApiEnv>()
    .get("/events", auth.needs("read", LIST), async (c) => {
      const { type: types, ...asked } = readQuery(c, eventsParameters);
      checkWindow(asked, clock.now());
      return jsonBytes<EventsAnswer>(
        c,
        await gate.pass(c, () => history.events({ ...asked, types }, c.req.raw.signal)),
      );
    })
    .post("/events/search", auth.needs("read", SEARCH), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { text, entities, user, context, ...asked } = await readBody(c, eventsQuestion);
      checkWindow(asked, clock.now());
      const names = entities?.flatMap((name) => findSeries(series, name).identities.map((one) => one.entityId));
      const search = { words: text?.split(/\s+/).filter(Boolean) ?? [], entities: names, user, context };
      return jsonBytes<EventsAnswer>(
        c,
        await gate.pass(c, () => history.events({ ...asked, search }, c.req.raw.signal)),
      );
    })
    .get("/events/stream", auth.needs("read", STREAM), async (c) => {
      const { last_event_id: given, snapshot = true, ...filters } = readQuery(c, streamParameters);
      const refusal = streams.refusal();
      if (refusal) throw refusal;
      const lastId = c.req.header("last-event-id") ?? given;
      const asked = { type: "subscribe", snapshot, ...filters } as const;
      c.set("headersComplete", true);
      const shown = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
      const headers = { ...shown, ...commonHeaders(c) };
      // A HEAD wants the headers alone, and would leave a stream behind that nobody reads.
      if (c.req.method === "HEAD") return c.body(null, 200, headers);
      return c.body(await streams.events(asked, lastId, c.get("caller") as Caller), 200, headers);
    })
    .get("/events/trace/:context", auth.needs("read", TRACE), async (c) => {
      const asked = readQuery(c, traceParameters);
      checkWindow(asked, clock.now());
      const context = c.req.param("context");
      const names = new Map([...series.all()].map((one) => [one.id, currentIdentity(one).entityId]));
      const found = await gate.pass(c, () => history.trace({ ...asked, context, series: names }, c.req.raw.signal));
      if (!found)
        throw refuse("not_found", `Nothing was recorded under the context ${context} in that time`, {
          fix: "Give from and to around the time when it happened.",
        });
      return jsonBytes<TraceAnswer>(c, found);
    })
    .get("/events/:id", auth.needs("read", ONE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      const found = /^\d{1,15}$/.test(id)
        ? await gate.pass(c, () => history.event(Number(id), c.req.raw.signal))
        : undefined;
      if (!found) throw refuse("not_found", `There is no event ${id}`);
      return jsonBytes<EventShape>(c, found);
    });
};
