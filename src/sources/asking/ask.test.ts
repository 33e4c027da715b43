import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import { createHttp } from "../../platform/http/http.ts";
import { systemClock } from "../../platform/time/clock.ts";
import { createAsk, type RawAnswer } from "./ask.ts";
import { isOnLan } from "./lan.ts";

const schema = v.object({ prices: v.array(v.object({ value: v.number() })) });
const GOOD = '{"prices":[{"value":1}]}';

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data?key=s3cret-key`;
  const raws: RawAnswer[] = [];
  const waits: number[] = [];
  const hosts: string[] = [];
  const ask = createAsk({
    http: createHttp({ clock: systemClock }),
    userAgent: "HA-Ingestor/test (+https://example.org)",
    spend: (host) => void hosts.push(host),
    onRaw: (raw) => void raws.push(raw),
    onRetryAfter: (seconds) => void waits.push(seconds),
    nowMs: () => Date.UTC(2026, 0, 1),
  });
  return { ask, url, asked, raws, waits, hosts, [Symbol.asyncDispose]: async () => void server.close() };
}
const fails = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Failure);
  assert.equal(error.code, code);
  assert.match(error.message, words);
  assert.doesNotMatch(error.message, /s3cret/);
  return true;
};

test("a good answer is parsed; who asks says who it is; the raw answer is kept without the key", async () => {
  await using home = await serving((_, response) => response.end(GOOD));
  assert.deepEqual(await home.ask({ url: home.url, schema }), { prices: [{ value: 1 }] });
  assert.match(String(home.asked[0]?.headers["user-agent"]), /^HA-Ingestor\/\S+ \(\+https:/);
  assert.equal(home.raws[0]?.text, GOOD);
  assert.doesNotMatch(String(home.raws[0]?.where), /s3cret/);
  assert.equal(home.hosts.length, 1);
});

test("of an answer that holds a key nothing is kept", async () => {
  await using home = await serving((_, response) => response.end('{"token":"s3cret-token"}'));
  await home.ask({ url: home.url, secret: true, schema: v.object({ token: v.string() }) });
  assert.doesNotMatch(JSON.stringify(home.raws), /s3cret/);
});

test("an address that is a secret is named nowhere, whatever goes wrong", async () => {
  await using home = await serving((_, response) => response.writeHead(404).end("no calendar s3cret-name"));
  const away = home.url.replace("/data", "/ical/s3cret-address/basic.ics");
  await assert.rejects(home.ask({ url: away, secret: true, schema }), fails("unexpected_status", /404$/));
  const closed = away.replace(/:\d+/, ":9");
  await assert.rejects(home.ask({ url: closed, secret: true, schema }), fails("unreachable", /cannot be reached/));
  assert.doesNotMatch(JSON.stringify(home.raws), /s3cret/);
});

test("each bad answer is a failure of its own that says what and where", async () => {
  const answers: readonly [number, string, string, RegExp][] = [
    [200, '{"prices":[{"value":"1"}]}', "changed_shape", /prices\.0\.value/],
    [200, '{"prices":null}', "changed_shape", /prices/],
    [200, "{}", "changed_shape", /prices/],
    [200, "<html>busy</html>", "not_json", /a web page/],
    [200, "", "not_json", /nothing/],
    [200, GOOD.slice(0, -3), "not_json", /no JSON/],
    [401, "", "refused", /401/],
    [403, "blocked", "refused", /403: blocked/],
    [404, "", "unexpected_status", /404/],
    [429, "", "limited", /429/],
    [500, "", "provider_failed", /500/],
    [503, "", "provider_failed", /503/],
  ];
  for (const [status, text, code, words] of answers) {
    await using home = await serving((_, response) => response.writeHead(status).end(text));
    await assert.rejects(home.ask({ url: home.url, schema }), fails(code, words), `${status} ${text}`);
  }
});

test("an answer past its size is not read to its end", async () => {
  await using home = await serving((_, response) => response.end(`"${"x".repeat(10_000)}"`));
  await assert.rejects(home.ask({ url: home.url, schema, mostBytes: 1000 }), fails("answer_too_large", /1000 bytes/));
});

test("what has not changed is not sent again, and is answered all the same", async () => {
  await using home = await serving((request, response) => {
    if (request.headers["if-none-match"] === '"1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end(GOOD);
  });
  const first = await home.ask({ url: home.url, schema });
  assert.deepEqual(await home.ask({ url: home.url, schema }), first);
  assert.equal(home.asked[1]?.headers["if-none-match"], '"1"');
});

test("a redirect is followed on the same host alone", async () => {
  await using home = await serving((request, response) => {
    if (request.url?.startsWith("/moved")) response.end(GOOD);
    else response.writeHead(302, { location: "/moved" }).end();
  });
  assert.deepEqual(await home.ask({ url: home.url, schema }), { prices: [{ value: 1 }] });
  await using away = await serving((_, response) =>
    response.writeHead(302, { location: "https://elsewhere.example/" }).end(),
  );
  await assert.rejects(away.ask({ url: away.url, schema }), fails("unexpected_status", /elsewhere\.example/));
  await using round = await serving((_, response) => response.writeHead(302, { location: "/again" }).end());
  await assert.rejects(round.ask({ url: round.url, schema }), fails("unexpected_status", /not followed/));
  assert.ok(round.asked.length < 6);
});

test("a redirect may be an answer", async () => {
  await using home = await serving((_, response) => response.writeHead(301, { location: "/dav/" }).end());
  const onRedirect = (to: string) => ({ prices: [{ value: new URL(to).pathname.length }] });
  assert.deepEqual(await home.ask({ url: home.url, schema, onRedirect }), { prices: [{ value: 5 }] });
  assert.equal(home.asked.length, 1);
});

test("Retry-After is heard in seconds and as a date", async () => {
  for (const [header, seconds] of [
    ["120", 120],
    ["Thu, 01 Jan 2026 00:10:00 GMT", 600],
  ] as const) {
    await using home = await serving((_, response) => response.writeHead(429, { "retry-after": header }).end());
    await assert.rejects(home.ask({ url: home.url, schema }), fails("limited", /429/));
    assert.deepEqual(home.waits, [seconds]);
  }
});

test("a status may be an answer", async () => {
  await using home = await serving((_, response) => response.writeHead(404).end("no data yet"));
  const onStatus = (status: number) => (status === 404 ? { prices: [] } : undefined);
  assert.deepEqual(await home.ask({ url: home.url, schema, onStatus }), { prices: [] });
});

test("nothing is sent unencrypted but at home", async () => {
  await using home = await serving((_, response) => response.end(GOOD));
  await assert.rejects(home.ask({ url: "http://api.example.org/x?key=s3cret", schema }), fails("bad_address", /https/));
  await assert.rejects(home.ask({ url: "file:///etc/passwd", schema }), fails("bad_address", /https/));
  for (const host of ["192.168.1.5", "10.0.0.1", "172.20.1.1", "[fd00::1]", "meter.local", "nas"])
    assert.ok(isOnLan(host));
  for (const host of ["8.8.8.8", "172.32.0.1", "api.example.org", "[2001:db8::1]"]) assert.ok(!isOnLan(host));
});

test("an answer asked for as bytes comes as it was sent", async () => {
  await using server = await serving((_, response) => response.end(Buffer.from([0x1b, 0, 0xff, 0x80, 0xc3])));
  const bytes = await server.ask({ url: server.url, as: "bytes", schema: v.instance(Uint8Array), secret: true });
  assert.deepEqual([...bytes], [0x1b, 0, 0xff, 0x80, 0xc3]);
});
