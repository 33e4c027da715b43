import * as v from "valibot";
import { Failure } from "../domain/failure.ts";
import type { Http } from "../platform/http/http.ts";
import { type AppInfo, type AppStats, appInfo, appStats, posted, type SystemInfo, systemInfo } from "./answers.ts";

/** The Supervisor's API as far as an app may use it with its own token. */
export type SupervisorClient = {
  /** What the Supervisor knows of this app. */
  appInfo(): Promise<AppInfo>;
  appStats(): Promise<AppStats>;
  /** Versions and the machine. */
  systemInfo(): Promise<SystemInfo>;
  /** Tells Home Assistant of a service; answers with the message's id. The same message again is not passed on. */
  announce(service: string, config: Readonly<Record<string, unknown>>): Promise<string>;
  /** Takes a message back; one that is gone already is no failure. */
  withdraw(uuid: string): Promise<void>;
};

const WITHIN_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** @throws (every method) Failure `supervisor_unreachable`, `supervisor_refused`, `supervisor_answer` */
export function createSupervisorClient(needs: {
  url: string;
  token: string;
  http: Http;
  signal?: AbortSignal;
}): SupervisorClient {
  const { url, token, http, signal } = needs;

  const ask = async <S extends v.GenericSchema>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    schema: S,
    body?: object,
  ): Promise<v.InferOutput<S>> => {
    const { status, text } = await http({
      url: `${url}${path}`,
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      withinMs: WITHIN_MS,
      mostBytes: MOST_BYTES,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Failure("supervisor_unreachable", `The Supervisor does not answer: ${(error as Error).message}`, {
        fix: "Nothing to do if the Supervisor is being updated; the hub goes on trying.",
        retry: true,
        cause: error,
      });
    });
    const answer = parse(text);
    if (status >= 300) throw refused(method, path, status, answer);
    const checked = v.safeParse(v.object({ result: v.literal("ok"), data: schema }), answer);
    if (checked.success) return checked.output.data as v.InferOutput<S>;
    const issue = checked.issues[0] as v.BaseIssue<unknown>;
    throw new Failure(
      "supervisor_answer",
      `The Supervisor's answer to ${path} is not as expected (${v.getDotPath(issue) ?? "the whole"}: ${issue.message})`,
      { fix: "Update the hub; if it is the newest already, report this with the Supervisor's version." },
    );
  };

  return {
    appInfo: () => ask("GET", "/addons/self/info", appInfo),
    appStats: () => ask("GET", "/addons/self/stats", appStats),
    systemInfo: () => ask("GET", "/info", systemInfo),
    announce: async (service, config) => (await ask("POST", "/discovery", posted, { service, config })).uuid,
    withdraw: async (uuid) => {
      await ask("DELETE", `/discovery/${encodeURIComponent(uuid)}`, v.unknown()).catch((error: unknown) => {
        if (!(error instanceof Failure && error.code === "supervisor_unknown")) throw error;
      });
    },
  };
}

function refused(method: string, path: string, status: number, answer: unknown): Failure {
  const said = v.is(v.object({ message: v.string() }), answer) ? `: ${answer.message.slice(0, 300)}` : "";
  const message = `The Supervisor refused ${method} ${path} (${status}${said})`;
  if (status === 404) return new Failure("supervisor_unknown", message);
  if (status === 401 || status === 403)
    return new Failure("supervisor_refused", message, {
      fix: "Restart the app, which gives it a new token; if that does not help, install it again.",
    });
  return new Failure("supervisor_refused", message, { fix: "The Supervisor's log says more.", retry: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
