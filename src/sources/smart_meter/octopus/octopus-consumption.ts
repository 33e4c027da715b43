import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import type { OutsideReading } from "../../../domain/outside/outside.ts";
import { type Micros, microsFromRfc3339, microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import type { Provider, ReadNeeds } from "../../source.ts";

/** Its documentation shows zones without a colon (`+0100`), its answers mostly have one. */
const instant = v.pipe(
  v.string(),
  v.transform((text) => microsFromRfc3339(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))),
  v.number("no time"),
);
const Answer = v.object({
  next: v.nullish(v.string()),
  results: v.array(
    v.object({
      consumption: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(10_000))),
      interval_start: instant,
      interval_end: instant,
    }),
  ),
});

const text = (pattern: RegExp, message: string, title: string, description: string) =>
  v.pipe(v.string(), v.trim(), v.regex(pattern, message), v.title(title), v.description(description));
const serial = (of: string) =>
  text(/^[A-Za-z0-9]{4,20}$/, "a meter's serial number", `Serial number of ${of}`, "It stands on the meter");
const mpan = (title: string, description: string) => text(/^\d{13}$/, "13 digits", title, description);

const settings = v.strictObject({
  api_key: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(8, "is too short"),
    v.title("API key"),
    v.description("Under API access in your account; it begins with sk_live_"),
    v.metadata({ secret: true }),
  ),
  mpan: v.optional(mpan("MPAN", "Of the electricity you take, 13 digits; it stands on your bill")),
  serial: v.optional(serial("the electricity meter")),
  export_mpan: v.optional(mpan("Export MPAN", "Of what you feed in; empty: you feed nothing in")),
  mprn: v.optional(text(/^\d{6,10}$/, "6 to 10 digits", "MPRN", "Of your gas; empty: no gas")),
  gas_serial: v.optional(serial("the gas meter")),
  gas_unit: v.optional(
    v.pipe(
      v.picklist(["m³", "kWh"]),
      v.title("Unit of gas"),
      v.description("Meters of the second generation (SMETS2) tell m³, those of the first kWh"),
    ),
    "m³",
  ),
});
type Settings = v.InferOutput<typeof settings>;

const HOST = "https://api.octopus.energy";
const DAY: Micros = 86_400_000_000;
/** A day comes on the next one, sometimes later, and sometimes not whole at first. */
const BACK: Micros = 5 * DAY;
/** Where nothing came for longer than that. */
const MOST_BACK: Micros = 30 * DAY;
const MOST_PAGES = 10;

/** When the last half hour ended that was told, by quantity. */
const Known = v.record(v.string(), v.number());
type Known = v.InferOutput<typeof Known>;

/** What is asked for, by quantity. */
const metersOf = (given: Settings): { readonly quantity: string; readonly path: string }[] => {
  const { mpan: own, serial: meter, export_mpan: out, mprn, gas_serial: gasMeter } = given;
  const electricity = (point: string | undefined, quantity: string) =>
    point !== undefined && meter !== undefined
      ? [{ quantity, path: `/v1/electricity-meter-points/${point}/meters/${meter}/consumption/` }]
      : [];
  const gas = given.gas_unit === "kWh" ? "gas_energy_interval" : "gas_interval";
  return [
    ...electricity(own, "import_interval"),
    ...electricity(out, "export_interval"),
    ...(mprn !== undefined && gasMeter !== undefined
      ? [{ quantity: gas, path: `/v1/gas-meter-points/${mprn}/meters/${gasMeter}/consumption/` }]
      : []),
  ];
};

export const octopusConsumption: Provider<Settings, Known> = {
  id: "octopus_consumption",
  kind: "smart_meter",
  name: "Octopus Energy consumption",
  homepage: "https://octopus.energy",
  attribution: "Consumption from Octopus Energy",
  settings,
  worksUnset: false,
  limits: [],
  everyMs: 3 * 3_600_000,
  tooOldMs: 4 * 24 * 3_600_000,
  unfit: (given) =>
    metersOf(given).length > 0
      ? undefined
      : { why: "No meter is named", fix: "Name the MPAN and the meter's serial number, or those of the gas meter." },
  read: async (needs) => {
    const { now } = needs;
    const kept = v.safeParse(Known, needs.facts);
    const known: { [quantity: string]: number } = kept.success ? { ...kept.output } : {};
    const readings: OutsideReading[] = [];
    for (const meter of metersOf(needs.settings)) {
      const since = known[meter.quantity] ?? now - BACK;
      const own = await ofMeter(needs, meter, {
        from: Math.max(now - MOST_BACK, Math.min(now - BACK, since)),
        to: now,
      });
      const until = own.at(-1)?.until;
      if (until !== undefined) known[meter.quantity] = until;
      readings.push(...own);
    }
    return {
      readings,
      issues: [],
      facts: known,
      ...(readings.length === 0 ? { waitsFor: "the first half hours of the last days" } : {}),
    };
  },
  readBetween: async (needs) => {
    const readings: OutsideReading[] = [];
    for (const meter of metersOf(needs.settings)) readings.push(...(await ofMeter(needs, meter, needs.window)));
    return { readings, issues: [] };
  },
};

async function ofMeter(
  { ask, settings: given, now }: ReadNeeds<Settings>,
  { quantity, path }: ReturnType<typeof metersOf>[number],
  { from, to }: Window,
): Promise<OutsideReading[]> {
  const query = new URLSearchParams({
    period_from: microsToRfc3339(from).replace(/\.\d+/, ""),
    period_to: microsToRfc3339(to).replace(/\.\d+/, ""),
    page_size: "1500",
    order_by: "period",
  });
  const headers = { authorization: `Basic ${Buffer.from(`${given.api_key}:`).toString("base64")}` };
  let url: string | null = `${HOST}${path}?${query}`;
  const readings: OutsideReading[] = [];
  for (let page = 0; url !== null; page++) {
    if (page === MOST_PAGES) throw new Failure("answer_too_large", `${HOST} has more than ${MOST_PAGES} pages`);
    // The address names the meter, and so the home.
    const answer: v.InferOutput<typeof Answer> = await ask({ url, headers, schema: Answer, secret: true, onStatus });
    for (const { consumption: value, interval_start: time, interval_end: until } of answer.results) {
      if (until <= time)
        throw new Failure("changed_shape", "api.octopus.energy tells a time that ends before it begins");
      if (value !== null && until <= now && time >= from) readings.push({ quantity, time, until, value });
    }
    url = answer.next ?? null;
    if (url !== null && !url.startsWith(`${HOST}/`))
      throw new Failure("changed_shape", "api.octopus.energy names a next page that lies elsewhere");
  }
  return readings.sort((a, b) => a.time - b.time);
}

function onStatus(status: number): undefined {
  if (status === 404)
    throw new Failure("unexpected_status", "api.octopus.energy knows no such meter", {
      fix: "Check the MPAN or MPRN and the serial number of the meter.",
    });
}
