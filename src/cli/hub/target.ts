import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, Failure } from "../../domain/failure.ts";
import { createHttpClient } from "../../platform/http/http-client.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Given } from "../arguments/command.ts";
import { misuse } from "../arguments/parse.ts";
import { createHub, type Hub } from "./client.ts";

export type Environment = { readonly [name: string]: string | undefined };

/** Which hub is meant: the one whose data folder is here, or one at an address. */
export type Target =
  | { readonly kind: "local"; readonly folder: string; readonly socketPath: string }
  | { readonly kind: "remote"; readonly url: string; readonly token: string | undefined };

/** @param dataFolder the one of the environment */
export function readTarget(given: Given, env: Environment, dataFolder: string): Target {
  const folder = given.text("data");
  const url = given.text("url") ?? (folder === undefined ? env.HA_INGESTOR_URL?.trim() || undefined : undefined);
  if (folder !== undefined && url !== undefined)
    throw misuse(
      "--data and --url name two hubs",
      "Give one: --data for the hub on this machine, --url for one elsewhere.",
    );
  if (url === undefined) {
    const used = folder ?? dataFolder;
    return { kind: "local", folder: used, socketPath: join(used, "hub.sock") };
  }
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw misuse(`--url is ${url}, which is no address`, "Write http://HOST:8098, with https where a proxy speaks it.");
  if (parsed.username || parsed.password || parsed.search)
    throw misuse(
      "--url holds more than an address",
      "Leave user, password and query out; the token goes into HA_INGESTOR_TOKEN.",
    );
  return { kind: "remote", url, token: readToken(given.text("token-file"), env) };
}

function readToken(file: string | undefined, env: Environment): string | undefined {
  if (file === undefined) return env.HA_INGESTOR_TOKEN?.trim() || undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new Failure("usage", `The token file cannot be read: ${describeError(error)}`, {
      fix: "Give a file that holds the token alone.",
    });
  }
}

export function openHub(target: Target, clock: Clock): Hub {
  if (target.kind === "local")
    return createHub({
      http: createHttpClient({ socketPath: target.socketPath }, { clock }),
      where: target.folder,
      token: undefined,
      unreachableFix:
        "Start the hub, give its data folder with --data or HA_INGESTOR_DATA, or ask one elsewhere with --url. The socket file is its owner's alone: be the user that the hub runs as.",
    });
  return createHub({
    http: createHttpClient({ url: target.url }, { clock }),
    where: target.url,
    token: target.token,
    unreachableFix: "Check the address and that the hub runs; ha-ingestor doctor says more.",
  });
}
