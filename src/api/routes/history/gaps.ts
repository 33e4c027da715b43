import { Hono } from "hono";
import * as v from "valibot";
import { currentIdentity } from "../../../domain/data/series.ts";
import { DAY } from "../../../history/history.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { findSeries } from "../../input/entity-filter.ts";
import { checkWindow, gapsParameters } from "../../input/range.ts";
import { readQuery } from "../../input/read.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Gaps, SeriesBook } from "../../ports/ports.ts";
import { type GapShape, gapSchema, gapShape, json } from "../../shapes/answers.ts";

const GAPS: RouteDescription = {
  id: "list_gaps",
  tag: "History",
  summary: "Known holes that touch a window",
  description: "With entity: the holes that concern it, those of every entity included.",
  query: gapsParameters,
  answer: { json: v.object({ gaps: v.array(gapSchema) }) },
  problems: ["unknown_entity"],
};

export const gapsRoutes = (needs: { auth: Auth; gaps: Gaps; series: SeriesBook; clock: Clock }) => {
  const { auth, gaps, series, clock } = needs;
  return new Hono<ApiEnv>().get("/gaps", auth.needs("read", GAPS), (c) => {
    const asked = readQuery(c, gapsParameters);
    checkWindow(asked, clock.now());
    const { to = clock.now(), kind } = asked;
    const { from = to - DAY } = asked;
    const found = gaps({ from, to }, asked.entity === undefined ? undefined : findSeries(series, asked.entity).id);
    const nameOf = (id: number | null) => {
      const of = id === null ? undefined : series.get(id);
      return of ? currentIdentity(of).entityId : null;
    };
    return json<{ gaps: GapShape[] }>(c, {
      gaps: found
        .filter((gap) => kind === undefined || gap.kind === kind)
        .map((gap) => gapShape(gap, nameOf(gap.series))),
    });
  });
};
