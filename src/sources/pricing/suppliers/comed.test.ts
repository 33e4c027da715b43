import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { told } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { createHttp } from "../../../platform/http/http.ts";
import { systemClock } from "../../../platform/time/clock.ts";
import { createAsk } from "../../asking/ask.ts";
import { throughGateway } from "../../asking/gateway.ts";
import { comed } from "./comed.ts";

const needsOf = (text: string, now: string) => asked(() => text, { settings: {}, now });

test("recorded: cents are hundredths of dollars, and a price holds until the next is out", {
  skip: recordedAreAbsent,
}, async () => {
  const answered = await comed.read(needsOf(recorded("comed/five_minute_feed.json"), "2024-10-11T12:22:00Z"));
  // 4.9 ¢/kWh at 12:15 UTC, 3.7 at 12:20.
  assert.deepEqual(told(answered), {
    readings: {
      market_price: [
        ["2024-10-11T12:15:00Z", "2024-10-11T12:35:00Z", 0.049],
        ["2024-10-11T12:20:00Z", "2024-10-11T12:40:00Z", 0.037],
      ],
    },
    issues: {},
  });
  assert.deepEqual(answered.units, { market_price: "USD/kWh" });
});

test("an empty answer is nothing, and a price without a number is another shape", async () => {
  for (const [text, code] of [
    ["[]", "nothing_known"],
    ['[{"millisUTC":"1728649200000","price":""}]', "changed_shape"],
    ['[{"millisUTC":"1728649200000","price":"3.7 c"}]', "changed_shape"],
  ] as const)
    await assert.rejects(
      comed.read(needsOf(text, "2024-10-11T12:22:00Z")),
      (error) => error instanceof Failure && error.code === code,
    );
});

test("nothing is made up of a broken answer", async () => {
  const rows = [4, 3, 2, 1].map((step) => ({
    millisUTC: String(1_728_649_200_000 + step * 300_000),
    price: String(step / 10),
  }));
  await nothingIsMadeUp(JSON.stringify(rows), (text) => comed.read(needsOf(text, "2024-10-11T12:50:00Z")));
});

test("its answer is read as its server sends it: under cookies that no header may hold, and as text/html", async () => {
  const said: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (asked) => {
      said.push(String(asked));
      const head = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/html;charset=utf-8",
        "Set-Cookie: ___utmvmwBuaabsB=hZp\x01XxBA; path=/; Max-Age=900",
        "Set-Cookie: ___utmvbwBuaabsB=sZD\r\n    XkdOvaly: Ktu; path=/; Max-Age=900",
        "Connection: close",
      ];
      socket.end(`${head.join("\r\n")}\r\n\r\n[{"millisUTC":"1728649200000","price":"3.7"}]`, "latin1");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = createAsk({
    http: throughGateway(createHttp({ clock: systemClock }), gateway),
    userAgent: "HA-Ingestor/test (+https://example.org)",
    spend: () => {},
    nowMs: () => 0,
  });
  const answered = await comed.read({ ...needsOf("", "2024-10-11T12:22:00Z"), ask });
  server.close();
  assert.deepEqual(told(answered).readings, {
    market_price: [["2024-10-11T12:20:00Z", "2024-10-11T12:40:00Z", 0.037]],
  });
  assert.match(said[0] ?? "", /^GET \/hourlypricing\.comed\.com\/api\?type=5minutefeed /);
});
