import * as v from "valibot";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import { dayAhead } from "../market.ts";
import { tariffEntries } from "../tariff/formula.ts";
import { readEntsoe } from "./entsoe-document.ts";
import { EUROPEAN, zoneEntry } from "./market-entries.ts";
import { zoneOf, zoneUnknown } from "./zones.ts";

export const entsoe = dayAhead({
  id: "entsoe",
  name: "ENTSO-E",
  homepage: "https://transparency.entsoe.eu",
  attribution: "Prices from the ENTSO-E Transparency Platform",
  settings: v.strictObject({
    token: v.pipe(
      v.string(),
      v.nonEmpty(),
      v.title("Security token"),
      v.description("Of your account at transparency.entsoe.eu, once access to the API is granted to it"),
      v.metadata({ secret: true }),
    ),
    zone: zoneEntry,
    ...tariffEntries,
  }),
  tariff: (settings) => settings,
  limits: [{ calls: 400, perMs: 60_000 }],
  publication: () => EUROPEAN,
  unfit: (settings, place) => zoneUnknown(settings.zone, place),
  fetch: async ({ ask, settings, place }, window) => {
    const eic = zoneOf(settings.zone, place)?.eic ?? "";
    const query = new URLSearchParams({
      documentType: "A44",
      in_Domain: eic,
      out_Domain: eic,
      periodStart: compact(window.from),
      periodEnd: compact(window.to),
      securityToken: settings.token,
    });
    const text = await ask({ url: `https://web-api.tp.entsoe.eu/api?${query}`, as: "text", schema: v.string() });
    const { slots, issued } = readEntsoe(text);
    return { currency: "EUR", market: slots, ...(issued === undefined ? {} : { issued }) };
  },
});

/** `202611262300`, UTC. */
const compact = (time: Micros): string => microsToRfc3339(time).slice(0, 16).replace(/[-T:]/g, "");
