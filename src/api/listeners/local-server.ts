import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Failure } from "../../domain/failure.ts";
import type { Bindings } from "../env.ts";
import type { App } from "./server.ts";

/** Linux takes no longer path for a socket file. */
const LONGEST_PATH = 107;

/**
 * Serves the API to programs of the same user on this machine (the command line, backup hooks, tests) by a socket
 * file: no token, no network.
 *
 * @throws Failure `socket_unavailable`
 */
export async function startLocalServer({ app, path }: { app: App; path: string }): Promise<{ close(): Promise<void> }> {
  if (Buffer.byteLength(path) > LONGEST_PATH) throw unavailable(path, "its path is too long");
  // What a killed hub left behind; the store's lock makes sure that no other hub is behind it.
  rmSync(path, { force: true });
  const listener = getRequestListener((request, env) => app.fetch(request, { ...(env as Bindings), local: true }), {
    overrideGlobalObjects: false,
  });
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(unavailable(path, error.message)));
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const unavailable = (path: string, why: string) =>
  new Failure("socket_unavailable", `The socket file ${path} cannot be used: ${why}`, {
    fix: "Choose a data folder with a shorter path on a file system that takes socket files.",
  });
