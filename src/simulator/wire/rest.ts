import type { IncomingMessage, ServerResponse } from "node:http";
import type { Attributes } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import type { Core } from "../core/core.ts";
import type { Services } from "../core/services.ts";
import { stateText, tooLong } from "../core/state/state.ts";
import type { User } from "../core/users.ts";
import { ENTITY_ID } from "../registry/entities.ts";

export type RestNeeds = {
  core: Core;
  services: Services;
  config: () => object;
  admit: (token: string) => User | undefined;
  /** Brings the home up to the present before it is looked at. */
  catchUp: () => void;
};

type Answer = { status: number; body: string; type?: string; headers?: { [name: string]: string } };

const JSON_TYPE = "application/json";
const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value), type: JSON_TYPE });
const said = (message: string, status = 200): Answer => json({ message }, status);
/** aiohttp's own words for what no view handles. */
const plain = (status: number, words: string): Answer => ({
  status,
  body: `${status}: ${words}`,
  type: "text/plain; charset=utf-8",
});
const NOT_FOUND = plain(404, "Not Found");
const BAD_REQUEST = plain(400, "Bad Request");
const UNAUTHORIZED = plain(401, "Unauthorized");
const WRONG_METHOD = plain(405, "Method Not Allowed");

/** Addresses that Home Assistant serves here; it asks for a token at these alone. */
const VIEWS = /^\/api\/($|config$|core\/state$|states($|\/[^/]+$)|events($|\/[^/]+$)|services($|\/[^/]+\/[^/]+$))/;

/** Enough of the web app's manifest for those who look here for a Home Assistant. */
const MANIFEST = {
  background_color: "#FFFFFF",
  description: "Home automation platform that puts local control and privacy first.",
  dir: "ltr",
  display: "standalone",
  icons: [],
  lang: "en-US",
  name: "Home Assistant",
  short_name: "Home Assistant",
  start_url: "/",
};

export function createRest(needs: RestNeeds): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { core, services, config, admit, catchUp } = needs;
  const { states, bus } = core;

  const route = (method: string, path: string, query: string, body: string, user: User): Answer => {
    const [, , head = "", ...rest] = path.split("/").map(decodeURIComponent);
    const only = (wanted: string, answer: () => Answer) => (method === wanted ? answer() : WRONG_METHOD);
    if (path === "/api/") return only("GET", () => said("API running."));
    if (head === "config" && rest.length === 0) return only("GET", () => json(config()));
    if (path === "/api/core/state")
      return only("GET", () =>
        json({ state: core.state(), recorder_state: { migration_in_progress: false, migration_is_live: false } }),
      );
    if (head === "states" && rest.length === 0)
      return only("GET", () => ({
        status: 200,
        body: `[${[...states.all()].map(stateText).join(",")}]`,
        type: JSON_TYPE,
      }));
    if (head === "states" && rest.length === 1) return oneState(method, rest[0] as string, body, user);
    if (head === "events" && rest.length === 0) return only("GET", () => json(bus.listenerCounts()));
    if (head === "events" && rest.length === 1) return only("POST", () => fireEvent(rest[0] as string, body, user));
    if (head === "services" && rest.length === 0)
      return only("GET", () =>
        json(Object.entries(services.describe()).map(([domain, list]) => ({ domain, services: list }))),
      );
    if (head === "services" && rest.length === 2)
      return only("POST", () => callService(rest as [string, string], body, query, user));
    return NOT_FOUND;
  };

  const oneState = (method: string, entityId: string, body: string, user: User): Answer => {
    const state = states.get(entityId);
    if (method === "GET")
      return state ? { status: 200, body: stateText(state), type: JSON_TYPE } : said("Entity not found.", 404);
    if (method !== "GET" && !user.isAdmin) return UNAUTHORIZED;
    if (method === "DELETE")
      return states.remove(entityId.toLowerCase()) ? said("Entity removed.") : said("Entity not found.", 404);
    if (method !== "POST") return WRONG_METHOD;
    const data = parse(body);
    if (data === INVALID) return said("Invalid JSON specified.", 400);
    if (!isObject(data)) return said("State data should be a JSON object.", 400);
    if (data.state === undefined || data.state === null) return said("No state specified.", 400);
    const id = entityId.toLowerCase();
    if (!ENTITY_ID.test(id)) return said("Invalid entity ID specified.", 400);
    const text = pythonText(data.state);
    if (tooLong(text)) return said("Invalid state specified.", 400);
    states.set(id, text, (data.attributes as Attributes | null) ?? {}, {
      force: data.force_update === true,
      context: core.newContext({ userId: user.id }),
    });
    const after = states.get(id);
    if (!after) return said("Error storing state.", 500);
    return {
      status: state ? 200 : 201,
      body: stateText(after),
      type: JSON_TYPE,
      headers: { location: `/api/states/${entityId}` },
    };
  };

  const fireEvent = (type: string, body: string, user: User): Answer => {
    if (!user.isAdmin) return UNAUTHORIZED;
    const data = parse(body);
    if (data === INVALID) return said("Event data should be valid JSON.", 400);
    if (data !== null && !isObject(data)) return said("Event data should be a JSON object", 400);
    bus.fire(type, data ?? {}, core.newContext({ userId: user.id }), "REMOTE");
    return said(`Event ${type} fired.`);
  };

  const callService = ([domain, name]: [string, string], body: string, query: string, user: User): Answer => {
    const data = parse(body);
    if (data === INVALID) return said("Data should be valid JSON.", 400);
    const service = services.has(domain, name);
    if (!service) return BAD_REQUEST;
    const returnResponse = new URLSearchParams(query).has("return_response");
    if (returnResponse && service.response === "none")
      return said("Service does not support responses. Remove return_response from request.", 400);
    if (!returnResponse && service.response === "only")
      return said(
        "Service call requires responses but caller did not ask for responses. Add ?return_response to query parameters.",
        400,
      );
    const context = core.newContext({ userId: user.id });
    const changed: string[] = [];
    const stop = bus.onChange(({ after }) => {
      if (after && after.context.id === context.id) changed.push(stateText(after));
    });
    try {
      const response = services.call({
        domain,
        service: name,
        data: (data ?? {}) as Attributes,
        context,
        returnResponse,
      });
      const list = `[${changed.join(",")}]`;
      return {
        status: 200,
        body: returnResponse ? `{"changed_states":${list},"service_response":${JSON.stringify(response)}}` : list,
        type: JSON_TYPE,
      };
    } catch (problem) {
      if (!(problem instanceof Failure)) throw problem;
      return problem.code === "service_validation_error" ? said(problem.message, 400) : BAD_REQUEST;
    } finally {
      stop();
    }
  };

  return async (request, response) => {
    const [path = "/", query = ""] = (request.url ?? "/").split("?");
    const answer = ({ status, body, type = JSON_TYPE, headers = {} }: Answer) => {
      response.writeHead(status, {
        "content-type": type,
        "content-length": Buffer.byteLength(body),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        ...headers,
      });
      response.end(body);
    };
    if (path === "/manifest.json")
      return answer({ ...json(MANIFEST), type: "application/manifest+json; charset=utf-8" });
    if (!VIEWS.test(path)) return answer(NOT_FOUND);
    const [, token = ""] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const user = token === "" ? undefined : admit(token);
    if (!user) return answer({ ...UNAUTHORIZED, headers: { "www-authenticate": "Bearer" } });
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    catchUp();
    answer(route(request.method ?? "GET", path, query, body, user));
  };
}

const INVALID = Symbol("invalid JSON");
function parse(body: string): unknown {
  if (body === "") return null;
  try {
    return JSON.parse(body);
  } catch {
    return INVALID;
  }
}
const isObject = (value: unknown): value is { [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What Python's `str()` makes of a JSON value: states that are no texts are taken all the same. */
const pythonText = (value: unknown): string =>
  value === true ? "True" : value === false ? "False" : typeof value === "string" ? value : JSON.stringify(value);
