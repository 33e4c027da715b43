import { Hono } from "hono";
import * as v from "valibot";
import { SOURCE_KINDS } from "../../../domain/outside/outside.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { SourceStatus, Sources } from "../../../sources/sources.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  type KindsShape,
  kindsSchema,
  kindsShape,
  proposalShape,
  type RawShape,
  rawSchema,
  rawShape,
  type SourceShape,
  type SourcesShape,
  sourceSchema,
  sourceShape,
  sourcesSchema,
  type TriedShape,
  triedSchema,
  triedShape,
} from "../../shapes/sources.ts";

const wanted = {
  name: text,
  enabled: v.optional(v.boolean("is neither true nor false"), true),
  providers: v.pipe(
    v.array(
      v.strictObject({
        provider: text,
        settings: v.optional(v.record(v.string(), v.unknown(), "is no object"), {}),
      }),
      "is not a list",
    ),
    v.maxLength(10, "has more than 10 entries"),
    v.description("In the order of preference: the next is asked where the ones before it do not answer."),
  ),
};
const kind = v.picklist(SOURCE_KINDS, `is none of ${SOURCE_KINDS.join(", ")}`);
const added = v.strictObject({ id: text, kind, ...wanted });
const replaced = v.strictObject(wanted);

const id = "The source's id.";
const LIST: RouteDescription = {
  id: "list_sources",
  tag: "Outside",
  summary: "The sources that are set up, how they are doing, and what this home could use",
  query: NO_PARAMETERS,
  answer: { json: sourcesSchema },
};
const KINDS: RouteDescription = {
  id: "list_source_kinds",
  tag: "Outside",
  summary: "Every kind of source with its providers, their limits, terms and settings",
  query: NO_PARAMETERS,
  answer: { json: kindsSchema },
};
const GET: RouteDescription = {
  id: "get_source",
  tag: "Outside",
  summary: "One source",
  path: { id },
  query: NO_PARAMETERS,
  answer: { json: sourceSchema },
  problems: ["not_found"],
};
const ADD: RouteDescription = {
  id: "add_source",
  tag: "Outside",
  summary: "Sets up a source; it is asked at once",
  description:
    "The id is a word of a-z, 0-9 and _, and names its series: outside.<id>_<quantity>. Settings are those of the provider's form (kinds). A secret given as *** is the one that is kept.",
  query: NO_PARAMETERS,
  body: added,
  answer: { status: 201, json: sourceSchema },
  problems: ["action_unavailable", "limit_reached"],
};
const REPLACE: RouteDescription = {
  id: "replace_source",
  tag: "Outside",
  summary: "Changes a source; its kind stays",
  path: { id },
  query: NO_PARAMETERS,
  body: replaced,
  answer: { json: sourceSchema },
  problems: ["not_found"],
};
const REMOVE: RouteDescription = {
  id: "delete_source",
  tag: "Outside",
  summary: "Removes a source; what was recorded of it stays",
  path: { id },
  query: NO_PARAMETERS,
  answer: { status: 204, description: "It is gone." },
  problems: ["not_found"],
};
const ENABLE: RouteDescription = {
  id: "enable_source",
  tag: "Outside",
  summary: "Switches a source on",
  path: { id },
  query: NO_PARAMETERS,
  answer: { json: sourceSchema },
  problems: ["not_found"],
};
const DISABLE: RouteDescription = {
  ...ENABLE,
  id: "disable_source",
  summary: "Switches a source off: nobody is asked, and its series say unavailable",
};
const REFRESH: RouteDescription = {
  id: "refresh_source",
  tag: "Outside",
  summary: "Asks now, also a provider that refused; what it demanded and its limits are kept to",
  path: { id },
  query: NO_PARAMETERS,
  answer: { json: sourceSchema },
  problems: ["not_found", "action_unavailable"],
};
const TEST: RouteDescription = {
  id: "test_source",
  tag: "Outside",
  summary: "Asks each provider once with these settings, and keeps nothing",
  description: "A secret given as *** is the one that is kept of the source with this id.",
  query: NO_PARAMETERS,
  body: added,
  answer: { json: triedSchema },
};
const RAW: RouteDescription = {
  id: "get_source_raw",
  tag: "Outside",
  summary: "What its providers answered last, newest first, without secrets",
  description: "Kept in memory alone: of each provider the last five, 200 kB of each. For a report of what is wrong.",
  path: { id },
  query: NO_PARAMETERS,
  answer: { json: rawSchema },
  problems: ["not_found"],
};

export const sourcesRoutes = ({ auth, sources, clock }: { auth: Auth; sources: Sources; clock: Clock }) => {
  const found = (wantedId: string, source: SourceStatus | undefined): SourceStatus => {
    if (!source) throw refuse("not_found", `There is no source ${wantedId}`);
    return source;
  };
  const shape = (source: SourceStatus): SourceShape => sourceShape(source, clock.now());
  const switchTo = async (wantedId: string, enabled: boolean): Promise<SourceShape> => {
    const { id: own, kind: of, name, providers } = found(wantedId, sources.get(wantedId));
    const config = { id: own, kind: of, name, enabled, providers };
    return shape(found(wantedId, await sources.replace(own, config)));
  };
  return new Hono<ApiEnv>()
    .get("/sources", auth.needs("read", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      const listed = sources.list().map(shape);
      return json<SourcesShape>(c, { sources: listed, proposed: sources.proposed().map(proposalShape) });
    })
    .get("/sources/kinds", auth.needs("read", KINDS), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<KindsShape>(c, kindsShape(sources.kinds()));
    })
    .post("/sources", auth.needs("admin", ADD), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const source = shape(await sources.add(await readBody(c, added)));
      c.header("cache-control", "no-store");
      return c.json(source, 201);
    })
    .post("/sources/test", auth.needs("admin", TEST), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<TriedShape>(c, triedShape(await sources.test(await readBody(c, added))));
    })
    .get("/sources/:id", auth.needs("read", GET), (c) => {
      readQuery(c, NO_PARAMETERS);
      const wantedId = c.req.param("id");
      return json<SourceShape>(c, shape(found(wantedId, sources.get(wantedId))));
    })
    .put("/sources/:id", auth.needs("admin", REPLACE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const wantedId = c.req.param("id");
      const given = await readBody(c, replaced);
      const { kind: of } = found(wantedId, sources.get(wantedId));
      const source = await sources.replace(wantedId, { ...given, id: wantedId, kind: of });
      return json<SourceShape>(c, shape(found(wantedId, source)));
    })
    .delete("/sources/:id", auth.needs("admin", REMOVE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const wantedId = c.req.param("id");
      if (!(await sources.remove(wantedId))) throw refuse("not_found", `There is no source ${wantedId}`);
      return c.body(null, 204);
    })
    .post("/sources/:id/enable", auth.needs("admin", ENABLE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<SourceShape>(c, await switchTo(c.req.param("id"), true));
    })
    .post("/sources/:id/disable", auth.needs("admin", DISABLE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<SourceShape>(c, await switchTo(c.req.param("id"), false));
    })
    .post("/sources/:id/refresh", auth.needs("write", REFRESH), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const wantedId = c.req.param("id");
      return json<SourceShape>(c, shape(found(wantedId, await sources.refresh(wantedId))));
    })
    .get("/sources/:id/raw", auth.needs("admin", RAW), (c) => {
      readQuery(c, NO_PARAMETERS);
      const wantedId = c.req.param("id");
      found(wantedId, sources.get(wantedId));
      return json<RawShape>(c, rawShape(sources.raw(wantedId)));
    });
};
