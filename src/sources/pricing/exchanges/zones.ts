import type { Place } from "../../source.ts";

/** An area in which the market has one price. */
export type Zone = {
  /** As it is commonly written. */
  readonly id: string;
  /** ISO 3166-1 alpha-2: the countries that lie in it. */
  readonly countries: readonly string[];
  /** The area's energy identification code. */
  readonly eic: string;
};

const zone = (id: string, countries: string, eic: string): Zone => ({ id, countries: countries.split(" "), eic });

export const ZONES: readonly Zone[] = [
  zone("AT", "AT", "10YAT-APG------L"),
  zone("BE", "BE", "10YBE----------2"),
  zone("BG", "BG", "10YCA-BULGARIA-R"),
  zone("CH", "CH LI", "10YCH-SWISSGRIDZ"),
  zone("CZ", "CZ", "10YCZ-CEPS-----N"),
  zone("DE-LU", "DE LU", "10Y1001A1001A82H"),
  zone("DK1", "DK", "10YDK-1--------W"),
  zone("DK2", "DK", "10YDK-2--------M"),
  zone("EE", "EE", "10Y1001A1001A39I"),
  zone("ES", "ES", "10YES-REE------0"),
  zone("FI", "FI", "10YFI-1--------U"),
  zone("FR", "FR", "10YFR-RTE------C"),
  zone("GR", "GR", "10YGR-HTSO-----Y"),
  zone("HR", "HR", "10YHR-HEP------M"),
  zone("HU", "HU", "10YHU-MAVIR----U"),
  zone("IT-North", "IT", "10Y1001A1001A73I"),
  zone("IT-Centre-North", "IT", "10Y1001A1001A70O"),
  zone("IT-Centre-South", "IT", "10Y1001A1001A71M"),
  zone("IT-South", "IT", "10Y1001A1001A788"),
  zone("IT-Calabria", "IT", "10Y1001C--00096J"),
  zone("IT-Sicily", "IT", "10Y1001A1001A75E"),
  zone("IT-Sardinia", "IT", "10Y1001A1001A74G"),
  zone("LT", "LT", "10YLT-1001A0008Q"),
  zone("LV", "LV", "10YLV-1001A00074"),
  zone("ME", "ME", "10YCS-CG-TSO---S"),
  zone("NL", "NL", "10YNL----------L"),
  zone("NO1", "NO", "10YNO-1--------2"),
  zone("NO2", "NO", "10YNO-2--------T"),
  zone("NO3", "NO", "10YNO-3--------J"),
  zone("NO4", "NO", "10YNO-4--------9"),
  zone("NO5", "NO", "10Y1001A1001A48H"),
  zone("PL", "PL", "10YPL-AREA-----S"),
  zone("PT", "PT", "10YPT-REN------W"),
  zone("RO", "RO", "10YRO-TEL------P"),
  zone("RS", "RS", "10YCS-SERBIATSOV"),
  zone("SE1", "SE", "10Y1001A1001A44P"),
  zone("SE2", "SE", "10Y1001A1001A45N"),
  zone("SE3", "SE", "10Y1001A1001A46L"),
  zone("SE4", "SE", "10Y1001A1001A47J"),
  zone("SI", "SI", "10YSI-ELES-----O"),
  zone("SK", "SK", "10YSK-SEPS-----K"),
];

export const ZONE_IDS = ZONES.map(({ id }) => id);

/** The one that was chosen, or the only one of the home's country. */
export function zoneOf(chosen: string | undefined, place: Place): Zone | undefined {
  if (chosen !== undefined) return ZONES.find(({ id }) => id === chosen);
  const there = ZONES.filter(({ countries }) => place.country !== null && countries.includes(place.country));
  return there.length === 1 ? there[0] : undefined;
}

/** Why the zone must be chosen by somebody. */
export function zoneUnknown(chosen: string | undefined, place: Place): { why: string; fix: string } | undefined {
  if (zoneOf(chosen, place)) return undefined;
  const fix = "Choose the price zone in the settings of this source.";
  if (place.country === null) return { why: "Home Assistant does not say in which country the home is", fix };
  const there = ZONES.filter(({ countries }) => countries.includes(place.country as string));
  if (there.length === 0)
    return { why: `No price zone of this provider lies in ${place.country}`, fix: "Choose another provider." };
  return { why: `${place.country} has several price zones: ${there.map(({ id }) => id).join(", ")}`, fix };
}
