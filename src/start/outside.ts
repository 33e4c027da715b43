import { currentIdentity } from "../domain/data/series.ts";
import { isOutside } from "../domain/outside/names.ts";
import { createCalendar } from "../domain/time/calendar.ts";
import { createHomeCalendars } from "../hass/calendars/calendars.ts";
import { createHomeForecasts } from "../hass/forecasts/forecasts.ts";
import { createHttp } from "../platform/http/http.ts";
import { systemRandom } from "../platform/random.ts";
import { createReadSocket } from "../platform/socket.ts";
import { startWorker } from "../platform/worker.ts";
import { throughGateway } from "../sources/asking/gateway.ts";
import { createFileReader } from "../sources/files/file-reader.ts";
import { PROVIDERS } from "../sources/providers.ts";
import { createSources } from "../sources/registry.ts";
import type { EntityNow, Place } from "../sources/source.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** Where a hub can be read about: several providers refuse who does not say who it is. */
const HOMEPAGE = "https://github.com/ha-ingestor/ha-ingestor";

/** Of one batch of changes. */
const MOST_CHANGED = 20_000;

/** A file that wants more than that ends its reading, not the hub. */
const READING = { resourceLimits: { maxOldGenerationSizeMb: 512 } };

/** What is known of the world outside the home, as far as somebody set up sources. */
export function openOutside(
  { config, clock, log, mask, status, keep, onClose }: Ground,
  { database, store, timeZone }: Data,
  { ingest, present, live }: Recording,
  { home, version }: { readonly home: Home; readonly version: string },
) {
  const place = (): { place: Place; known: boolean } => {
    const facts = home.facts();
    const { latitude = null, longitude = null, elevation = null } = facts ?? {};
    const { currency = null, country = null, language = null } = facts ?? {};
    const zone = timeZone();
    if (calendar.timeZone !== zone) calendar = createCalendar(zone);
    return {
      place: { latitude, longitude, elevation, currency, country, language, calendar },
      known: facts !== undefined,
    };
  };
  let calendar = createCalendar(timeZone());
  const http = createHttp({ clock });
  const entity = (entityId: string): EntityNow | undefined => {
    const series = ingest.holder(entityId);
    const latest = series === undefined ? undefined : present.states.get(series);
    if (!latest || latest.state === null || isOutside(entityId)) return undefined;
    const { state, attributes, time } = latest;
    return { entityId, state, attributes, time };
  };
  const sources = keep(
    createSources({
      providers: PROVIDERS,
      book: database.sources,
      http: throughGateway(http, config.gateway),
      socket: createReadSocket({ clock }),
      readFile: createFileReader({ startWorker: () => startWorker("sources/files/worker", READING), clock }),
      userAgent: `HA-Ingestor/${version} (+${HOMEPAGE})`,
      mask,
      status,
      place,
      entity,
      homeEntities: () => [...present.followed()].flatMap(({ entityId }) => entity(entityId) ?? []),
      calendars: createHomeCalendars({ http, through: home.through }),
      forecasts: createHomeForecasts(home),
      record: ingest.recordOutside,
      latest: (entityId) => {
        const series = ingest.holder(entityId);
        return series === undefined ? undefined : store.latest(series);
      },
      clock,
      random: systemRandom,
      log: log.for("sources"),
    }),
  );
  home.onFacts(sources.placeChanged);
  sources.onChange((source) => live.publish("source", [source]));
  const changed = live.subscribe(["change"], {
    queue: MOST_CHANGED,
    // A source's own series are no news to a source.
    accepts: ({ item }) => !isOutside(currentIdentity(item.series).entityId),
    wake: () => {
      for (const { item } of changed.take().messages) sources.entityChanged(currentIdentity(item.series).entityId);
    },
  });
  onClose(async () => changed[Symbol.dispose]());
  return sources;
}
