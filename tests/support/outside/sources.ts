import type { HomeCalendar } from "../../../src/domain/outside/occurrence.ts";
import type { OutsideItem } from "../../../src/domain/outside/record.ts";
import { createCalendar } from "../../../src/domain/time/calendar.ts";
import type { Http } from "../../../src/platform/http/http.ts";
import { silentLog } from "../../../src/platform/told/log.ts";
import { createMask } from "../../../src/platform/told/mask.ts";
import { createStatusBoard } from "../../../src/platform/told/status-board.ts";
import { createSources } from "../../../src/sources/registry.ts";
import type { AnyProvider, EntityNow, Place } from "../../../src/sources/source.ts";
import type { SourceStatus } from "../../../src/sources/sources.ts";
import type { TestClock } from "../test-clock.ts";
import { noSocket } from "./asked.ts";

/** Sources as the hub runs them, by a test's clock, with what they keep in memory. */
export function startTestSources(given: {
  readonly providers: readonly AnyProvider[];
  readonly http: Http;
  readonly clock: TestClock;
  readonly place?: Partial<Place> & { readonly timeZone?: string };
  readonly calendars?: () => Promise<readonly HomeCalendar[]>;
  readonly entity?: (entityId: string) => EntityNow | undefined;
}) {
  const { providers, http, clock } = given;
  const { timeZone = "UTC", ...place } = given.place ?? {};
  const calendar = createCalendar(timeZone);
  const stored: OutsideItem[] = [];
  const kept = new Map<string, unknown>();
  const sources = createSources({
    providers,
    http,
    book: {
      list: () => [],
      put: () => {},
      remove: () => {},
      answers: { get: () => undefined, set: () => {}, remove: () => {} },
      calls: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
    },
    socket: noSocket,
    userAgent: "HA-Ingestor/test (+https://example.org)",
    mask: createMask(),
    status: createStatusBoard({ clock }),
    place: () => ({
      known: true,
      place: {
        ...{ latitude: 52.37, longitude: 4.89, elevation: 12, currency: "EUR", country: "NL", language: "en" },
        calendar,
        ...place,
      },
    }),
    entity: given.entity ?? (() => undefined),
    calendars: given.calendars ?? (async () => []),
    forecasts: async () => [],
    homeEntities: () => [],
    record: async (items) => void stored.push(...items),
    latest: (entityId) => {
      const last = stored.findLast((item) => item.kind === "reading" && item.entityId === entityId);
      return last?.kind === "reading" ? { time: last.time, state: last.state } : undefined;
    },
    clock,
    random: () => 0.5,
    log: silentLog,
  });
  return {
    sources,
    stored,
    /** Adds one source and waits until it was asked. */
    addAndAsk: async (provider: AnyProvider, settings: unknown): Promise<SourceStatus> => {
      const id = "one";
      const asked = new Promise<void>((resolve) => {
        const end = sources.onChange(({ state }) => {
          if (state === "starting") return;
          end();
          resolve();
        });
      });
      await sources.add({
        id,
        kind: provider.kind,
        name: provider.name,
        enabled: true,
        providers: [{ provider: provider.id, settings: settings as never }],
      });
      await asked;
      return sources.get(id) as SourceStatus;
    },
  };
}
