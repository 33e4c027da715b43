import { type Context, Hono } from "hono";
import { currentIdentity, type Series } from "../../../domain/data/series.ts";
import { createPatternMatcher, isGlob } from "../../../domain/home/exclusion.ts";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { ExportFormat } from "../../../exchange/plan.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { findSeries, matcherOf } from "../../input/entity-filter.ts";
import { type ExportQuestion, exportParameters, exportQuestion } from "../../input/export.ts";
import { checkWindow } from "../../input/range.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import { createGate } from "../../limits/gate.ts";
import { MOST_EXPORTS } from "../../limits/policies.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import { download } from "../../shapes/answers.ts";

const MEDIA: { readonly [format in ExportFormat]: string } = {
  ndjson: "application/x-ndjson",
  csv: "text/csv; charset=utf-8; header=present",
};

const SHARED = {
  tag: "History",
  description:
    "Rows of each series by time, then the gaps. The last line (NDJSON: of the kind end; CSV: its first field begins with #end) says that the file is whole, and counts what is in it. docs/api.md has the lines and columns.",
  limit: "history",
  answer: { media: ["application/x-ndjson", "text/csv"], description: "The file, as it is read." },
} as const;
const GET: RouteDescription = {
  ...SHARED,
  id: "get_export",
  summary: "Everything recorded, as a file: NDJSON or CSV",
  query: exportParameters,
  problems: ["unknown_entity", "busy", "store_unavailable"],
};
const POST: RouteDescription = {
  ...SHARED,
  id: "query_export",
  summary: "The same for questions too long for an address",
  query: NO_PARAMETERS,
  body: exportQuestion,
  problems: ["unknown_entity", "payload_too_large", "busy", "store_unavailable"],
};

export const exportRoutes = (needs: { auth: Auth; exchange: Exchange; series: SeriesBook; clock: Clock }) => {
  const { auth, exchange, series, clock } = needs;
  const gate = createGate(MOST_EXPORTS);

  const answer = async (c: Context<ApiEnv>, asked: ExportQuestion) => {
    checkWindow(asked, clock.now());
    const { format = "ndjson", kinds = ["readings"], from, to, columns, times, types, spreadsheet } = asked;
    const chosen = chooseSeries(series, asked).map((one) => ({
      id: one.id,
      entityId: currentIdentity(one).entityId,
    }));
    const request = { format, kinds, series: chosen, from, to, columns, times, types, spreadsheet };
    const headers = { "content-type": MEDIA[format], "content-disposition": `attachment; filename="${fileName()}"` };
    // A HEAD wants the headers alone: nothing is read for it.
    if (c.req.method === "HEAD") return download(c, new Uint8Array(), headers);
    return download(c, await gate.pass(c, () => exchange.export(request, c.req.raw.signal)), headers);

    function fileName(): string {
      return `ha-ingestor-${kinds.join("-")}-${dayOf(from) ?? "beginning"}-${dayOf(to ?? clock.now())}.${format}`;
    }
  };

  return new Hono<ApiEnv>()
    .get("/export", auth.needs("read", GET), (c) => {
      const { kind, entity, domain, area, device, label, integration, column, type, ...same } = readQuery(
        c,
        exportParameters,
      );
      return answer(c, {
        ...same,
        kinds: kind,
        entities: entity,
        domains: domain,
        areas: area,
        devices: device,
        labels: label,
        integrations: integration,
        columns: column,
        types: type,
      });
    })
    .post("/export", auth.needs("read", POST), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return answer(c, await readBody(c, exportQuestion));
    });
};

/** `2026-11-23`: the day, in UTC, that a time is of. */
const dayOf = (time: Micros | undefined): string | undefined =>
  time === undefined ? undefined : microsToRfc3339(time).slice(0, 10);

/** Names as they were asked for, then what the patterns match; without any, all that the filters leave. */
function chooseSeries(book: SeriesBook, asked: ExportQuestion): readonly Series[] {
  const { entities, domains, areas, devices, labels, integrations, removed = true } = asked;
  const passes = matcherOf({
    domain: domains,
    area: areas,
    device: devices,
    label: labels,
    integration: integrations,
    q: undefined,
    removed: undefined,
  });
  const chosen = new Map<number, Series>();
  const all = () => [...book.all()].filter((one) => removed || currentIdentity(one).holdsName);
  for (const name of (entities ?? []).filter((one) => !isGlob(one))) {
    const found = findSeries(book, name);
    chosen.set(found.id, found);
  }
  const patterns = entities ? entities.filter(isGlob) : ["*"];
  if (patterns.length > 0) {
    const matches = createPatternMatcher(patterns);
    for (const one of all()) if (matches(currentIdentity(one).entityId)) chosen.set(one.id, one);
  }
  return [...chosen.values()].filter(passes);
}
