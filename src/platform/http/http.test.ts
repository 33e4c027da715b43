import assert from "node:assert/strict";
import { createServer as createHttpServer, type ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { test } from "node:test";
import { Failure } from "../../domain/failure.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { createHttp, type HttpRequest } from "./http.ts";

/** Its timers come a hundred times as early: 20 s of patience are 200 ms. */
const quick: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / 100, run) };
const http = createHttp({ clock: quick });

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
const answering = (answer: (response: ServerResponse) => void) =>
  listening(createHttpServer((_, response) => answer(response)));
/** What is sent word for word, whatever was asked. */
const saying = (words: string) =>
  listening(
    createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(words, "latin1"));
    }),
  );
const ask = (url: string, more: Partial<HttpRequest> = {}) =>
  http({ url, withinMs: 20_000, mostBytes: 1_000, ...more });
const code = (asked: Promise<unknown>) =>
  asked.then(
    () => "answered",
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  );

test("who does not answer, and who answers without end, is left after the time that the whole exchange may take", async () => {
  for (const lenient of [false, true]) {
    await using silent = await answering(() => {});
    assert.equal(await code(ask(silent.url, { lenient })), "no_answer");
    let drops = 0;
    await using dripping = await answering((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = () => {
        if (response.destroyed) return;
        drops++;
        response.write(" ");
        setTimeout(drip, 5);
      };
      drip();
    });
    assert.equal(await code(ask(dripping.url, { lenient, mostBytes: 1_000_000 })), "no_answer");
    assert.ok(drops > 1, "its body had begun");
  }
});

test("too long an answer is not read to its end, and one that breaks off is none", async () => {
  for (const lenient of [false, true]) {
    await using long = await answering((response) => response.end("x".repeat(5_000)));
    assert.equal(await code(ask(long.url, { lenient })), "answer_too_large");
    await using broken = await answering((response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    assert.equal(await code(ask(broken.url, { lenient })), "unreachable");
  }
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\nETag: "1"\r\n';
/** As they were seen of servers behind a filter that adds cookies of its own. */
const FORBIDDEN = [
  ["a control character", "Set-Cookie: ___utmvaXkLe=fQs\x01bNuc; path=/; Max-Age=900\r\n"],
  [
    "a value that goes on in the next line",
    "Set-Cookie: ___utmvbXkLe=gZd\r\n    XvLOyalV: Ltu; path=/; Max-Age=900\r\n",
  ],
  ["a letter that is no ASCII", "X-Note: caf\xe9\r\n"],
] as const;

test("an answer under headers that HTTP forbids is read where that was asked for", async () => {
  for (const [what, header] of FORBIDDEN) {
    await using odd = await saying(`${HEAD}${header}Connection: close\r\n\r\n[{"price":"3.7"}]`);
    const { status, text, headers } = await ask(odd.url, { lenient: true });
    assert.deepEqual([status, text, headers.etag], [200, '[{"price":"3.7"}]', '"1"'], what);
  }
});

test("else such an answer is none", async () => {
  await using odd = await saying(`${HEAD}${FORBIDDEN[0][1]}Connection: close\r\n\r\n[]`);
  assert.equal(await code(ask(odd.url)), "unreachable");
});

test("the lenient way asks as the other does: method, headers, body, a redirect is answered as it is", async () => {
  for (const lenient of [false, true]) {
    let heard = "";
    await using server = await listening(
      createHttpServer((request, response) => {
        heard = `${request.method} ${request.headers["x-own"]} `;
        request.on("data", (piece) => {
          heard += String(piece);
        });
        request.on("end", () => response.writeHead(302, { location: "/elsewhere" }).end());
      }),
    );
    const answer = await ask(server.url, { lenient, method: "POST", headers: { "x-own": "1" }, body: "{}" });
    assert.deepEqual([answer.status, answer.headers.location, heard], [302, "/elsewhere", "POST 1 {}"]);
  }
});
