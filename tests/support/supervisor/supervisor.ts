import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../core/core.ts";
import type { AttachedCore } from "./core-link.ts";
import { createCoreProxy } from "./core-proxy.ts";
import { createDiscovery } from "./discovery.ts";
import { pathOf, refusalLine, refuse } from "./http.ts";
import { createIngress } from "./ingress.ts";
import type { AppFacts, AppState } from "./records.ts";
import { isFiltered } from "./request-filter.ts";
import { createRest } from "./rest.ts";

/**
 * The Supervisor in tests, from its documented contract: in front of a real Core and a real hub.
 *
 *     const supervisor = await startSupervisor();
 *     const core = await startCore({ env: supervisor.coreEnv });
 *     supervisor.attachCore(core);
 *     const hub = await startHub({ env: supervisor.hubEnv });
 */
export type SupervisorOptions = {
  readonly app?: Partial<AppFacts>;
  readonly appOptions?: Record<string, unknown>;
  /** The version that the proxy and the records tell of Core. */
  readonly coreVersion?: string;
  /** A loopback address that stands for 172.30.32.2. */
  readonly sourceAddress?: string;
  /** Called when the app asks to be restarted. */
  readonly onRestart?: () => void;
  /** What `GET /addons/self/logs` answers. */
  readonly logText?: () => string;
};

export type Supervisor = Awaited<ReturnType<typeof startSupervisor>>;

export const SLUG = "local_ha_ingestor";

export async function startSupervisor(options: SupervisorOptions = {}) {
  const tokens = { core: `core-${crypto.randomUUID()}`, app: `app-${crypto.randomUUID()}` };
  const app: AppFacts = {
    slug: SLUG,
    name: "HA Ingestor",
    version: "0.1.0",
    hostname: "127.0.0.1",
    ingressPort: options.app?.ingressPort ?? (await freePort()),
    ingressToken: crypto.randomUUID().replaceAll("-", ""),
    panelAdmin: true,
    discovery: ["ha_ingestor"],
    supervisorApi: false,
    homeassistantApi: true,
    ...options.app,
  };
  const now: AppState = {
    options: options.appOptions ?? { log_level: "info", install_integration: false },
    state: "started",
    watchdog: true,
    autoUpdate: false,
    restarts: 0,
  };
  const folder = mkdtempSync(join(tmpdir(), "supervisor-"));
  const optionsFile = join(folder, "options.json");
  // Before each start of the app; here whenever they change.
  const writeOptions = () => writeFileSync(optionsFile, JSON.stringify(now.options));
  writeOptions();
  const coreVersion = options.coreVersion ?? "2026.11.0";
  const sourceAddress = options.sourceAddress ?? "127.0.0.2";
  let attached: AttachedCore | undefined;
  const core = () => attached;
  const discovery = createDiscovery({ core });
  const ingress = createIngress({
    target: () => ({ host: "127.0.0.1", port: app.ingressPort, token: app.ingressToken }),
    sourceAddress,
  });
  const proxy = createCoreProxy({
    core,
    mayUse: (token) => token === tokens.app && app.homeassistantApi,
    version: coreVersion,
  });
  const rest = createRest({
    app,
    now,
    tokens,
    coreVersion,
    core,
    discovery,
    ingress,
    logText: options.logText ?? (() => ""),
    onOptions: writeOptions,
    onRestart: options.onRestart ?? (() => {}),
  });

  /** Every request as it came, without its query. */
  const requests: { readonly method: string; readonly path: string }[] = [];
  const note = (request: IncomingMessage) =>
    void requests.push({ method: request.method ?? "", path: pathOf(request) });
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    note(request);
    const url = request.url ?? "/";
    if (isFiltered(url)) return void response.writeHead(400).end("400: Bad Request");
    const handle = url.startsWith("/core/api/")
      ? proxy.handle
      : /^\/ingress\/(?!panels$|session$|validate_session$)/.test(pathOf(request))
        ? ingress.handle
        : rest;
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 400, String(error));
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket, head) => {
    note(request);
    socket.on("error", () => socket.destroy());
    const path = pathOf(request);
    if (isFiltered(request.url ?? "/")) socket.end(refusalLine(400, "Bad Request"));
    else if (path === "/core/websocket" || path === "/core/api/websocket") proxy.upgrade(request, socket, head);
    else if (path.startsWith("/ingress/")) ingress.upgrade(request, socket, head);
    else socket.end(refusalLine(404, "Not Found"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    app,
    /** What the app can change and what became of it; may be written to. */
    now,
    tokens,
    discovery,
    ingress,
    proxy,
    requests: requests as readonly { readonly method: string; readonly path: string }[],
    /** For `startCore({ env })`. */
    coreEnv: { SUPERVISOR: `127.0.0.1:${port}`, SUPERVISOR_TOKEN: tokens.core },
    /** For `startHub({ env })`: what an app's container has, and where this Supervisor is. */
    hubEnv: {
      SUPERVISOR_TOKEN: tokens.app,
      HA_INGESTOR_SUPERVISOR_URL: url,
      HA_INGESTOR_SUPERVISOR_ADDRESS: sourceAddress,
      HA_INGESTOR_OPTIONS: optionsFile,
      HA_INGESTOR_HOME_FOLDER: join(folder, "homeassistant"),
      HA_INGESTOR_INGRESS_PORT: String(app.ingressPort),
    },
    /** From now on Core can be spoken to; the token is an administrator's. */
    attachCore: (to: AttachedCore) => {
      attached = { url: to.url, token: to.token };
    },
    detachCore: () => {
      attached = undefined;
      proxy.cut();
    },
    /** Where Core shows the app; ends in a slash. */
    ingressPath: `/api/hassio_ingress/${app.ingressToken}/`,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
      rmSync(folder, { recursive: true });
    },
  };
}
