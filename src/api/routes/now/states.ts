import { Hono } from "hono";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { entityFilter, findSeries, matcherOf } from "../../input/entity-filter.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";
import { isPresent } from "../../ports/present.ts";
import { jsonText } from "../../shapes/answers.ts";
import type { Encoder, State } from "../../shapes/state.ts";

export const statesRoutes = (needs: { auth: Auth; states: States; series: SeriesBook; encoder: Encoder }) => {
  const { auth, states, series, encoder } = needs;
  return new Hono<ApiEnv>()
    .get("/states", auth.needs("read"), (c) => {
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
    .get("/states/:entity", auth.needs("read"), (c) => {
      readQuery(c, NO_PARAMETERS);
      const name = c.req.param("entity");
      const of = findSeries(series, name);
      const reading = states.get(of.id);
      if (!reading) throw refuse("unknown_entity", `${name} has no state yet`);
      return jsonText<State>(c, encoder.state(reading, of));
    });
};
