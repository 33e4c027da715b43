import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { Http, HttpAnswer } from "../../platform/http/http.ts";
import type { Ask, Request } from "../source.ts";
import { isOnLan } from "./lan.ts";

/** What a provider answered last, word for word, for whoever reports what is wrong with it. */
export type RawAnswer = { readonly where: string; readonly status: number; readonly text: string };

/** A page that was fetched before, so that it is not sent again. */
type Fetched = { readonly etag?: string; readonly modified?: string; readonly text: string };

const WITHIN_MS = 20_000;
const MOST_BYTES = 6_000_000;
const MOST_REDIRECTS = 3;
/** Pages kept to ask for what is new alone. */
const MOST_FETCHED = 20;
/** Of a raw answer. */
const MOST_RAW = 200_000;
const KEPT_SECRET = "(not kept: it holds a key, or what is private)";
/** Of a text that came in place of an answer, in the words of a failure. */
const MOST_QUOTED = 120;

export function createAsk(needs: {
  readonly http: Http;
  /** `HA-Ingestor/<version> (+https://…)`: ESPN, met.no and Tibber refuse who does not say who it is. */
  readonly userAgent: string;
  /** Counts the call, or throws a Failure `limited`. */
  readonly spend: (host: string) => void;
  readonly onRaw?: (raw: RawAnswer) => void;
  /** The provider asks to be left alone for so many seconds. */
  readonly onRetryAfter?: (seconds: number) => void;
  readonly signal?: AbortSignal;
  /** For dates in Retry-After. */
  readonly nowMs: () => number;
}): Ask {
  const fetched = new Map<string, Fetched>();
  const { http, spend, signal, nowMs } = needs;

  const send = async <T>(request: Request<T>, url: URL, before: Fetched | undefined): Promise<HttpAnswer> => {
    spend(url.host);
    return http({
      url: url.href,
      method: request.method ?? "GET",
      headers: {
        "user-agent": needs.userAgent,
        accept: (request.as ?? "json") === "json" ? "application/json" : "*/*",
        ...(before?.etag === undefined ? {} : { "if-none-match": before.etag }),
        ...(before?.modified === undefined ? {} : { "if-modified-since": before.modified }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      withinMs: WITHIN_MS,
      // Failures of the connection name the address too.
      ...(request.secret ? { place: url.host } : {}),
      mostBytes: request.mostBytes ?? MOST_BYTES,
      ...(request.lenient ? { lenient: true } : {}),
      ...(request.as === "bytes" ? { encoding: "latin1" as const } : {}),
      ...(signal ? { signal } : {}),
    });
  };
  /** What is sent may hold a key, so it goes to no other host. */
  const follow = async <T>(request: Request<T>, first: URL, before: Fetched | undefined): Promise<HttpAnswer> => {
    let url = first;
    for (let hops = 0; ; hops++) {
      const answer = await send(request, url, before);
      const to = answer.headers.location;
      if (answer.status < 300 || answer.status > 399 || answer.status === 304 || to === undefined) return answer;
      if (request.onRedirect) return answer;
      const next = new URL(to, url);
      if (next.host !== first.host || next.protocol !== first.protocol || hops === MOST_REDIRECTS)
        throw new Failure(
          "unexpected_status",
          `${whereOf(request, first)} sends us on to ${next.host}, which is not followed`,
        );
      url = next;
    }
  };

  return async (request) => {
    const url = allowed(request.url);
    const where = whereOf(request, url);
    const before = request.body === undefined ? fetched.get(url.href) : undefined;
    const answer = await follow(request, url, before);
    const { status, headers } = answer;
    const unchanged = status === 304 && before !== undefined;
    const text = unchanged ? before.text : answer.text;
    needs.onRaw?.({ where, status, text: request.secret ? KEPT_SECRET : text.slice(0, MOST_RAW) });
    if (request.onRedirect && status >= 300 && status < 400 && status !== 304 && headers.location !== undefined)
      return request.onRedirect(new URL(headers.location, url).href);
    const meant = unchanged ? undefined : request.onStatus?.(status, text);
    if (meant !== undefined) return meant;
    const seconds = retryAfter(headers["retry-after"], nowMs());
    if (seconds !== undefined) needs.onRetryAfter?.(seconds);
    if (!unchanged && (status < 200 || status > 299)) throw refusal(where, status, request.secret ? "" : text);
    const parsed = v.safeParse(request.schema, contentOf(text, request.as ?? "json", where));
    if (!parsed.success) throw changed(where, parsed.issues[0]);
    if (!unchanged && (headers.etag ?? headers["last-modified"]) !== undefined && request.body === undefined) {
      fetched.delete(url.href);
      fetched.set(url.href, {
        text,
        ...(headers.etag === undefined ? {} : { etag: headers.etag }),
        ...(headers["last-modified"] === undefined ? {} : { modified: headers["last-modified"] }),
      });
      const [oldest] = fetched.keys();
      if (fetched.size > MOST_FETCHED && oldest !== undefined) fetched.delete(oldest);
    }
    return parsed.output;
  };
}

/** Keys and places travel in addresses: only encrypted, but for what is at home. */
function allowed(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isOnLan(url.hostname))) return url;
  throw new Failure("bad_address", `${url ? placeOf(url) : "This"} is no https:// address`, {
    fix: "Use an https:// address. http:// is for devices in your own network.",
  });
}

const whereOf = (request: { readonly secret?: boolean }, url: URL): string =>
  request.secret ? url.host : placeOf(url);

/** Without the query, which may hold a key or the home's place. */
const placeOf = ({ host, pathname }: URL): string => `${host}${pathname}`;

function refusal(where: string, status: number, text: string): Failure {
  const said = text.replace(/\s+/g, " ").trim().slice(0, MOST_QUOTED);
  const words = `${where} answered with ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 401 || status === 403)
    return new Failure("refused", words, { fix: "Check the key and what its plan allows." });
  if (status === 429) return new Failure("limited", words, { retry: true });
  if (status >= 500) return new Failure("provider_failed", words, { retry: true });
  return new Failure("unexpected_status", words);
}

function contentOf(text: string, as: "json" | "text" | "bytes", where: string): unknown {
  if (as === "json") return jsonOf(text, where);
  return as === "text" ? text : Buffer.from(text, "latin1");
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const what = text.trim() === "" ? "nothing" : /^\s*</.test(text) ? "a web page" : "something that is no JSON";
    throw new Failure("not_json", `${where} answered with ${what}`, { retry: true });
  }
}

function changed(where: string, issue: v.BaseIssue<unknown>): Failure {
  const path = v.getDotPath(issue) ?? "the answer";
  return new Failure("changed_shape", `${where} answered in another shape than it used to: ${path}: ${issue.message}`, {
    fix: "If it stays so, report it with the raw answer, which the source's page shows.",
  });
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
