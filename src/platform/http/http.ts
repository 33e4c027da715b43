import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../time/clock.ts";
import { sendLeniently } from "./lenient.ts";

export type HttpRequest = {
  readonly url: string;
  readonly method?: "GET" | "POST" | "DELETE" | "PROPFIND" | "REPORT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange. */
  readonly withinMs: number;
  readonly mostBytes: number;
  /** `latin1`: one character for each byte, so that nothing of them is lost. UTF-8 unless said. */
  readonly encoding?: "utf8" | "latin1";
  /** What failures call the address, where its path is a secret; else host and path. */
  readonly place?: string;
  readonly signal?: AbortSignal;
  /** Headers that HTTP forbids are taken all the same: the server is known to write such. */
  readonly lenient?: boolean;
};

export type HttpAnswer = {
  readonly status: number;
  readonly text: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * Asks once. Redirects are answered as they are, not followed: what is sent may hold a token.
 *
 * @throws Failure `unreachable`, `no_answer`, `answer_too_large`; their words name no query
 */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

export function createHttp({ clock }: { clock: Clock }): Http {
  return async (request) => {
    const { url, method = "GET", headers = {}, body, withinMs, mostBytes, place, signal, lenient } = request;
    const { host, pathname } = new URL(url);
    const where = place ?? `${host}${pathname}`;
    const late = new AbortController();
    const cancel = clock.after(withinMs, () => late.abort());
    try {
      const send = lenient ? sendLeniently : sendStrictly;
      const answer = await send(url, {
        method,
        headers,
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
        ...(body === undefined ? {} : { body }),
      });
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of answer.body) {
        size += chunk.length;
        if (size > mostBytes)
          throw new Failure("answer_too_large", `${where} answered with more than ${mostBytes} bytes`);
        chunks.push(chunk);
      }
      const text = Buffer.concat(chunks).toString(request.encoding ?? "utf8");
      return { status: answer.status, text, headers: answer.headers };
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (late.signal.aborted)
        throw new Failure("no_answer", `${where} did not answer within ${withinMs / 1000} s`, { retry: true });
      throw new Failure("unreachable", `${where} cannot be reached: ${reasonOf(error)}`, { retry: true, cause: error });
    } finally {
      cancel();
    }
  };
}

export type Sent = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};
export type Received = Pick<HttpAnswer, "status" | "headers"> & {
  readonly body: AsyncIterable<Uint8Array> | readonly Uint8Array[];
};

async function sendStrictly(url: string, sent: Sent): Promise<Received> {
  const { status, headers, body } = await fetch(url, { ...sent, redirect: "manual" });
  return { status, headers: Object.fromEntries(headers), body: body ?? [] };
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const { code, message } = (cause ?? error) as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
