import { type Context, FLAWS, GAP_CAUSES, ORIGINS, type SeriesId } from "../../domain/data/reading.ts";
import { STATISTIC_PERIODS, STATISTIC_VALUES } from "../../domain/data/statistic.ts";
import { Failure } from "../../domain/failure.ts";
import { notStorable } from "./exact-json.ts";
import type { Logged } from "./ledger.ts";

const isTime = Number.isSafeInteger;
const isId = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) >= 0;
const isTextOrNull = (text: unknown): boolean => text === null || typeof text === "string";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws what is wrong with a batch before anything of it is written. `knows` says which series exist already. */
export function checkEntries(entries: readonly Logged[], knows: (series: SeriesId) => boolean): void {
  let added: Set<SeriesId> | undefined;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Logged;
    const wrong = faultOf(entry);
    if (wrong) throw notStorable(`Entry ${i} (${entry.kind}) of the batch: ${wrong}`, "Correct the entry");
    if (entry.kind === "series") {
      added ??= new Set();
      added.add(entry.series);
    } else if (entry.kind === "reading" || entry.kind === "statistic") {
      const { series } = entry.kind === "reading" ? entry.reading : entry.statistic;
      if (!knows(series) && !added?.has(series))
        throw new Failure(
          "series_unknown",
          `Entry ${i} of the batch is a ${entry.kind} of series ${series}, which has no identity`,
          {
            fix: "Append a series entry before whatever is of a series",
          },
        );
    }
  }
}

function faultOf(entry: Logged): string | undefined {
  switch (entry.kind) {
    case "reading": {
      const { reading } = entry;
      if (!isId(reading.series)) return `series ${reading.series} is not a whole number from 0`;
      if (!isTime(reading.time) || !isTime(reading.changed)) return "time or changed is not in whole microseconds";
      if (!isTextOrNull(reading.state)) return "the state is neither text nor null";
      if (!isObject(reading.attributes)) return "the attributes are not an object";
      if (!ORIGINS.includes(reading.origin)) return `the origin ${reading.origin} is unknown`;
      if (reading.flaws.length > 0 && reading.flaws.some((flaw) => !FLAWS.includes(flaw))) return "a flaw is unknown";
      return faultOfContext(reading.context);
    }
    case "event": {
      const { event } = entry;
      if (!isTime(event.time)) return "the time is not in whole microseconds";
      if (typeof event.type !== "string") return "the type is not text";
      if (!isObject(event.data)) return "the data are not an object";
      if (!ORIGINS.includes(event.origin)) return `the origin ${event.origin} is unknown`;
      return faultOfContext(event.context);
    }
    case "gap": {
      const { gap } = entry;
      if (!isTime(gap.from) || !isTime(gap.to)) return "from or to is not in whole microseconds";
      if (gap.series !== null && !isId(gap.series)) return `series ${gap.series} is not a whole number from 0`;
      if (gap.kind !== "states" && gap.kind !== "events") return `the kind ${gap.kind} is unknown`;
      return GAP_CAUSES.includes(gap.cause) ? undefined : `the cause ${gap.cause} is unknown`;
    }
    case "statistic": {
      const { statistic } = entry;
      if (!isId(statistic.series)) return `series ${statistic.series} is not a whole number from 0`;
      if (!STATISTIC_PERIODS.includes(statistic.period)) return `the period ${statistic.period} is unknown`;
      if (!isTime(statistic.start)) return "the start is not in whole microseconds";
      if (statistic.lastReset !== null && !isTime(statistic.lastReset))
        return "the last reset is not in whole microseconds";
      const wrong = STATISTIC_VALUES.find((name) => statistic[name] !== null && !Number.isFinite(statistic[name]));
      return wrong && `${wrong} is not a finite number`;
    }
    case "series":
      if (!isId(entry.series)) return `series ${entry.series} is not a whole number from 0`;
      if (!isTime(entry.identity.from)) return "from is not in whole microseconds";
      return typeof entry.identity.entityId === "string" ? undefined : "the entity id is not text";
    case "amendment":
      return undefined;
    default:
      return "the kind is unknown";
  }
}

function faultOfContext(context: Context | null): string | undefined {
  if (context === null) return undefined;
  return typeof context.id === "string" && isTextOrNull(context.parentId) && isTextOrNull(context.userId)
    ? undefined
    : "a part of the context is not text";
}
