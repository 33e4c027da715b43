import * as v from "valibot";
import { type Came, createScore, type Score, type Truth } from "../../domain/outside/score.ts";
import { inUnit } from "../../domain/outside/units.ts";
import { type Micros, microsFromRfc3339, microsToRfc3339 } from "../../domain/time/time.ts";
import type { ViewReader } from "../../store/store.ts";
import { createByteWriter } from "../encode/bytes.ts";
import { BREATH } from "../encode/replay.ts";
import type { ScorePlan } from "../jobs/plan.ts";
import type { ScoreAnswer } from "./shapes.ts";

/** How an issue is kept: its slots in seconds since the epoch. */
const issueSchema = v.object({
  provider: v.string(),
  slots: v.array(v.tuple([v.number(), v.number(), v.union([v.number(), v.string()])])),
});
const MINUTE: Micros = 60_000_000;
const DAY: Micros = 86_400_000_000;
const PAGE = 1_000;
const ROUND = 10_000;

/** How far the forecasts of a time were from what came. */
export async function* encodeScore(reader: ViewReader, plan: ScorePlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { window, until, truth } = plan;
  const came = await cameOf(reader, plan);
  yield BREATH;
  const scores = new Map<string, Score>();
  for await (const page of reader.readings({
    series: plan.forecast,
    window,
    order: "oldest_first",
    limit: Number.MAX_SAFE_INTEGER,
    attributes: true,
  })) {
    for (const { state, time, attributes } of page) {
      const issue = v.safeParse(issueSchema, attributes);
      if (!issue.success) continue;
      const { provider, slots } = issue.output;
      const score = scores.get(provider) ?? createScore({ truth, came, until });
      scores.set(provider, score);
      score.add({
        issued: microsFromRfc3339(state ?? "") ?? time,
        slots: slots.map(([from, to, value]) => ({ from: from * 1_000_000, to: to * 1_000_000, value })),
      });
    }
    yield BREATH;
  }
  const answer: ScoreAnswer = {
    from: microsToRfc3339(window.from),
    to: microsToRfc3339(window.to),
    providers: [...scores].map(([provider, score]) => {
      const { issues, unknown, leads } = score.result();
      return {
        provider,
        issues,
        not_known: unknown,
        leads: leads.map(({ fromHours, toHours, count, meanAbsoluteError, bias }) => ({
          from_hours: fromHours,
          to_hours: toHours,
          count,
          mean_absolute_error: Math.round(meanAbsoluteError * ROUND) / ROUND,
          bias: Math.round(bias * ROUND) / ROUND,
        })),
      };
    }),
  };
  const out = createByteWriter(PAGE);
  out.json(JSON.stringify(answer));
  yield out.take();
}

/** The numbers of a series, at most one a minute: of a sensor that tells every second more would be of no use. */
async function cameOf(reader: ViewReader, plan: ScorePlan): Promise<readonly Came[]> {
  const { truth, unit } = plan;
  const came: Came[] = [];
  const window = { from: plan.window.from - DAY, to: plan.until };
  const attributes = truth === "sum";
  const query = {
    series: plan.came,
    window,
    order: "oldest_first",
    limit: Number.MAX_SAFE_INTEGER,
    attributes,
  } as const;
  for await (const page of reader.readings(query))
    for (const reading of page) {
      const value = numberIn(reading.state, unit);
      if (value === undefined) continue;
      const until =
        typeof reading.attributes.until === "string" ? microsFromRfc3339(reading.attributes.until) : undefined;
      add(came, { time: reading.time, value, ...(until === undefined ? {} : { until }) }, truth);
    }
  return came;
}

function add(came: Came[], next: Came, truth: Truth): void {
  const last = came.at(-1);
  if (truth === "sum" || !last || Math.floor(last.time / MINUTE) !== Math.floor(next.time / MINUTE)) {
    came.push(next);
    return;
  }
  if (truth === "highest" ? next.value > last.value : truth === "lowest" && next.value < last.value)
    came[came.length - 1] = { ...next, time: last.time };
}

function numberIn(state: string | null, unit: ScorePlan["unit"]): number | undefined {
  if (state === null || state.trim() === "") return undefined;
  const value = Number(state);
  if (!Number.isFinite(value)) return undefined;
  return unit ? inUnit(value, unit.from, unit.to) : value;
}
