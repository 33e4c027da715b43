import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { GoodAnswer } from "./good-answers.ts";

/** What a server does in an answer's place. */
export type Bad = {
  readonly what: string;
  readonly answer: (response: ServerResponse) => void;
  /** What that may be called. */
  readonly codes: readonly string[];
  /** True: it says so only by not answering in time. */
  readonly isSlow?: true;
};

/** An answer that is whole and is none, by the form that was expected. */
const UNREADABLE = ["not_json", "not_xml", "no_calendar", "changed_shape"];
const sends =
  (status: number, text = "", headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end(text);
/** More than any provider's answer may have. */
const TOO_LONG = Buffer.alloc(12_000_000, " ");

export const BAD: readonly Bad[] = [
  { what: "web page", answer: sends(200, "<!doctype html><html><body>Sign in</body></html>"), codes: UNREADABLE },
  {
    what: "web page that is XML",
    answer: sends(200, '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>Sign in</body></html>'),
    codes: UNREADABLE,
  },
  { what: "empty", answer: sends(200), codes: UNREADABLE },
  {
    what: "broken off",
    answer: (response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"a":[1,2', () => response.destroy());
    },
    codes: ["unreachable"],
  },
  { what: "nobody there", answer: (response) => void response.destroy(), codes: ["unreachable"] },
  { what: "10 MB", answer: (response) => void response.writeHead(200).end(TOO_LONG), codes: ["answer_too_large"] },
  { what: "slow: no answer", answer: () => {}, codes: ["no_answer"], isSlow: true },
  {
    what: "slow: drop by drop",
    answer: (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = () => {
        if (response.destroyed) return;
        response.write(" ");
        setTimeout(drip, 20);
      };
      drip();
    },
    codes: ["no_answer"],
    isSlow: true,
  },
  { what: "401", answer: sends(401), codes: ["refused"] },
  { what: "403", answer: sends(403, "no"), codes: ["refused"] },
  { what: "429", answer: sends(429, "slow down"), codes: ["limited"] },
  { what: "500", answer: sends(500), codes: ["provider_failed"] },
  { what: "503", answer: sends(503, "later"), codes: ["provider_failed"] },
  {
    what: "redirect",
    answer: sends(302, "", { location: "https://elsewhere.example/" }),
    codes: ["unexpected_status"],
  },
];

/** A server on this machine for `throughGateway`: at `at(number)` each request is answered as `bad` says, or well. */
export async function openBadServer() {
  const played = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  const server = createServer((request, response) => {
    response.on("error", () => {});
    const [, number = ""] = (request.url ?? "").split("/");
    played.get(number)?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let count = 0;
  const add = (play: (request: IncomingMessage, response: ServerResponse) => void): string => {
    const number = String(count++);
    played.set(number, play);
    return `${base}/${number}`;
  };
  return {
    bad: (bad: Bad): string => add((_, response) => bad.answer(response)),
    good: (good: GoodAnswer): string =>
      add(async (request, response) => {
        let body = "";
        for await (const piece of request) body += String(piece);
        const [, , host, ...path] = (request.url ?? "").split("/");
        const name = good.nameOf({ url: new URL(`https://${host}/${path.join("/")}`), body });
        if (name === undefined) response.writeHead(404).end();
        else
          response.writeHead(good.status ?? 200).end(Buffer.from(good.texts[name] as string, good.encoding ?? "utf8"));
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
