import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describeError, Failure } from "../../domain/failure.ts";
import type { LoadOptions } from "../load/load.ts";
import type { Simulator } from "../simulator.ts";
import { KEPT_ALIVE_MS } from "../wire/server.ts";

export type Control = { readonly url: string; close(): Promise<void> };

type Body = { readonly [name: string]: unknown };

/**
 * Faults and load by HTTP, for a simulated home in a process of its own. It has a port of its own, since the home's
 * may be closed just then. `POST /faults/<name>`, `POST /load/start`, `POST /load/stop`, `GET /counters`,
 * `GET /emitted?from=<sequence>`.
 */
export async function startControl(simulator: Simulator, port: number): Promise<Control> {
  const routes = routesOf(simulator);
  const server = createServer((request, response) => {
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value ?? null));
    };
    run(request)
      .then((value) => answer(200, value))
      .catch((problem) => {
        const failure = problem instanceof Failure ? problem : new Failure("failed", describeError(problem));
        answer(failure.code === "unknown" ? 404 : failure.code === "unauthorized" ? 401 : 400, {
          code: failure.code,
          message: failure.message,
          fix: failure.fix,
        });
      });
  });
  const run = async (request: IncomingMessage): Promise<unknown> => {
    if (request.headers.authorization !== `Bearer ${simulator.token}`)
      throw new Failure("unauthorized", "The control needs the home's token", { fix: "Send it as a bearer token." });
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://control");
    const route = routes[`${request.method} ${pathname}`];
    if (!route)
      throw new Failure("unknown", `There is no ${request.method} ${pathname}`, {
        fix: `There are: ${Object.keys(routes).join(", ")}`,
      });
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    return route(text === "" ? Object.fromEntries(searchParams) : (JSON.parse(text) as Body));
  };
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function routesOf({ faults, load, counters }: Simulator): { [route: string]: (body: Body) => unknown } {
  const word = (body: Body, name: string): string => {
    const value = body[name];
    if (typeof value !== "string" || value === "")
      throw new Failure("bad_body", `${name} is missing`, { fix: `Send {"${name}": "…"}.` });
    return value;
  };
  const on = (body: Body): boolean => body.on !== false;
  return {
    "GET /counters": () => ({ ...counters(), made: load.emitted.count, running: load.running }),
    "GET /emitted": ({ from }) => load.emitted.list(Number(from ?? 0)),
    "POST /load/start": (body) => void load.start(body as LoadOptions),
    "POST /load/stop": () => load.stop(),
    "POST /faults/drop": ({ how }) => faults.drop(how === "abort" ? "abort" : "close"),
    "POST /faults/freeze": () => faults.freeze(),
    "POST /faults/restart": (body) => faults.restart(body),
    "POST /faults/unlisten": () => faults.unlisten(),
    "POST /faults/listen": () => faults.listen(),
    "POST /faults/refuse_token": (body) => faults.refuseToken(on(body)),
    "POST /faults/send_raw": (body) => faults.sendRaw(word(body, "frame")),
    "POST /faults/pause_history": () => faults.pauseHistory(),
    "POST /faults/resume_history": () => faults.resumeHistory(),
    "POST /faults/without_history": (body) => faults.withoutHistory(on(body)),
    "POST /faults/rename": (body) => faults.rename(word(body, "entity_id"), word(body, "new_entity_id")),
    "POST /faults/swap": (body) => faults.swap(word(body, "a"), word(body, "b")),
    "POST /faults/add": (body) => faults.add(word(body, "entity_id"), word(body, "state"), body.attributes as Body),
    "POST /faults/remove": (body) => faults.remove(word(body, "entity_id")),
  };
}
