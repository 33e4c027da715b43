import { Failure } from "../../../src/domain/failure.ts";
import type { ForecastKind, ForecastRow } from "../../../src/domain/outside/forecast.ts";
import type { HomeCalendar } from "../../../src/domain/outside/occurrence.ts";
import { createCalendar } from "../../../src/domain/time/calendar.ts";
import { type Micros, microsFromRfc3339 } from "../../../src/domain/time/time.ts";
import type { HttpAnswer, HttpRequest } from "../../../src/platform/http/http.ts";
import type { ReadSocket } from "../../../src/platform/socket.ts";
import { createAsk } from "../../../src/sources/asking/ask.ts";
import { createListen } from "../../../src/sources/asking/listen.ts";
import type { EntityNow, Place, ReadNeeds } from "../../../src/sources/source.ts";

/** Where nothing is listened to. */
export const noSocket: ReadSocket = async ({ host, port }) => {
  throw new Failure("unreachable", `${host}:${port} is not there in a test`, { retry: true });
};

type Answer = string | (Partial<HttpAnswer> & { readonly text: string });

/**
 * What a provider is read with: asked as the runner asks, answered by `answer` in place of the network.
 *
 * @param now RFC 3339
 */
export function asked<Settings>(
  answer: (request: HttpRequest & { readonly at: URL }) => Answer,
  more: {
    readonly settings: Settings;
    readonly now: string;
    readonly place?: Partial<Place> & { timeZone?: string };
    /** What Home Assistant has. */
    readonly entities?: readonly EntityNow[];
    readonly calendars?: readonly HomeCalendar[];
    readonly forecasts?: (entityId: string, kind: ForecastKind) => readonly ForecastRow[];
    /** What ports say. */
    readonly socket?: ReadSocket;
  },
): ReadNeeds<Settings> & { readonly requests: readonly HttpRequest[] } {
  const now = microsFromRfc3339(more.now) as Micros;
  const requests: HttpRequest[] = [];
  const { timeZone = "UTC", ...place } = more.place ?? {};
  const ask = createAsk({
    http: async (request) => {
      requests.push(request);
      const given = answer({ ...request, at: new URL(request.url) });
      return { status: 200, headers: {}, ...(typeof given === "string" ? { text: given } : given) };
    },
    userAgent: "HA-Ingestor/test (+https://example.org)",
    spend: () => {},
    nowMs: () => now / 1000,
  });
  return {
    ask,
    socket: createListen({ socket: more.socket ?? noSocket, spend: () => {} }),
    entity: (entityId) => more.entities?.find((entity) => entity.entityId === entityId),
    calendars: async (_, entityIds) =>
      (more.calendars ?? []).filter(({ entityId }) => entityIds.length === 0 || entityIds.includes(entityId)),
    forecasts: async (entityId, kind) => more.forecasts?.(entityId, kind) ?? [],
    settings: more.settings,
    now,
    place: {
      latitude: 52.37,
      longitude: 4.89,
      elevation: 12,
      currency: "EUR",
      country: "NL",
      language: "en",
      calendar: createCalendar(timeZone),
      ...place,
    },
    signal: new AbortController().signal,
    requests,
  };
}
