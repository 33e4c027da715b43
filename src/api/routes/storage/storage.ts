import { Hono } from "hono";
import * as v from "valibot";
import type { Micros } from "../../../domain/time/time.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Retention } from "../../../retention/retention.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, wholeNumber } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { DiskSpace, Registries, SeriesBook, SetAside, States } from "../../ports/ports.ts";
import { countSchema, json, type Shape, timeSchema } from "../../shapes/answers.ts";
import { GROUPS, topOf } from "./top.ts";

const month = v.pipe(v.string("is not a text"), v.regex(/^\d{4}-(0[1-9]|1[0-2])$/, "is no month such as 2026-11"));

const topQuestion = v.strictObject({
  by: v.optional(v.picklist(["bytes", "readings"], "is neither bytes nor readings")),
  group: v.optional(v.picklist(GROUPS, `is none of ${GROUPS.join(", ")}`)),
  from: v.optional(month),
  to: v.optional(month),
  limit: v.optional(wholeNumber(1, 1_000)),
});

const STORAGE_KINDS = ["log", "readings", "events", "statistics", "rollups"] as const;

const storageSchema = v.pipe(
  v.object({
    as_of: timeSchema,
    disk: v.nullable(
      v.object({
        total: countSchema,
        free: countSchema,
        reserve: v.pipe(countSchema, v.description("Recording stops before it takes this.")),
      }),
    ),
    total: v.object({ bytes: countSchema, files: countSchema, readings: countSchema, events: countSchema }),
    months: v.array(
      v.object({
        month: v.pipe(v.nullable(v.string()), v.description("UTC, by the time of the reading; null: of several.")),
        kind: v.picklist(STORAGE_KINDS),
        files: countSchema,
        bytes: countSchema,
        entries: countSchema,
      }),
    ),
    growth: v.nullable(
      v.object({
        bytes_per_day: v.pipe(v.nullable(v.number()), v.description("Of history; null: not known yet.")),
        readings_per_day: v.number(),
        events_per_day: v.number(),
        days: v.pipe(v.number(), v.description("Measured over so many.")),
      }),
    ),
    budget: v.object({ bytes: countSchema, source: v.picklist(["automatic", "chosen"]), used: countSchema }),
    days_left: v.pipe(v.nullable(countSchema), v.description("Until the budget; null: more than 30, or not known.")),
    forecast: v.pipe(
      v.array(v.object({ date: v.string(), bytes: countSchema })),
      v.description("The next 30 days; empty: growth is not known yet."),
    ),
    quarantined: v.pipe(
      v.array(
        v.object({
          file: v.pipe(v.string(), v.description("In the store's folder; app.db in the home's.")),
          bytes: countSchema,
          why: v.pipe(v.nullable(v.string()), v.description("null: it was set aside at an earlier start.")),
          kind: v.pipe(
            v.nullable(v.picklist([...STORAGE_KINDS, "settings"])),
            v.description("What it held, settings: app.db; null: nothing of the store's, or not known."),
          ),
          month: v.nullable(v.string()),
          fix: v.string(),
        }),
      ),
      v.description("Files that could not be read, set aside. They are never deleted, and nothing is read from them."),
    ),
    recording: v.object({ stopped: v.boolean(), since: v.exactOptional(timeSchema) }),
  }),
  v.title("Storage"),
);
export type StorageShape = Shape<typeof storageSchema>;

const topSchema = v.pipe(
  v.object({
    by: v.picklist(["bytes", "readings"]),
    group: v.picklist(GROUPS),
    total: v.object({ readings: countSchema, bytes: countSchema }),
    top: v.array(
      v.object({
        key: v.pipe(v.string(), v.description("An entity_id, or what the group is; empty: those that have none.")),
        name: v.nullable(v.string()),
        entity_id: v.exactOptional(v.string()),
        series: v.exactOptional(countSchema),
        entities: countSchema,
        readings: countSchema,
        bytes: countSchema,
        share: v.pipe(v.number(), v.description("Of the total, 0 to 1.")),
      }),
    ),
  }),
  v.title("TopWriters"),
);
export type TopShape = Shape<typeof topSchema>;

const GET: RouteDescription = {
  id: "get_storage",
  tag: "Operation",
  summary: "What fills the disk, by month and kind, how fast, and how long it will last",
  query: NO_PARAMETERS,
  limit: "history",
  answer: { json: storageSchema },
  problems: ["store_unavailable"],
};
const TOP: RouteDescription = {
  id: "top_writers",
  tag: "Operation",
  summary: "Who fills the disk",
  description:
    "Months are both inside. Bytes are those of readings and of what is left of readings that went. They are shares of what is compressed together, so near, not exact.",
  query: NO_PARAMETERS,
  body: topQuestion,
  limit: "history",
  answer: { json: topSchema },
  problems: ["payload_too_large", "store_unavailable"],
};

const DAY: Micros = 86_400_000_000;

export const storageRoutes = (needs: {
  auth: Auth;
  retention: Retention;
  series: SeriesBook;
  states: States;
  registries: Registries;
  disk: DiskSpace;
}) => {
  const { auth, retention, series, states, registries, disk } = needs;
  return new Hono<ApiEnv>()
    .get("/storage", auth.needs("read", GET), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { asOf, room, parts, growth, budget, used, forecast, daysLeft } = await retention.storage();
      const { stoppedSince, reserve } = disk;
      const { readings, events } = retention.totals();
      return json<StorageShape>(c, {
        as_of: microsToRfc3339(asOf),
        disk: room && { ...room, reserve },
        total: { bytes: used, files: parts.reduce((sum, { files }) => sum + files, 0), readings, events },
        months: parts.map(({ kind, month: of, files, bytes, entries }) => ({ month: of, kind, files, bytes, entries })),
        growth: growth && {
          bytes_per_day: growth.bytesPerDay,
          readings_per_day: growth.readingsPerDay,
          events_per_day: growth.eventsPerDay,
          days: growth.days,
        },
        budget: { ...budget, used },
        days_left: daysLeft,
        forecast: (forecast ?? []).slice(1).map((bytes, i) => ({
          date: microsToRfc3339(asOf + (i + 1) * DAY).slice(0, 10),
          bytes,
        })),
        quarantined: (await disk.quarantined()).map((one) => ({ ...one, fix: fixOf(one.kind) })),
        recording: { stopped: stoppedSince() !== undefined, ...sinceOf(stoppedSince()) },
      });
    })
    .post("/storage/top", auth.needs("read", TOP), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { by = "bytes", group = "entity", limit = 20, from, to } = await readBody(c, topQuestion);
      if (from !== undefined && to !== undefined && from > to) {
        const message = "is after to";
        throw refuse("invalid_request", `Body: from: ${message}`, { errors: [{ path: "from", message }] });
      }
      const usage = (await retention.usage()).filter(
        (row) => (from === undefined || row.month >= from) && (to === undefined || row.month <= to),
      );
      return json<TopShape>(c, topOf(usage, { by, group, limit }, { series, states, registries }));
    });
};

/** Home Assistant has states of its last days; everything else a backup alone has. */
const fixOf = (kind: SetAside["kind"]): string => {
  if (kind === null) return "Move it out of the store's folder; it is not the hub's.";
  if (kind === "settings")
    return "It held settings, tokens and the names that entities had: restore a backup that is older than the damage, or go on with new ones and move it out of the folder.";
  const restore = "restore a backup that is older than the damage";
  if (kind === "readings" || kind === "log")
    return `Fetch what is lost from Home Assistant (POST api/v1/store/refetch), as far as its history reaches; for what is older, ${restore}.`;
  return `To have it again, ${restore}.`;
};

const sinceOf = (since: Micros | undefined) => (since === undefined ? {} : { since: microsToRfc3339(since) });
