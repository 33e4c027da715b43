import { Hono } from "hono";
import * as v from "valibot";
import { currentIdentity } from "../../../domain/data/series.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Registries, SeriesBook, States } from "../../ports/ports.ts";
import { presentEntities } from "../../ports/present.ts";
import { jsonText } from "../../shapes/answers.ts";
import { readArea, readFloorName } from "../../shapes/registry.ts";
import type { Encoder } from "../../shapes/state.ts";
import { type Summary, summarySchema, summaryText } from "../../shapes/summary.ts";

const ALL: RouteDescription = {
  id: "list_summaries",
  tag: "Now",
  summary: "What is going on in every area",
  query: NO_PARAMETERS,
  answer: { json: v.object({ areas: v.array(summarySchema) }) },
};
const ONE: RouteDescription = {
  id: "get_summary",
  tag: "Now",
  summary: "What is going on in one area",
  path: { area: "An area_id." },
  query: NO_PARAMETERS,
  answer: { json: summarySchema },
  problems: ["not_found"],
};

export const summaryRoutes = (needs: {
  auth: Auth;
  states: States;
  series: SeriesBook;
  registries: Registries;
  encoder: Encoder;
}) => {
  const { auth, states, series, registries, encoder } = needs;

  const summaryOf = (areaId: string | null, present: Parameters<typeof summaryText>[1]): string => {
    const content = areaId === null ? undefined : registries.current("area").get(areaId);
    const area = areaId === null ? undefined : readArea(areaId, content ?? {});
    const floor = area?.floor_id ? readFloorName(registries.current("floor").get(area.floor_id)) : null;
    return summaryText({ id: areaId, name: area?.name ?? null, floor }, present, encoder);
  };

  return new Hono<ApiEnv>()
    .get("/summary", auth.needs("read", ALL), (c) => {
      readQuery(c, NO_PARAMETERS);
      const byArea = new Map<string | null, Parameters<typeof summaryText>[1][number][]>();
      for (const areaId of registries.current("area").keys()) byArea.set(areaId, []);
      byArea.set(null, []);
      for (const one of presentEntities(states, series)) {
        const { areaId } = currentIdentity(one.series);
        const group = byArea.get(areaId);
        if (group) group.push(one);
        else byArea.set(areaId, [one]);
      }
      const texts = [...byArea].map(([areaId, present]) => summaryOf(areaId, present));
      return jsonText<{ areas: Summary[] }>(c, `{"areas":[${texts.join(",")}]}`);
    })
    .get("/summary/:area", auth.needs("read", ONE), (c) => {
      readQuery(c, NO_PARAMETERS);
      const areaId = c.req.param("area");
      const present = [...presentEntities(states, series)].filter(
        (one) => currentIdentity(one.series).areaId === areaId,
      );
      if (present.length === 0 && !registries.current("area").has(areaId))
        throw refuse("not_found", `There is no area ${areaId}`, { fix: "GET api/v1/areas lists them by area_id." });
      return jsonText<Summary>(c, summaryOf(areaId, present));
    });
};
