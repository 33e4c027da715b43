import type { OutsidePresent } from "../domain/outside/outside.ts";
import type { PublishedEntry } from "../domain/published.ts";
import { type Micros, microsToRfc3339, type Window } from "../domain/time/time.ts";

/** What the hub knows of the world outside, and what it means for the home. */
export type Outside = {
  readonly present: readonly OutsidePresent[];
  /** What each source was called by whoever set it up. */
  readonly nameOf: (source: string) => string;
  /** The cheapest stretch of today of a length, or why there is none. */
  readonly cheapest: (length: Micros) => Window | { readonly why: string };
  /** No source and no dashboard says what power costs: there is nothing to show then. */
  readonly priced: boolean;
  /** What the house always takes; undefined: no meters measure it. */
  readonly alwaysOn: AlwaysOn | undefined;
  readonly now: Micros;
};

type AlwaysOn = {
  /** null: not known, `why` says it. */
  readonly watts: number | null;
  readonly days: number;
  readonly kwhPerYear: number | null;
  readonly costPerYear: number | null;
  readonly why?: string;
};

type Shown = Pick<PublishedEntry, "deviceClass" | "stateClass" | "precision">;
const figure = (precision: number): Shown => ({ stateClass: "measurement", precision });

/** By kind and quantity: what automations want as an entity. Everything else is had by the API and in history. */
const SHOWN: { readonly [kind: string]: { readonly [quantity: string]: Shown } } = {
  pricing: { price: figure(4), market_price: figure(4), feed_in_price: figure(4) },
  carbon: { intensity: figure(0), marginal_intensity: figure(0) },
  air_quality: {
    us_aqi: { ...figure(0), deviceClass: "aqi" },
    european_aqi: { ...figure(0), deviceClass: "aqi" },
  },
  sports: { status: {} },
};

const HOUR: Micros = 3_600_000_000;
/** How long the cheapest stretches of a day are. */
const CHEAPEST = [
  { key: "cheapest_hour", length: HOUR },
  { key: "cheapest_3_hours", length: 3 * HOUR },
] as const;

export function outsideEntries(outside: Outside): PublishedEntry[] {
  const { present, nameOf, cheapest, priced, alwaysOn, now } = outside;
  const entries = present.flatMap((one): PublishedEntry[] => {
    const shown = SHOWN[one.kind]?.[one.quantity];
    if (!shown) return [];
    const { source, kind, quantity, of, unit, value, time, provider, why } = one;
    const known = {
      key: ["outside", source, ...(of ? [of.key] : []), quantity].join("_"),
      platform: "sensor" as const,
      translationKey: kind === "sports" ? "game" : quantity,
      placeholders: { source: of?.name ?? nameOf(source) },
      ...shown,
      ...(unit === null ? {} : { unit }),
    };
    if (value === null) return [{ ...known, available: false, ...(why === undefined ? {} : { why }) }];
    return [
      {
        ...known,
        available: true,
        value,
        attributes: {
          source,
          provider,
          since: time === null ? null : microsToRfc3339(time),
          ...(kind === "sports" ? scoresOf(present, one) : {}),
        },
      },
    ];
  });
  if (alwaysOn) entries.push(alwaysOnEntry(alwaysOn));
  if (!priced) return entries;
  for (const { key, length } of CHEAPEST) {
    const window = cheapest(length);
    const entry = { key, platform: "binary_sensor", translationKey: key } as const;
    entries.push(
      "why" in window
        ? { ...entry, available: false, why: window.why }
        : {
            ...entry,
            available: true,
            value: window.from <= now && now < window.to,
            attributes: { from: microsToRfc3339(window.from), to: microsToRfc3339(window.to) },
          },
    );
  }
  return entries;
}

function alwaysOnEntry({ watts, days, kwhPerYear, costPerYear, why }: AlwaysOn): PublishedEntry {
  const key = "always_on_power";
  const entry = {
    key,
    platform: "sensor",
    translationKey: key,
    deviceClass: "power",
    unit: "W",
    ...figure(0),
  } as const;
  if (watts === null) return { ...entry, available: false, ...(why === undefined ? {} : { why }) };
  const attributes = { days, kwh_per_year: kwhPerYear, cost_per_year: costPerYear };
  return { ...entry, available: true, value: watts, attributes };
}

/** Of the game whose state is told. */
function scoresOf(present: readonly OutsidePresent[], { source, of }: OutsidePresent) {
  const told = (quantity: string) =>
    present.find((one) => one.source === source && one.of?.key === of?.key && one.quantity === quantity)?.value ?? null;
  return { score: told("score"), opponent_score: told("opponent_score") };
}
