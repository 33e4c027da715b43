import { XMLParser } from "fast-xml-parser";
import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import { instant } from "../../asking/instant.ts";
import { fromPerMwh, MINUTE, type PriceSlot } from "../slots.ts";
import { perMwh } from "./market-entries.ts";

/** Numbers stay texts, so that a missing one is no zero; entities, which a document could bring along, are not read. */
const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  processEntities: false,
  isArray: (name) => name === "TimeSeries" || name === "Period" || name === "Point" || name === "Reason",
});

const MINUTES: { readonly [resolution: string]: number } = { PT15M: 15, PT30M: 30, PT60M: 60, PT1H: 60 };
/** The longest: a year of quarter hours. */
const MOST_POSITIONS = 36_000;

const number = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== "" && Number.isFinite(Number(text)), "no number"),
  v.transform(Number),
);
const Point = v.object({
  position: v.pipe(number, v.safeInteger(), v.minValue(1), v.maxValue(MOST_POSITIONS)),
  "price.amount": v.pipe(number, perMwh),
});
const Period = v.object({
  timeInterval: v.object({ start: instant, end: instant }),
  resolution: v.picklist(Object.keys(MINUTES)),
  Point: v.array(Point),
});
const Series = v.object({
  "classificationSequence_AttributeInstanceComponent.position": v.optional(v.string()),
  "currency_Unit.name": v.literal("EUR"),
  "price_Measure_Unit.name": v.literal("MWH"),
  curveType: v.optional(v.picklist(["A01", "A03"]), "A01"),
  Period: v.array(Period),
});
const Document = v.union([
  v.object({
    Publication_MarketDocument: v.object({ createdDateTime: v.optional(instant), TimeSeries: v.array(Series) }),
  }),
  v.object({
    Acknowledgement_MarketDocument: v.object({
      Reason: v.array(v.object({ code: v.optional(v.string()), text: v.optional(v.string(), "") })),
    }),
  }),
]);

/** The auction that sets the price; a second one is told beside it in DE-LU and AT. */
const isFirst = (series: v.InferOutput<typeof Series>): boolean =>
  (series["classificationSequence_AttributeInstanceComponent.position"] ?? "1") === "1";

/**
 * The day-ahead prices of a document A44.
 *
 * @throws Failure `not_xml`, `changed_shape`, `refused` (what was asked for is refused in words)
 */
export function readEntsoe(text: string): { readonly slots: PriceSlot[]; readonly issued?: number } {
  let raw: unknown;
  try {
    raw = parser.parse(text, true);
  } catch (error) {
    throw new Failure("not_xml", "web-api.tp.entsoe.eu answered with something that is no XML", {
      retry: true,
      cause: error,
    });
  }
  const parsed = v.safeParse(Document, raw);
  if (!parsed.success) throw shapeFailure(raw);
  if ("Acknowledgement_MarketDocument" in parsed.output) {
    const said = parsed.output.Acknowledgement_MarketDocument.Reason.map((reason) => reason.text).join(" ");
    // The way in which it says "not published yet".
    if (/no matching data/i.test(said)) return { slots: [] };
    throw new Failure("refused", `web-api.tp.entsoe.eu refuses: ${said.slice(0, 200)}`);
  }
  const { TimeSeries: all, createdDateTime: issued } = parsed.output.Publication_MarketDocument;
  const slots = all
    .filter(isFirst)
    .flatMap((series) => series.Period.flatMap((period) => slotsOf(period, series.curveType)));
  // Of hours and quarter hours that are told of one time, the quarter hours are what is paid.
  slots.sort((a, b) => b.to - b.from - (a.to - a.from));
  return { slots, ...(issued === undefined ? {} : { issued }) };
}

/** In curve A03 a position that repeats the one before it is left out; in A01 one that is missing is missing. */
function slotsOf(period: v.InferOutput<typeof Period>, curve: "A01" | "A03"): PriceSlot[] {
  const { start, end } = period.timeInterval;
  const step = (MINUTES[period.resolution] as number) * MINUTE;
  const points = [...period.Point].sort((a, b) => a.position - b.position);
  return points.flatMap((point, index) => {
    const from = start + (point.position - 1) * step;
    const next = points[index + 1];
    const last = next === undefined ? end : start + (next.position - 1) * step;
    const until = curve === "A03" ? last : Math.min(from + step, end);
    const slots: PriceSlot[] = [];
    for (let time = from; time < until; time += step)
      slots.push({ from: time, to: Math.min(time + step, until), value: fromPerMwh(point["price.amount"]) });
    return slots;
  });
}

/** A union's own issue names no path, so the document is checked once more as what it claims to be. */
function shapeFailure(raw: unknown): Failure {
  const options = Document.options;
  const isAnswer = typeof raw === "object" && raw !== null && "Publication_MarketDocument" in raw;
  const again = v.safeParse(options[isAnswer ? 0 : 1], raw);
  const issue = again.issues?.[0];
  const path = (issue && v.getDotPath(issue)) ?? "the document";
  return new Failure(
    "changed_shape",
    `web-api.tp.entsoe.eu answered in another shape than it used to: ${path}: ${issue?.message ?? "unknown document"}`,
    { fix: "If it stays so, report it with the raw answer, which the source's page shows." },
  );
}
