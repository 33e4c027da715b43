import { Hono } from "hono";
import * as v from "valibot";
import type { HomeFacts } from "../../../domain/home/home.ts";
import type { RecorderLook } from "../../../domain/home/setup.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Facts, Parts, Setup } from "../../ports/ports.ts";
import { countSchema, json, partSchema, partShape, type Shape, timeSchema } from "../../shapes/answers.ts";

const recorderSchema = v.pipe(
  v.object({
    state: v.pipe(
      v.picklist(["not_asked", "asked", "failed"]),
      v.description("failed: Home Assistant could not be asked; why and fix say more."),
    ),
    asked: v.exactOptional(timeSchema),
    moment: v.exactOptional(v.pipe(timeSchema, v.description("The moment whose states were asked for."))),
    looked_at: v.exactOptional(countSchema),
    too_new: v.exactOptional(
      v.pipe(
        countSchema,
        v.description("Entities of which nothing can be said yet, because they came after the moment."),
      ),
    ),
    unrecorded: v.pipe(
      v.array(v.string()),
      v.description("Entities that were there at the moment and of which history knows no state, or an older one."),
    ),
    why: v.exactOptional(v.string()),
    fix: v.exactOptional(v.string()),
  }),
  v.title("RecorderLook"),
);
const setupSchema = v.pipe(
  v.object({
    finished: v.pipe(
      v.nullable(timeSchema),
      v.description("When an administrator finished setting up; null: not yet."),
    ),
    connection: v.pipe(v.nullable(partSchema), v.description("The link to Home Assistant.")),
    integration: v.exactOptional(
      v.pipe(partSchema, v.description("The integration in Home Assistant; absent where the hub does not install it.")),
    ),
    home: v.pipe(
      v.nullable(
        v.object({
          name: v.string(),
          home_assistant_version: v.string(),
          country: v.nullable(v.string()),
          language: v.nullable(v.string()),
          time_zone: v.string(),
          currency: v.nullable(v.string()),
          latitude: v.nullable(v.number()),
          longitude: v.nullable(v.number()),
          elevation: v.nullable(v.number()),
          unit_system: v.record(v.string(), v.string()),
        }),
      ),
      v.description("What was taken over from Home Assistant; null: it has not said yet."),
    ),
    recorder: recorderSchema,
  }),
  v.title("Setup"),
);
export type SetupShape = Shape<typeof setupSchema>;

const GET: RouteDescription = {
  id: "get_setup",
  tag: "Operation",
  summary: "How far setting up has come",
  query: NO_PARAMETERS,
  answer: { json: setupSchema },
};
const LOOK: RouteDescription = {
  id: "compare_recorder",
  tag: "Operation",
  summary: "Asks Home Assistant what its own recorder does not keep",
  description:
    "Home Assistant has no call for its recorder's filter. Its history is asked for every entity's state at one moment, a little while ago.",
  query: NO_PARAMETERS,
  answer: { json: setupSchema },
};
const FINISH: RouteDescription = {
  id: "finish_setup",
  tag: "Operation",
  summary: "Notes that setting up is finished",
  query: NO_PARAMETERS,
  answer: { json: setupSchema },
};

export const setupRoutes = (needs: { auth: Auth; setup: Setup; parts: Parts; facts: Facts }) => {
  const { auth, setup, parts, facts } = needs;
  const now = (): SetupShape => {
    const finished = setup.finished();
    const named = (name: string) => parts().find(({ part }) => part === name);
    const link = named("home_assistant");
    const integration = named("integration");
    const home = facts.home();
    return {
      finished: finished === undefined ? null : microsToRfc3339(finished),
      connection: link ? partShape(link) : null,
      ...(integration ? { integration: partShape(integration) } : {}),
      home: home ? homeShape(home) : null,
      recorder: recorderShape(setup.recorder()),
    };
  };
  return new Hono<ApiEnv>()
    .get("/setup", auth.needs("read", GET), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<SetupShape>(c, now());
    })
    .post("/setup/recorder", auth.needs("admin", LOOK), async (c) => {
      readQuery(c, NO_PARAMETERS);
      await setup.lookAtRecorder();
      return json<SetupShape>(c, now());
    })
    .post("/setup/finish", auth.needs("admin", FINISH), (c) => {
      readQuery(c, NO_PARAMETERS);
      setup.finish();
      return json<SetupShape>(c, now());
    });
};

const homeShape = (home: HomeFacts): NonNullable<SetupShape["home"]> => ({
  name: home.name,
  home_assistant_version: home.version,
  country: home.country,
  language: home.language,
  time_zone: home.timeZone,
  currency: home.currency,
  latitude: home.latitude,
  longitude: home.longitude,
  elevation: home.elevation,
  unit_system: home.unitSystem,
});

function recorderShape(look: RecorderLook): SetupShape["recorder"] {
  if (look.kind === "not_asked") return { state: "not_asked", unrecorded: [] };
  const asked = microsToRfc3339(look.asked);
  if (look.kind === "failed") return { state: "failed", asked, unrecorded: [], why: look.why, fix: look.fix };
  const { lookedAt, tooNew, unrecorded } = look;
  const moment = microsToRfc3339(look.moment);
  return { state: "asked", asked, moment, looked_at: lookedAt, too_new: tooNew, unrecorded: [...unrecorded] };
}
