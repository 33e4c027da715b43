import { Failure } from "../../domain/failure.ts";
import type { HttpClient, StreamedAnswer } from "../../platform/http/http-client.ts";

/** The hub's API, as a command asks it. A refusal is a Failure with the hub's own words. */
export type Hub = {
  /** Where it is, for the person. */
  readonly where: string;
  get<T>(path: string): Promise<T>;
  /** @param withinMs for work that takes long */
  post<T>(path: string, body?: unknown, withinMs?: number): Promise<T>;
  delete(path: string): Promise<void>;
  /** For answers that are longer than memory. */
  open(path: string, body: unknown, signal?: AbortSignal): Promise<StreamedAnswer>;
};

/** A refusal of the hub keeps its HTTP status, by which the exit code is chosen. */
export type HubFailure = Failure & { readonly status?: number };

const ANSWER_WITHIN_MS = 60_000;

export function createHub(needs: {
  http: HttpClient;
  where: string;
  token: string | undefined;
  /** What to do where nobody answers. */
  unreachableFix: string;
}): Hub {
  const { http, where, token, unreachableFix } = needs;
  const ask = async (
    method: string,
    path: string,
    body: unknown,
    more: { signal?: AbortSignal | undefined; withinMs?: number | undefined } = {},
  ): Promise<StreamedAnswer> => {
    const answer = await http({
      method,
      path: `api/v1/${path}`,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      withinMs: more.withinMs ?? ANSWER_WITHIN_MS,
      signal: more.signal,
    }).catch((error: unknown) => {
      if (error instanceof Failure && error.fix === undefined)
        throw new Failure(error.code, error.message, { fix: unreachableFix, cause: error });
      throw error;
    });
    if (answer.status < 300) return answer;
    throw refusalOf(answer.status, await textOf(answer), where);
  };
  const json = async <T>(answer: StreamedAnswer): Promise<T> => {
    const text = await textOf(answer);
    if (text === "") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw notAHub(where, answer.status);
    }
  };
  return {
    where,
    get: async (path) => json(await ask("GET", path, undefined)),
    post: async (path, body, withinMs) => json(await ask("POST", path, body, { withinMs })),
    delete: async (path) => void (await textOf(await ask("DELETE", path, undefined))),
    open: (path, body, signal) => ask("POST", path, body, { signal }),
  };
}

async function textOf({ body }: StreamedAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function refusalOf(status: number, text: string, where: string): HubFailure {
  let problem: { code?: string; detail?: string; fix?: string } = {};
  try {
    problem = JSON.parse(text);
  } catch {
    return notAHub(where, status);
  }
  if (typeof problem.code !== "string" || typeof problem.detail !== "string") return notAHub(where, status);
  const failure = new Failure(problem.code, problem.detail, problem.fix === undefined ? {} : { fix: problem.fix });
  return Object.assign(failure, { status });
}

const notAHub = (where: string, status: number): Failure =>
  new Failure("not_a_hub", `What answers at ${where} is no HA Ingestor hub (it says ${status})`, {
    fix: "Check the address, the port (8098) and the path behind it.",
  });
