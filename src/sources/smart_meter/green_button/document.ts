import { XMLParser } from "fast-xml-parser";
import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";

/** Numbers stay texts, so that a missing one is no zero; entities, which a document could bring along, are not read. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name) => LISTS.has(name),
});
const LISTS = new Set([
  "entry",
  "link",
  "ReadingType",
  "MeterReading",
  "UsagePoint",
  "IntervalBlock",
  "IntervalReading",
]);

const number = v.pipe(
  v.string(),
  v.trim(),
  v.check((text) => /^-?\d{1,15}$/.test(text), "no whole number"),
  v.transform(Number),
);
const optionalNumber = v.optional(number);

/** Elements that an entry may hold; another one among them is skipped. */
const readingType = v.object({
  accumulationBehaviour: optionalNumber,
  commodity: optionalNumber,
  defaultQuality: optionalNumber,
  flowDirection: optionalNumber,
  powerOfTenMultiplier: optionalNumber,
  uom: optionalNumber,
});
const usagePoint = v.object({ ServiceCategory: v.optional(v.object({ kind: optionalNumber })) });
const timeParameters = v.object({ tzOffset: optionalNumber });
const quality = v.object({ quality: optionalNumber });
const intervalReading = v.object({
  timePeriod: v.optional(v.object({ start: optionalNumber, duration: optionalNumber })),
  value: optionalNumber,
  ReadingQuality: v.optional(v.union([quality, v.array(quality)])),
});
const intervalBlock = v.object({
  // What is damaged is left out by itself, so each is looked at later.
  IntervalReading: v.optional(v.array(v.unknown()), []),
});

export type ReadingType = v.InferOutput<typeof readingType>;
export type IntervalBlock = v.InferOutput<typeof intervalBlock>;
export type IntervalReadingElement = v.InferOutput<typeof intervalReading>;

/** One resource: where it is, what lies above it, what it names, and what it holds. */
export type Entry = {
  readonly self: readonly string[];
  readonly up: readonly string[];
  readonly related: readonly string[];
  readonly readingType: ReadingType | undefined;
  readonly usagePoint: v.InferOutput<typeof usagePoint> | undefined;
  readonly isMeterReading: boolean;
  readonly blocks: readonly IntervalBlock[];
  readonly tzOffset: number | undefined;
  /** Names of elements that it holds. */
  readonly names: readonly string[];
};

export const readInterval = (element: unknown): IntervalReadingElement | undefined => {
  const read = v.safeParse(intervalReading, element);
  return read.success ? read.output : undefined;
};

const link = v.looseObject({ "@rel": v.optional(v.string(), ""), "@href": v.optional(v.string(), "") });
const entry = v.object({
  link: v.optional(v.array(v.unknown()), []),
  content: v.optional(v.unknown()),
});

/**
 * The entries of an Atom feed, or the one that is all there is.
 *
 * @throws Failure `not_xml`, `changed_shape`
 */
export function readDocument(text: string): Entry[] {
  let document: unknown;
  try {
    if (!/^\s*</.test(text) || /<!doctype html|<html/i.test(text.slice(0, 2_000))) throw new Error("no XML");
    document = parser.parse(text, true);
  } catch (cause) {
    throw new Failure("not_xml", "The file is no whole XML document", {
      fix: "Download the Green Button file once more, and hand it in as it is.",
      cause,
    });
  }
  const root = document as { feed?: { entry?: unknown[] }; entry?: unknown[] };
  const entries = root.feed ? (root.feed.entry ?? []) : root.entry;
  if (!entries)
    throw new Failure("changed_shape", "The file is XML, but no Green Button feed", {
      fix: "Hand in the file that your utility calls Green Button, or My Data.",
    });
  return entries.flatMap((one) => {
    const read = v.safeParse(entry, one);
    return read.success ? [entryOf(read.output)] : [];
  });
}

function entryOf({ link: links, content }: v.InferOutput<typeof entry>): Entry {
  const linksOf = (rel: string) =>
    links.flatMap((one) => {
      const read = v.safeParse(link, one);
      return read.success && read.output["@rel"].trim() === rel ? [placeOf(read.output["@href"])] : [];
    });
  const held = (typeof content === "object" && content !== null ? content : {}) as { readonly [name: string]: unknown };
  /** An element without content is an empty text. */
  const one = <S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> | undefined => {
    const value = [held[name]].flat()[0];
    const read = v.safeParse(schema, value === "" ? {} : value);
    return value !== undefined && read.success ? read.output : undefined;
  };
  return {
    self: linksOf("self"),
    up: linksOf("up"),
    related: linksOf("related"),
    readingType: one("ReadingType", readingType),
    usagePoint: one("UsagePoint", usagePoint),
    isMeterReading: held.MeterReading !== undefined,
    blocks: [held.IntervalBlock].flat().flatMap((block) => {
      const read = v.safeParse(intervalBlock, block);
      return read.success ? [read.output] : [];
    }),
    tzOffset: one("LocalTimeParameters", timeParameters)?.tzOffset,
    names: Object.keys(held).filter((name) => !/^[@#]/.test(name)),
  };
}

/** Links are whole addresses in one file, and relative ones in another: what lies below the service's resources. */
const placeOf = (href: string): string =>
  href
    .trim()
    .replace(/^.*\/resource\//, "")
    .replace(/^\/+|\/+$/g, "");
