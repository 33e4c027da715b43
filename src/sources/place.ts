import * as v from "valibot";
import type { Place } from "./source.ts";

/** Settings of a source that may look at another place than the home: a holiday house. */
export const PLACE_ENTRIES = {
  latitude: v.optional(
    v.pipe(
      v.number(),
      v.minValue(-90),
      v.maxValue(90),
      v.title("Latitude"),
      v.description("Of another place than the home. Empty: where Home Assistant says the home is."),
      v.metadata({ unit: "°" }),
    ),
  ),
  longitude: v.optional(
    v.pipe(
      v.number(),
      v.minValue(-180),
      v.maxValue(180),
      v.title("Longitude"),
      v.description("Of another place than the home. Give both or neither."),
      v.metadata({ unit: "°" }),
    ),
  ),
};
export type PlaceSettings = { readonly latitude?: number | undefined; readonly longitude?: number | undefined };

export type Where = { readonly latitude: string; readonly longitude: string; readonly elevation: number | null };

/** Where a source looks, to two decimals (a kilometre): no model is finer, and nobody learns the house number. */
export function whereOf(settings: PlaceSettings, place: Place): Where | undefined {
  const own = settings.latitude !== undefined && settings.longitude !== undefined;
  const latitude = own ? settings.latitude : place.latitude;
  const longitude = own ? settings.longitude : place.longitude;
  if (typeof latitude !== "number" || typeof longitude !== "number") return undefined;
  return {
    latitude: latitude.toFixed(2),
    longitude: longitude.toFixed(2),
    elevation: own || place.elevation === null ? null : Math.round(place.elevation),
  };
}

/** Why a source that needs a place cannot be asked; undefined: it can. */
export function unplaced(
  settings: PlaceSettings,
  place: Place,
): { readonly why: string; readonly fix: string } | undefined {
  if ((settings.latitude === undefined) !== (settings.longitude === undefined))
    return { why: "Only one of latitude and longitude is given", fix: "Give both, or neither." };
  if (whereOf(settings, place)) return undefined;
  return {
    why: "It is not known yet where the home is",
    fix: "Home Assistant says it once connected. Else set it there under Settings, System, General, or give latitude and longitude here.",
  };
}
