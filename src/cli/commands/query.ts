import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Command, Given } from "../arguments/command.ts";
import { misuse } from "../arguments/parse.ts";
import { readTime } from "../arguments/times.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { withKnownEntities } from "../hub/entities.ts";
import { type Cell, shown } from "../output/table.ts";

const RESOLUTIONS = ["auto", "5m", "15m", "1h", "1d", "1w", "1mo", "window"];

type Gap = { readonly from: string; readonly to: string; readonly cause: string };
type History = {
  readonly from: string;
  readonly to: string;
  readonly series: readonly {
    readonly entity_id: string;
    readonly points: readonly (readonly [time: string, state: string | null])[];
    readonly gaps: readonly Gap[];
  }[];
  readonly next_cursor: string | null;
};
type Bucket = { readonly from: string; readonly to: string; readonly [name: string]: unknown };
type Statistics = {
  readonly resolution: string;
  readonly series: readonly {
    readonly entity_id: string;
    readonly unit?: string | null;
    readonly buckets: readonly Bucket[];
    readonly gaps: readonly Gap[];
  }[];
  readonly next_cursor: string | null;
};

export const query: Command = {
  name: "query",
  summary: "What entities were: every change, or what they amount to by the hour, day, …",
  operands: { shown: "ENTITY …", least: 1, most: 500 },
  options: {
    from: {
      kind: "text",
      value: "TIME",
      help: "The beginning: a time with a zone, a day, or so long ago (24h, 7d); default 24h",
    },
    to: { kind: "text", value: "TIME", help: "The end, which is outside; default now" },
    aggregate: {
      kind: "text",
      value: "STEP",
      help: "What they amount to instead of every change",
      choices: RESOLUTIONS,
    },
    function: {
      kind: "list",
      value: "NAME",
      help: "With --aggregate: mean, min, max, sum, count, changes, first, last, increase, covered",
    },
    limit: { kind: "text", value: "ROWS", help: "So many rows at most (10,000; the most is 100,000)" },
    attributes: { kind: "flag", help: "With every change its attributes (JSON alone)" },
  },
  details: "Names may be former ones, or series ids such as #12.",
  examples: [
    ["ha-ingestor query sensor.kitchen_temperature --from 2h", "Every change of the last two hours"],
    ["ha-ingestor query sensor.a sensor.b --from 2026-11-01 --aggregate 1d", "Mean, least and most of each day"],
    ["ha-ingestor query light.hall --from 7d | jq '.series[0].points | length'", "JSON in a pipe"],
  ],
  run: (context, given) => (given.text("aggregate") === undefined ? changes(context, given) : buckets(context, given)),
};

function windowOf({ clock }: Context, given: Given): { from?: string; to?: string } {
  const now = clock.now();
  const from = readTime("from", given.text("from"), now);
  const to = readTime("to", given.text("to"), now);
  if (from !== undefined && from >= (to ?? now))
    throw misuse("The window ends before it begins", "Give --from a time before --to (which is now, unless given).");
  return {
    ...(from === undefined ? {} : { from: microsToRfc3339(from) }),
    ...(to === undefined ? {} : { to: microsToRfc3339(to) }),
  };
}

function limitOf(given: Given): { limit?: number } {
  const text = given.text("limit");
  if (text === undefined) return {};
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > 100_000)
    throw misuse(`--limit is ${text}`, "Give a whole number from 1 to 100000; ha-ingestor export has no limit.");
  return { limit: Number(text) };
}

async function changes(context: Context, given: Given): Promise<ExitCode> {
  const { hub, out } = context;
  const functions = given.list("function");
  if (functions) throw misuse("--function belongs to --aggregate", "Add --aggregate 1h, or leave --function out.");
  const answer = await withKnownEntities(hub, given.names, () =>
    hub.post<History>("history/query", {
      entities: given.names,
      ...windowOf(context, given),
      ...limitOf(given),
      ...(given.flag("attributes") ? { attributes: true } : {}),
    }),
  );
  await out.answer(answer, () => {
    const rows = answer.series.flatMap(({ entity_id: id, points }) =>
      points.map(([time, state]): Cell[] => [time, id, state ?? "(removed)"]),
    );
    return out.table(["Time (UTC)", "Entity", "State"], rows);
  });
  for (const { entity_id: id, gaps } of answer.series) noteGaps(context, id, gaps);
  noteMore(context, answer.next_cursor);
  return EXIT.ok;
}

async function buckets(context: Context, given: Given): Promise<ExitCode> {
  const { hub, out } = context;
  if (given.flag("attributes")) throw misuse("--attributes does not go with --aggregate", "Leave one of them out.");
  const functions = given.list("function");
  const answer = await withKnownEntities(hub, given.names, () =>
    hub.post<Statistics>("statistics/query", {
      entities: given.names,
      ...windowOf(context, given),
      ...limitOf(given),
      resolution: given.text("aggregate"),
      ...(functions ? { functions } : {}),
    }),
  );
  await out.answer(answer, () => {
    const names = [
      ...new Set(answer.series.flatMap(({ buckets: all }) => all.flatMap((one) => Object.keys(one)))),
    ].filter((name) => !["from", "to", "source", "completeness", "states", "states_omitted"].includes(name));
    const rows = answer.series.flatMap(({ entity_id: id, buckets: all }) =>
      all.map((one): Cell[] => [one.from.slice(0, 19), id, ...names.map((name) => one[name] as Cell)]),
    );
    return out.table(["From (UTC)", "Entity", ...names], rows);
  });
  for (const { entity_id: id, gaps } of answer.series) noteGaps(context, id, gaps);
  noteMore(context, answer.next_cursor);
  return EXIT.ok;
}

/** A table shows no holes, so they are told beside it. */
function noteGaps({ out }: Context, entity: string, gaps: readonly Gap[]): void {
  if (out.json) return;
  for (const { from, to, cause } of gaps) out.note(`Not known of ${shown(entity)}: ${from} to ${to} (${cause})`);
}

function noteMore({ out }: Context, cursor: string | null): void {
  if (cursor !== null) out.note("There is more: narrow the window, raise --limit, or use ha-ingestor export.");
}
