import * as v from "valibot";
import { PROBLEM_CODES, PROBLEM_STATUS, PROBLEM_TITLE, type ProblemCode, problemSchema } from "../errors.ts";
import { type Described, descriptionOf, type RouteAnswer, type RouteDescription, TAGS } from "./describe.ts";
import { createJsonSchemas, entriesOf, type JsonSchema, type JsonSchemas } from "./json-schemas.ts";

/** A route as Hono lists it: once for each of its handlers. */
export type ListedRoute = { readonly method: string; readonly path: string; readonly handler: object };

export type DescribedRoute = Described & { readonly method: string; readonly path: string };

/** The routes that carry a description, in the order in which they were declared. */
export function describedRoutes(listed: readonly ListedRoute[]): DescribedRoute[] {
  return listed.flatMap(({ method, path, handler }) => {
    const found = descriptionOf(handler);
    return found ? [{ method, path, ...found }] : [];
  });
}

/** The OpenAPI 3.1 document, from the very schemas that check what comes in and say what goes out. */
export function makeDocument(needs: { routes: readonly ListedRoute[]; version: string }): JsonSchema {
  const routes = describedRoutes(needs.routes);
  const schemas = createJsonSchemas([problemSchema, ...routes.flatMap(({ description }) => schemasOf(description))]);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "HA Ingestor",
      version: needs.version,
      summary: "The data hub of one Home Assistant home.",
      description: `Errors are RFC 9457 problems with a stable code:\n\n${PROBLEM_CODES.map(
        (code) => `- \`${code}\` (${PROBLEM_STATUS[code]}): ${PROBLEM_TITLE[code]}`,
      ).join("\n")}`,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "../..", description: "Where this document came from, under whatever prefix." }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token, hi_…" },
        session: { type: "apiKey", in: "cookie", name: "ha_ingestor_session", description: "A browser's session." },
      },
    },
  };
}

const schemasOf = ({ query, body, answer, path }: RouteDescription): v.GenericSchema[] => [
  ...entriesOf(query).map(([, schema]) => schema),
  ...Object.values(path ?? {}).filter((one) => typeof one !== "string"),
  ...(body ? [body] : []),
  ...("json" in answer ? [answer.json] : []),
];

function operation({ path, scope, description }: DescribedRoute, schemas: JsonSchemas): JsonSchema {
  const { id, tag, summary, query, body, file, headers = {}, answer } = description;
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => pathParameter(name as string, description, schemas)),
    ...entriesOf(query).map(([name, one]) => {
      const { required, schema } = schemas.parameter(one);
      return { name, in: "query", required, schema };
    }),
    ...Object.entries(headers).map(([name, what]) => ({
      name,
      in: "header",
      required: false,
      description: what,
      schema: { type: "string" },
    })),
  ];
  const details = [description.description, scope === null ? undefined : `Needs the scope ${scope}.`];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: details.filter((one) => one !== undefined).join(" "),
    security: scope === null ? [] : [{ token: [scope] }, { session: [scope] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? { requestBody: { required: true, content: { "application/json": { schema: schemas.of(body, "input") } } } }
      : {}),
    ...(file
      ? {
          requestBody: {
            required: true,
            description: file,
            content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
          },
        }
      : {}),
    responses: { ...answerOf(answer, schemas), ...problemsOf(problemCodes(scope, description), schemas) },
  };
}

function pathParameter(name: string, { path }: RouteDescription, schemas: JsonSchemas): JsonSchema {
  const what = path?.[name] ?? v.string();
  const text = typeof what === "string";
  return {
    name,
    in: "path",
    required: true,
    ...(text ? { description: what } : {}),
    schema: text ? { type: "string", minLength: 1 } : schemas.of(what, "input"),
  };
}

const REQUEST_ID = {
  "x-request-id": { description: "Names this request in the hub's log.", schema: { type: "string" } },
};

function answerOf(answer: RouteAnswer, schemas: JsonSchemas): JsonSchema {
  const { status = 200 } = answer;
  const content = (media: string | readonly string[], schema: JsonSchema) => ({
    content: Object.fromEntries([media].flat().map((one) => [one, { schema }])),
  });
  const shown =
    "json" in answer
      ? { description: "The answer.", ...content("application/json", schemas.of(answer.json, "output")) }
      : "media" in answer
        ? { description: answer.description, ...content(answer.media, { type: "string" }) }
        : { description: answer.description };
  return { [status]: { ...shown, headers: REQUEST_ID } };
}

/** What a route may answer besides its own problems. */
function problemCodes(
  scope: Described["scope"],
  { query, body, file, problems = [] }: RouteDescription,
): ProblemCode[] {
  const codes: ProblemCode[] = ["token_in_query", "address_too_long", "internal", ...problems];
  if (query || body) codes.push("invalid_request");
  if (body || file) codes.push("payload_too_large");
  if (scope !== null || problems.includes("unauthorized")) codes.push("too_many_requests");
  if (scope !== null) codes.push("unauthorized", "forbidden", "origin_refused");
  return PROBLEM_CODES.filter((code) => codes.includes(code));
}

function problemsOf(codes: readonly ProblemCode[], schemas: JsonSchemas): JsonSchema {
  const schema = schemas.of(problemSchema, "output");
  return Object.fromEntries(
    [...Map.groupBy(codes, (code) => PROBLEM_STATUS[code] as number)].map(([status, own]) => [
      status,
      {
        description: own.map((code) => `${code}: ${PROBLEM_TITLE[code]}`).join("; "),
        headers: REQUEST_ID,
        content: { "application/problem+json": { schema } },
      },
    ]),
  );
}
