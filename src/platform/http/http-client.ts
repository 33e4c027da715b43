import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../time/clock.ts";

/** Where a server listens: at an address, or behind a socket file of this machine. */
export type HttpPlace = { readonly url: string } | { readonly socketPath: string };

export type StreamedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Ends with a Failure `cut_off` where the connection does before the answer is whole. */
  readonly body: AsyncIterable<Buffer>;
};

/**
 * Asks one server, and hands its answer on piece by piece. Redirects are not followed: what is sent may hold a token.
 *
 * @throws Failure `unreachable`, `no_answer`
 */
export type HttpClient = (request: {
  readonly method: string;
  /** Below the place's address, without a slash in front. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Until the answer begins. */
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}) => Promise<StreamedAnswer>;

export function createHttpClient(place: HttpPlace, { clock }: { clock: Clock }): HttpClient {
  const where = "url" in place ? place.url : place.socketPath;
  const open = (path: string, options: RequestOptions): ClientRequest => {
    if ("socketPath" in place)
      return requestHttp({
        ...options,
        socketPath: place.socketPath,
        path: `/${path}`,
        headers: { host: "hub", ...options.headers },
      });
    const url = new URL(path, place.url.endsWith("/") ? place.url : `${place.url}/`);
    return (url.protocol === "https:" ? requestHttps : requestHttp)(url, options);
  };
  return ({ method, path, headers, body, withinMs, signal }) =>
    new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers }, agent: false as const, ...(signal ? { signal } : {}) };
      const asked = open(path, options);
      const cancel = clock.after(withinMs, () => {
        asked.destroy(new Failure("no_answer", `${where} did not answer within ${withinMs / 1000} s`, { retry: true }));
      });
      asked.once("error", (error) => {
        cancel();
        reject(error instanceof Failure ? error : unreachable(where, error));
      });
      asked.once("response", (answer) => {
        cancel();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bodyOf(answer, where) });
      });
      asked.end(body);
    });
}

async function* bodyOf(answer: IncomingMessage, where: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of answer) yield chunk as Buffer;
  } catch (cause) {
    throw new Failure("cut_off", `${where} ended its answer before it was whole`, { retry: true, cause });
  }
}

function unreachable(where: string, error: Error): Failure {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new Failure("unreachable", `${where} cannot be reached: ${code || message}`, { retry: true, cause: error });
}
