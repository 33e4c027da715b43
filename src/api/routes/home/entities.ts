import { Hono } from "hono";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { entityFilter, findSeries, matcherOf } from "../../input/entity-filter.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";
import { isPresent } from "../../ports/present.ts";
import { json } from "../../shapes/answers.ts";
import { type Entity, type EntityWithIdentities, entityShape, entityWithIdentities } from "../../shapes/entity.ts";

export const entitiesRoutes = (needs: { auth: Auth; states: States; series: SeriesBook }) => {
  const { auth, states, series } = needs;
  return new Hono<ApiEnv>()
    .get("/entities", auth.needs("read"), (c) => {
      const filter = readQuery(c, entityFilter);
      const matches = matcherOf(filter);
      const entities: Entity[] = [];
      for (const one of series.all()) {
        const reading = states.get(one.id);
        if (matches(one) && (filter.removed || isPresent(one, reading))) entities.push(entityShape(one, reading));
      }
      return json<{ entities: Entity[] }>(c, { entities });
    })
    .get("/entities/:entity", auth.needs("read"), (c) => {
      readQuery(c, NO_PARAMETERS);
      const found = findSeries(series, c.req.param("entity"));
      return json<EntityWithIdentities>(c, entityWithIdentities(found, states.get(found.id)));
    });
};
