import { Hono } from "hono";
import * as v from "valibot";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { ENTITY_IN_PATH, entityFilter, findSeries, matcherOf } from "../../input/entity-filter.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";
import { isPresent } from "../../ports/present.ts";
import { json } from "../../shapes/answers.ts";
import {
  type Entity,
  type EntityWithIdentities,
  entitySchema,
  entityShape,
  entityWithIdentities,
  entityWithIdentitiesSchema,
} from "../../shapes/entity.ts";

const LIST: RouteDescription = {
  id: "list_entities",
  tag: "Home",
  summary: "Every entity that Home Assistant has now, and where it belongs",
  query: entityFilter,
  answer: { json: v.object({ entities: v.array(entitySchema) }) },
};
const ONE: RouteDescription = {
  id: "get_entity",
  tag: "Home",
  summary: "One entity with everything it was called",
  path: { entity: ENTITY_IN_PATH },
  query: NO_PARAMETERS,
  answer: { json: entityWithIdentitiesSchema },
  problems: ["unknown_entity"],
};

export const entitiesRoutes = (needs: { auth: Auth; states: States; series: SeriesBook }) => {
  const { auth, states, series } = needs;
  return new Hono<ApiEnv>()
    .get("/entities", auth.needs("read", LIST), (c) => {
      const filter = readQuery(c, entityFilter);
      const matches = matcherOf(filter);
      const entities: Entity[] = [];
      for (const one of series.all()) {
        const reading = states.get(one.id);
        if (matches(one) && (filter.removed || isPresent(one, reading))) entities.push(entityShape(one, reading));
      }
      return json<{ entities: Entity[] }>(c, { entities });
    })
    .get("/entities/:entity", auth.needs("read", ONE), (c) => {
      readQuery(c, NO_PARAMETERS);
      const found = findSeries(series, c.req.param("entity"));
      return json<EntityWithIdentities>(c, entityWithIdentities(found, states.get(found.id)));
    });
};
