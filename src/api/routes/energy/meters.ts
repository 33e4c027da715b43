import { Hono } from "hono";
import type { Energy } from "../../../energy/energy.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  choiceBody,
  choiceOf,
  type MetersShape,
  metersSchema,
  metersShape,
} from "../../shapes/outside/energy/meters.ts";

const described = (route: Omit<RouteDescription, "tag" | "query" | "answer">): RouteDescription => ({
  tag: "Outside",
  query: NO_PARAMETERS,
  answer: { json: metersSchema },
  ...route,
});
const GET = described({
  id: "get_energy_meters",
  summary: "Which meters are the home's, where they come from, and what else could be chosen",
});
const PUT = described({
  id: "choose_energy_meters",
  summary: "Chooses the home's meters, in place of what was chosen before",
  description:
    "For a home whose energy dashboard is not set up in Home Assistant. Where it is, its meters are used unless instead_of_dashboard is true. What measures the whole house is no device.",
  body: choiceBody,
  problems: ["payload_too_large"],
});
const DELETE = described({
  id: "drop_energy_meters",
  summary: "Drops the choice: back to the energy dashboard",
});

export const energyMetersRoutes = ({ auth, energy: { meters } }: { auth: Auth; energy: Energy }) =>
  new Hono<ApiEnv>()
    .get("/energy/meters", auth.needs("read", GET), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<MetersShape>(c, metersShape(meters.told()));
    })
    .put("/energy/meters", auth.needs("admin", PUT), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const choice = choiceOf(await readBody(c, choiceBody));
      const errors = meters.faults(choice);
      const [first] = errors;
      if (first)
        throw refuse("invalid_request", `Body: ${first.path}: ${first.message}`, {
          errors,
          fix: "GET api/v1/energy/meters lists under candidates what may be chosen.",
        });
      meters.choose(choice);
      return json<MetersShape>(c, metersShape(meters.told()));
    })
    .delete("/energy/meters", auth.needs("admin", DELETE), (c) => {
      readQuery(c, NO_PARAMETERS);
      meters.unchoose();
      return json<MetersShape>(c, metersShape(meters.told()));
    });
