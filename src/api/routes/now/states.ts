import { Hono } from "hono";
import * as v from "valibot";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { ENTITY_IN_PATH, entityFilter, findSeries, matcherOf } from "../../input/entity-filter.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Excluding, SeriesBook, States } from "../../ports/ports.ts";
import { isPresent } from "../../ports/present.ts";
import { jsonText } from "../../shapes/answers.ts";
import { type Encoder, type State, stateSchema } from "../../shapes/state.ts";

const LIST: RouteDescription = {
  id: "list_states",
  tag: "Now",
  summary: "The state of every entity that Home Assistant has now",
  description: "Values of one filter are alternatives; several filters must all match.",
  query: entityFilter,
  answer: { json: v.object({ states: v.array(stateSchema) }) },
};
const ONE: RouteDescription = {
  id: "get_state",
  tag: "Now",
  summary: "The state of one entity",
  path: { entity: ENTITY_IN_PATH },
  query: NO_PARAMETERS,
  answer: { json: stateSchema },
  problems: ["unknown_entity"],
};

export const statesRoutes = (needs: {
  auth: Auth;
  states: States;
  series: SeriesBook;
  encoder: Encoder;
  excluding: Pick<Excluding, "has">;
}) => {
  const { auth, states, series, encoder, excluding } = needs;
  return new Hono<ApiEnv>()
    .get("/states", auth.needs("read", LIST), (c) => {
      const filter = readQuery(c, entityFilter);
      const matches = matcherOf(filter);
      const texts: string[] = [];
      for (const reading of states.all()) {
        const of = series.get(reading.series);
        if (!of || !matches(of)) continue;
        if (!filter.removed && !isPresent(of, reading)) continue;
        texts.push(encoder.state(reading, of));
      }
      return jsonText<{ states: State[] }>(c, `{"states":[${texts.join(",")}]}`);
    })
    .get("/states/:entity", auth.needs("read", ONE), (c) => {
      readQuery(c, NO_PARAMETERS);
      const name = c.req.param("entity");
      const of = findSeries(series, name);
      const reading = states.get(of.id);
      if (!reading && excluding.has(of.id))
        throw refuse("unknown_entity", `${name} is excluded from recording, so the hub knows no state of it`, {
          fix: "Include it again at api/v1/exclusions, or in the panel under Set-up.",
        });
      if (!reading) throw refuse("unknown_entity", `${name} has no state yet`);
      return jsonText<State>(c, encoder.state(reading, of));
    });
};
