import type { IncomingMessage, ServerResponse } from "node:http";
import { type AttachedCore, listUsers } from "./core-link.ts";
import type { Discovery } from "./discovery.ts";
import { answer, bearerOf, pathOf, readJson, refuse } from "./http.ts";
import type { Ingress } from "./ingress.ts";
import { type AppFacts, type AppState, infoOf, machineRecords, shortInfoOf } from "./records.ts";

/** What any app may call with its own token. */
const FREE_FOR_APPS =
  /^\/(addons\/self\/(?!security|update)[^/]+|addons\/self\/options\/config|info|services.*|discovery.*)$/;
/** What `hassio_api: true` with the role default adds. */
const INFO_PATHS = /^\/.+\/info$/;

export type RestNeeds = {
  readonly app: AppFacts;
  readonly now: AppState;
  readonly tokens: { readonly app: string; readonly core: string };
  readonly coreVersion: string;
  readonly core: () => AttachedCore | undefined;
  readonly discovery: Discovery;
  readonly ingress: Ingress;
  readonly logText: () => string;
  readonly onOptions: () => void;
  readonly onRestart: () => void;
};

/** The Supervisor's own REST API, for Core and for the app. */
export function createRest(needs: RestNeeds) {
  const { app, now, tokens, discovery, ingress } = needs;
  const machine = machineRecords(needs.coreVersion);
  type Run = (request: IncomingMessage, response: ServerResponse, found: string[]) => unknown;

  const self = `(?:self|${app.slug})`;
  const routes: [string, RegExp, Run][] = [
    ["GET", new RegExp(`^/addons/${self}/info$`), (_, response) => answer(response, infoOf(app, now))],
    ["GET", new RegExp(`^/addons/${self}/options/config$`), (_, response) => answer(response, now.options)],
    ["GET", new RegExp(`^/addons/${self}/stats$`), (_, response) => answer(response, STATS)],
    [
      "GET",
      new RegExp(`^/addons/${self}/logs$`),
      (_, response) => response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(needs.logText()),
    ],
    [
      "POST",
      new RegExp(`^/addons/${self}/options$`),
      async (request, response) => {
        const body = await readJson(request);
        if (typeof body.options === "object") now.options = body.options as AppState["options"];
        needs.onOptions();
        if (typeof body.watchdog === "boolean") now.watchdog = body.watchdog;
        if (typeof body.auto_update === "boolean") now.autoUpdate = body.auto_update;
        answer(response, {});
      },
    ],
    [
      "POST",
      new RegExp(`^/addons/${self}/restart$`),
      (_, response) => {
        now.restarts++;
        answer(response, {});
        needs.onRestart();
      },
    ],
    ["GET", /^\/addons$/, (_, response) => answer(response, { addons: [shortInfoOf(app, now)] })],
    [
      "GET",
      /^\/discovery$/,
      (_, response) => answer(response, { discovery: discovery.all(), services: { ha_ingestor: [app.slug] } }),
    ],
    [
      "POST",
      /^\/discovery$/,
      async (request, response) => {
        const { service, config } = (await readJson(request)) as { service: string; config: Record<string, unknown> };
        if (!app.discovery.includes(service)) return refuse(response, 403, `The app does not list ${service}`);
        answer(response, { uuid: await discovery.post(app.slug, service, config) });
      },
    ],
    [
      "GET",
      /^\/discovery\/([0-9a-f-]+)$/,
      (_, response, [uuid]) => {
        const message = discovery.get((uuid as string).replaceAll("-", ""));
        if (message) answer(response, message);
        else refuse(response, 404, "Discovery message not found");
      },
    ],
    [
      "DELETE",
      /^\/discovery\/([0-9a-f-]+)$/,
      async (_, response, [uuid]) => {
        if (await discovery.remove((uuid as string).replaceAll("-", ""))) answer(response, {});
        else refuse(response, 404, "Discovery message not found");
      },
    ],
    [
      "GET",
      /^\/ingress\/panels$/,
      (_, response) => {
        const panel = { title: app.name, icon: "mdi:database-clock", admin: app.panelAdmin, enable: true };
        answer(response, { panels: { [app.slug]: panel } });
      },
    ],
    [
      "POST",
      /^\/ingress\/session$/,
      async (request, response) => {
        const { user_id } = await readJson(request);
        const core = needs.core();
        const users = core ? await listUsers(core).catch(() => []) : [];
        answer(response, { session: ingress.openSession(users.find(({ id }) => id === user_id)) });
      },
    ],
    [
      "POST",
      /^\/ingress\/validate_session$/,
      async (request, response) => {
        if (ingress.isValid(String((await readJson(request)).session))) answer(response, {});
        else refuse(response, 401, "No valid ingress session");
      },
    ],
    // Whoever booted Core restarts it, when this is among the requests.
    ["POST", /^\/core\/restart$/, (_, response) => answer(response, {})],
    // Before onboarding Core asks for an update; an error means that there is none.
    ["POST", /^\/supervisor\/update$/, (_, response) => refuse(response, 400, "No supervisor update available")],
    ["POST", /^\/(supervisor|core)\/options$/, (_, response) => answer(response, {})],
  ];

  const mayCall = (token: string | undefined, path: string): boolean => {
    if (token === tokens.core) return true;
    if (token !== tokens.app) return false;
    return FREE_FOR_APPS.test(path) || (app.supervisorApi && INFO_PATHS.test(path));
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    const token = bearerOf(request);
    if (path !== "/supervisor/ping") {
      if (token === undefined) return refuse(response, 401, "Unauthorized");
      if (!mayCall(token, path)) return refuse(response, 403, "Forbidden");
    }
    const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (route) return void (await route[2](request, response, route[1].exec(path)?.slice(1) ?? []));
    if (request.method === "GET" && path in machine) return answer(response, machine[path]);
    refuse(response, 404, `Nothing answers at ${request.method} ${path}`);
  };
}

const STATS = {
  cpu_percent: 1.2,
  memory_usage: 98_000_000,
  memory_limit: 4_000_000_000,
  memory_percent: 2.45,
  network_rx: 1_200,
  network_tx: 3_400,
  blk_read: 8_192,
  blk_write: 4_096,
};
