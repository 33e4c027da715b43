import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { HomeCalendar } from "../../domain/outside/occurrence.ts";
import { microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { Http, HttpAnswer } from "../../platform/http/http.ts";
import type { ConnectionConfig } from "../connections/connection.ts";

/** What is in Home Assistant's calendars; of those named, or of all. @throws Failure `not_connected` */
export type HomeCalendars = (window: Window, entityIds: readonly string[]) => Promise<readonly HomeCalendar[]>;

/** A calendar that reads the internet for it may take its time. */
const WITHIN_MS = 30_000;
const MOST_BYTES = 10_000_000;
/** More events than that are no calendar that anybody reads. */
const MOST_EVENTS = 10_000;

const list = v.array(v.object({ entity_id: v.string(), name: v.nullish(v.string()) }));
const moment = v.union([v.object({ dateTime: v.string() }), v.object({ date: v.string() })]);
const text = v.nullish(v.string());
const events = v.array(
  v.object({
    start: moment,
    end: moment,
    summary: text,
    description: text,
    location: text,
    uid: text,
    recurrence_id: text,
  }),
);

/** By REST, through the connection that records: the action that does the same names no `uid`. */
export function createHomeCalendars(needs: {
  readonly http: Http;
  /** undefined: none is. */
  readonly through: () => Pick<ConnectionConfig, "url" | "token"> | undefined;
}): HomeCalendars {
  const get = (path: string): Promise<HttpAnswer> => {
    const connection = needs.through();
    if (!connection) throw new Failure("not_connected", "Home Assistant is not connected", { retry: true });
    return needs.http({
      url: `${connection.url.replace(/\/+$/, "")}/api/${path}`,
      headers: { authorization: `Bearer ${connection.token}` },
      withinMs: WITHIN_MS,
      mostBytes: MOST_BYTES,
    });
  };

  const eventsOf = async (entityId: string, window: Window): Promise<HomeCalendar["events"]> => {
    const query = new URLSearchParams({ start: microsToRfc3339(window.from), end: microsToRfc3339(window.to) });
    const answer = await get(`calendars/${encodeURIComponent(entityId)}?${query}`);
    return parsed(answer, events, entityId)
      .slice(0, MOST_EVENTS)
      .map((event) => ({
        uid: event.uid ?? null,
        recurrence: event.recurrence_id ?? null,
        start: "date" in event.start ? event.start.date : event.start.dateTime,
        end: "date" in event.end ? event.end.date : event.end.dateTime,
        summary: event.summary ?? null,
        location: event.location ?? null,
        description: event.description ?? null,
      }));
  };

  return async (window, entityIds) => {
    const answer = await get("calendars");
    // The integration is loaded with the first calendar.
    const all = answer.status === 404 ? [] : parsed(answer, list, "the list of calendars");
    const wanted = all.filter(({ entity_id }) => entityIds.length === 0 || entityIds.includes(entity_id));
    const read: HomeCalendar[] = [];
    for (const { entity_id: entityId, name } of wanted) {
      const calendar = { entityId, name: name ?? entityId };
      try {
        read.push({ ...calendar, events: await eventsOf(entityId, window) });
      } catch (error) {
        // What one integration cannot read costs that calendar alone.
        if (!(error instanceof Failure) || error.code !== "bad_answer") throw error;
        read.push({ ...calendar, events: [], why: error.message });
      }
    }
    return read;
  };
}

function parsed<T>({ status, text: body }: HttpAnswer, schema: v.GenericSchema<unknown, T>, what: string): T {
  if (status !== 200) throw new Failure("bad_answer", `Home Assistant answered with ${status} for ${what}`);
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new Failure("bad_answer", `Home Assistant answered with something that is no JSON for ${what}`);
  }
  const result = v.safeParse(schema, content);
  if (!result.success) throw new Failure("bad_answer", `Home Assistant answered in another shape for ${what}`);
  return result.output;
}
