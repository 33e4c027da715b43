import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import * as v from "valibot";
import { noSocket } from "../../tests/support/outside/asked.ts";
import { createTestClock, type TestClock } from "../../tests/support/test-clock.ts";
import { openDatabase } from "../database/open.ts";
import type { OutsideItem } from "../domain/outside/record.ts";
import { createCalendar } from "../domain/time/calendar.ts";
import { microsFromRfc3339 } from "../domain/time/time.ts";
import type { HttpAnswer, HttpRequest } from "../platform/http/http.ts";
import { silentLog } from "../platform/told/log.ts";
import { createMask } from "../platform/told/mask.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { createSources } from "./registry.ts";
import type { AnyProvider, Provider } from "./source.ts";
import type { SourceConfig } from "./sources.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = microsFromRfc3339("2026-11-23T10:00:00Z") as number;
const root = mkdtempSync(join(tmpdir(), "sources-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

/** A thermometer on the roof: `{"t":…,"at":…}`, with tomorrow's in `next`. */
const thermometer = (id: string, more: Partial<AnyProvider> = {}): AnyProvider => {
  const provider: Provider<{ key?: string | undefined }, { seen: number }> = {
    id,
    kind: "weather",
    name: id.toUpperCase(),
    homepage: `https://${id}.example`,
    attribution: `Data by ${id}`,
    settings: v.strictObject({
      key: v.optional(v.pipe(v.string(), v.minLength(3, "is too short"), v.title("Key"), v.metadata({ secret: true }))),
    }),
    worksUnset: true,
    limits: [],
    everyMs: 15 * MINUTE,
    tooOldMs: HOUR,
    read: async ({ ask, settings, now }) => {
      const answer = await ask({
        url: `https://${id}.example/now?key=${settings.key ?? ""}`,
        schema: v.object({ t: v.nullish(v.number()), seen: v.optional(v.number()), f: v.optional(v.number()) }),
      });
      return {
        readings: typeof answer.t === "number" ? [{ quantity: "temperature", time: now, value: answer.t }] : [],
        issues:
          answer.f === undefined
            ? []
            : [{ quantity: "temperature", issued: now, slots: [{ from: START, to: START + 1e9, value: answer.f }] }],
        ...(answer.seen === undefined ? {} : { facts: { seen: answer.seen } }),
      };
    },
  };
  return { ...provider, ...more } as AnyProvider;
};

type Answer = Partial<HttpAnswer> | Error;

function start(providers: readonly AnyProvider[], clock: TestClock = createTestClock(START), given?: string) {
  const folder = given ?? join(root, String(++folders));
  const database = openDatabase({ folder, clock, log: silentLog });
  const answers = new Map<string, (request: HttpRequest) => Answer>();
  const asked: { host: string; at: number }[] = [];
  const stored: OutsideItem[] = [];
  const mask = createMask();
  const status = createStatusBoard({ clock });
  let placeKnown = true;
  const sources = createSources({
    providers,
    book: database.sources,
    http: async (request) => {
      const { host } = new URL(request.url);
      asked.push({ host, at: clock.now() });
      const answer = answers.get(host.split(".")[0] as string)?.(request) ?? { status: 500, text: "none" };
      if (answer instanceof Error) throw answer;
      return { status: 200, text: "", headers: {}, ...answer };
    },
    socket: noSocket,
    userAgent: "HA-Ingestor/test (+https://example.org)",
    mask,
    status,
    place: () => ({
      known: placeKnown,
      place: {
        latitude: placeKnown ? 52 : null,
        longitude: placeKnown ? 4 : null,
        ...{ elevation: null, currency: "EUR", country: "NL", language: "en" },
        calendar: createCalendar("UTC"),
      },
    }),
    entity: () => undefined,
    calendars: async () => [],
    forecasts: async () => [],
    homeEntities: () => [],
    record: async (items) => void stored.push(...items),
    latest: (entityId) => {
      const last = stored.findLast((item) => item.kind === "reading" && item.entityId === entityId);
      return last?.kind === "reading" ? { time: last.time, state: last.state } : undefined;
    },
    clock,
    random: () => 0.5,
    log: silentLog,
  });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await sources.close();
    database.close();
  };
  after(close);
  /** Lets time pass in steps short enough for what is asked meanwhile. */
  const pass = async (ms: number, stepMs = MINUTE) => {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      for (let i = 0; i < 4; i++) await setImmediate();
    }
  };
  const states = (name = "outside.weather_temperature") =>
    stored.flatMap((item) => (item.kind === "reading" && item.entityId === name ? [item.state] : []));
  return {
    ...{ sources, answers, asked, stored, clock, pass, states, status, mask, close, folder },
    settle: () => pass(1, 1),
    setPlace: (known: boolean) => {
      placeKnown = known;
    },
    count: (host: string) => asked.filter((one) => one.host.startsWith(`${host}.`)).length,
  };
}

const json = (value: unknown): Answer => ({ text: JSON.stringify(value) });
const config = (...providers: string[]): SourceConfig => ({
  id: "weather",
  kind: "weather",
  name: "Weather",
  enabled: true,
  providers: providers.map((provider) => ({ provider, settings: {} })),
});

test("a source that was added is asked at once and then in its rhythm, never early and at most a twentieth late", async () => {
  const hub = start([thermometer("a")]);
  hub.answers.set("a", () => json({ t: 7 }));
  await hub.sources.add(config("a"));
  await hub.pass(24 * HOUR);
  const waits = hub.asked.slice(1).map(({ at }, i) => (at - (hub.asked[i]?.at ?? 0)) / 1000);
  assert.ok(hub.asked.length > 85, String(hub.asked.length));
  for (const wait of waits) assert.ok(wait >= 15 * MINUTE && wait <= 15 * MINUTE * 1.05 + 2 * MINUTE, String(wait));
  assert.equal(hub.sources.get("weather")?.state, "ok");
  assert.equal(hub.status.get("source weather")?.state, "ok");
});

test("the next provider answers where the first fails, and the first is returned to when it is back", async () => {
  const hub = start([thermometer("a"), thermometer("b")]);
  hub.answers.set("a", () => ({ status: 503, text: "down" }));
  hub.answers.set("b", () => json({ t: 3 }));
  await hub.sources.add(config("a", "b"));
  await hub.settle();
  const failed = hub.sources.get("weather");
  assert.equal(failed?.inUse, "b");
  assert.equal(failed?.state, "degraded");
  assert.match(failed?.why ?? "", /503.*b answers instead/);
  hub.answers.set("a", () => json({ t: 4 }));
  await hub.pass(HOUR);
  assert.equal(hub.sources.get("weather")?.inUse, "a");
  assert.equal(hub.sources.get("weather")?.state, "ok");
  assert.deepEqual(hub.states().slice(0, 1), ["3"]);
  assert.equal(hub.states().at(-1), "4");
});

test("a better provider that is tried again and again does not make the one that answers be asked more often", async () => {
  const hub = start([thermometer("a"), thermometer("b", { everyMs: HOUR })]);
  hub.answers.set("a", () => ({ status: 503, text: "down" }));
  hub.answers.set("b", () => json({ t: 3 }));
  await hub.sources.add(config("a", "b"));
  await hub.pass(24 * HOUR);
  assert.ok(hub.count("b") <= 25, String(hub.count("b")));
  assert.ok(hub.count("a") > 30 && hub.count("a") < 100, String(hub.count("a")));
});

test("what is too old is absent, and says why; the series say so too, with a gap once something is known again", async () => {
  const hub = start([thermometer("a")]);
  hub.answers.set("a", () => json({ t: 7 }));
  await hub.sources.add(config("a"));
  await hub.settle();
  assert.equal(hub.sources.present()[0]?.value, 7);
  hub.answers.set("a", () => new Error("nobody"));
  await hub.pass(59 * MINUTE);
  assert.equal(hub.sources.present()[0]?.value, 7);
  assert.equal(hub.sources.get("weather")?.state, "degraded");
  await hub.pass(3 * MINUTE);
  assert.deepEqual(
    hub.sources.present().map(({ value, why }) => [value, why]),
    [[null, "The last value is older than 1 h."]],
  );
  assert.equal(hub.sources.get("weather")?.state, "broken");
  assert.deepEqual(hub.states(), ["7", "unavailable"]);
  const silent = hub.stored.at(-1);
  assert.equal(silent?.kind === "reading" && silent.time, START + HOUR * 1000);
  hub.answers.set("a", () => json({ t: 9 }));
  await hub.pass(HOUR);
  assert.deepEqual(hub.states().slice(0, 3), ["7", "unavailable", "9"]);
  const gaps = hub.stored.filter((item) => item.kind === "gap");
  assert.equal(gaps.length, 1);
  assert.equal(gaps[0]?.from, START + HOUR * 1000);
});

test("who refuses a key is not asked again until the settings change or somebody asks for it", async () => {
  const hub = start([thermometer("a")]);
  hub.answers.set("a", () => ({ status: 401, text: "no" }));
  await hub.sources.add(config("a"));
  await hub.pass(48 * HOUR, 10 * MINUTE);
  assert.equal(hub.count("a"), 1);
  const refused = hub.sources.get("weather");
  assert.equal(refused?.statuses[0]?.state, "refused");
  assert.match(refused?.fix ?? "", /key/);
  hub.answers.set("a", () => json({ t: 1 }));
  await hub.sources.refresh("weather");
  assert.equal(hub.count("a"), 2);
  assert.equal(hub.sources.get("weather")?.state, "ok");
});

test("who has no key to mend rests for hours after a refusal, and is then asked again", async () => {
  const hub = start([thermometer("a", { settings: v.strictObject({}) as never })]);
  hub.answers.set("a", () => ({ status: 403, text: "blocked" }));
  await hub.sources.add(config("a"));
  await hub.pass(59 * MINUTE);
  assert.equal(hub.count("a"), 1);
  await hub.pass(48 * HOUR, 10 * MINUTE);
  assert.ok(hub.count("a") > 3 && hub.count("a") < 15, String(hub.count("a")));
});

test("Retry-After is kept to, also when somebody asks for a refresh", async () => {
  const hub = start([thermometer("a")]);
  hub.answers.set("a", () => ({ status: 429, text: "", headers: { "retry-after": "7200" } }));
  await hub.sources.add(config("a"));
  await hub.pass(HOUR);
  await hub.sources.refresh("weather");
  assert.equal(hub.count("a"), 1);
  await hub.pass(HOUR + 2 * MINUTE);
  assert.equal(hub.count("a"), 2);
});

test("a published limit is never passed, whoever asks, and a day's count outlasts the hub", async () => {
  const limits = [
    { calls: 2, perMs: MINUTE },
    { calls: 10, perMs: 24 * HOUR },
  ];
  const clock = createTestClock(START);
  const providers = [thermometer("a", { limits, everyMs: MINUTE })];
  const hub = start(providers, clock);
  hub.answers.set("a", () => json({ t: clock.now() % 100 }));
  await hub.sources.add(config("a"));
  for (let i = 0; i < 20; i++) await hub.sources.refresh("weather");
  assert.equal(hub.count("a"), 2);
  await hub.pass(3 * HOUR);
  assert.equal(hub.count("a"), 10);
  const budget = hub.sources.get("weather")?.statuses[0]?.budgets.find(({ perMs }) => perMs === 24 * HOUR);
  assert.deepEqual([budget?.used, budget?.left], [10, 0]);
  assert.equal(hub.sources.get("weather")?.statuses[0]?.state, "resting");
  await hub.close();
  const again = start(providers, clock, hub.folder);
  again.answers.set("a", () => json({ t: 1 }));
  await again.pass(HOUR);
  await again.sources.refresh("weather");
  assert.equal(again.count("a"), 0);
  for (let day = 1; day <= 3; day++) {
    await again.pass(24 * HOUR, 10 * MINUTE);
    assert.ok(again.count("a") <= 10 * day, `${again.count("a")} in ${day} days`);
  }
  assert.ok(again.count("a") >= 20, String(again.count("a")));
});

test("a hub that starts again knows what it knew, goes on in the rhythm, and asks nobody early", async () => {
  const clock = createTestClock(START);
  const hub = start([thermometer("a")], clock);
  hub.answers.set("a", () => json({ t: 7 }));
  await hub.sources.add(config("a"));
  await hub.pass(5 * MINUTE);
  await hub.close();
  clock.advance(2 * MINUTE);
  const again = start([thermometer("a")], clock, hub.folder);
  again.answers.set("a", () => json({ t: 8 }));
  await again.settle();
  assert.equal(again.sources.present()[0]?.value, 7);
  assert.equal(again.sources.get("weather")?.state, "ok");
  assert.equal(again.count("a"), 0);
  await again.pass(10 * MINUTE);
  assert.equal(again.count("a"), 1);
});

test("prices that were known when the hub stopped begin while it is off, and are stored when it is back", async () => {
  const clock = createTestClock(START);
  const hour = HOUR * 1000;
  const prices = thermometer("p", {
    kind: "pricing",
    everyMs: 12 * HOUR,
    read: async () => ({
      units: { price: "EUR/kWh" },
      readings: [],
      issues: [
        {
          quantity: "price",
          issued: START,
          slots: [0, 1, 2, 4].map((i) => ({ from: START + i * hour, to: START + (i + 1) * hour, value: i / 10 })),
        },
      ],
    }),
  });
  const pricing: SourceConfig = { ...config("p"), id: "price", kind: "pricing" };
  const hub = start([prices], clock);
  await hub.sources.add(pricing);
  await hub.pass(30 * MINUTE);
  assert.deepEqual(hub.states("outside.price_price"), ["0"]);
  await hub.close();
  clock.advance(2 * HOUR);
  const again = start([prices], clock, hub.folder);
  await again.settle();
  assert.equal(again.sources.present("price")[0]?.value, 0.2);
  assert.equal(again.sources.present("price")[0]?.unit, "EUR/kWh");
  await again.pass(2 * HOUR);
  assert.deepEqual(again.states("outside.price_price"), ["0", "0.1", "0.2", "unavailable", "0.4"]);
  const times = again.stored.flatMap((item) =>
    item.kind === "reading" && item.entityId === "outside.price_price" ? [(item.time - START) / hour] : [],
  );
  assert.deepEqual(times, [0, 1, 2, 3, 4]);
});

test("an issue is stored once for what it says anew, with its slots", async () => {
  const hub = start([thermometer("a")]);
  let f = 5;
  hub.answers.set("a", () => json({ t: 7, f }));
  await hub.sources.add(config("a"));
  await hub.pass(HOUR);
  f = 6;
  await hub.pass(HOUR);
  const issues = hub.stored.flatMap((item) =>
    item.kind === "reading" && item.entityId === "outside.weather_temperature_forecast" ? [item] : [],
  );
  assert.deepEqual(
    issues.map(({ attributes }) => attributes.slots),
    [[[START / 1e6, START / 1e6 + 1000, 5]], [[START / 1e6, START / 1e6 + 1000, 6]]],
  );
  assert.equal(hub.sources.issue("weather", "temperature")?.issue.slots[0]?.value, 6);
});

test("facts are handed to who wants them after every good read, with those before", async () => {
  const hub = start([thermometer("a")]);
  let seen = 0;
  hub.answers.set("a", () => json({ t: 7, seen: ++seen }));
  const heard: unknown[] = [];
  hub.sources.onFacts("weather", (source, facts, before) => heard.push([source, facts.facts, before?.facts]));
  await hub.sources.add(config("a"));
  await hub.settle();
  await hub.pass(16 * MINUTE);
  assert.deepEqual(heard, [
    ["weather", { seen: 1 }, undefined],
    ["weather", { seen: 2 }, { seen: 1 }],
  ]);
});

test("secrets are shown nowhere, and a masked one that comes back means what is kept", async () => {
  const hub = start([thermometer("a")]);
  const key = "top-secret-key";
  let sent = "";
  hub.answers.set("a", ({ url }) => {
    sent = new URL(url).searchParams.get("key") ?? "";
    return { status: 500, text: `no such key: ${sent}, ${Buffer.from(key).toString("base64")}` };
  });
  await hub.sources.add({ ...config("a"), providers: [{ provider: "a", settings: { key } }] });
  await hub.settle();
  const shown = () => JSON.stringify([hub.sources.list(), hub.sources.raw("weather"), hub.status.all()]);
  assert.ok(!shown().includes(key), shown());
  assert.ok(!shown().includes(Buffer.from(key).toString("base64")), shown());
  assert.match(shown(), /no such key: \*\*\*/);
  const listed = hub.sources.get("weather");
  assert.deepEqual(listed?.providers, [{ provider: "a", settings: { key: "***" } }]);
  await hub.sources.replace("weather", { ...config("a"), name: "Roof", providers: listed?.providers ?? [] });
  await hub.settle();
  assert.equal(sent, key);
});

test("wrong settings are refused with the path of what is wrong, and their value is not repeated", async () => {
  const hub = start([thermometer("a")]);
  const given = (more: object) => ({ ...config("a"), ...more }) as SourceConfig;
  const path = async (more: object) => {
    const failure = await hub.sources.add(given(more)).then(
      () => assert.fail("was taken"),
      (error: Error & { code: string; errors: { path: string; message: string }[] }) => error,
    );
    assert.equal(failure.code, "invalid_request");
    return `${failure.errors[0]?.path}: ${failure.errors[0]?.message}`;
  };
  const settings = (value: unknown) => ({ providers: [{ provider: "a", settings: value }] });
  assert.equal(await path(settings({ key: "x" })), "providers[0].settings.key: is too short");
  assert.equal(await path(settings({ key: 17 })), "providers[0].settings.key: is not string");
  assert.match(await path(settings({ nonsense: 1 })), /^providers\[0\]\.settings\.nonsense: is not known here/);
  assert.match(await path({ providers: [{ provider: "z", settings: {} }] }), /^providers\[0\]\.provider: is none of a/);
  assert.match(await path({ providers: [] }), /^providers: /);
  assert.match(await path({ id: "Weather!" }), /^id: /);
  assert.equal(hub.sources.list().length, 0);
  assert.equal(hub.asked.length, 0);
});

test("a source that is switched off or removed says so in its series, and is not asked", async () => {
  const hub = start([thermometer("a")]);
  hub.answers.set("a", () => json({ t: 7 }));
  await hub.sources.add(config("a"));
  await hub.settle();
  await hub.sources.replace("weather", { ...config("a"), enabled: false });
  const calls = hub.count("a");
  await hub.pass(2 * HOUR);
  assert.equal(hub.count("a"), calls);
  assert.equal(hub.sources.get("weather")?.state, "off");
  assert.deepEqual(
    hub.sources.present().map(({ quantity, value, time, why }) => [quantity, value, time, why]),
    [["temperature", null, null, "It is switched off."]],
  );
  await assert.rejects(hub.sources.refresh("weather"), { code: "action_unavailable" });
  await hub.sources.replace("weather", config("a"));
  await hub.settle();
  assert.equal(await hub.sources.remove("weather"), true);
  assert.equal(await hub.sources.remove("weather"), false);
  assert.deepEqual(hub.sources.present(), []);
  assert.deepEqual(hub.states(), ["7", "unavailable", "7", "7", null]);
  assert.equal(hub.status.get("source weather"), undefined);
});

test("a test of settings asks once, keeps nothing, and says what is wrong", async () => {
  const hub = start([thermometer("a"), thermometer("b")]);
  hub.answers.set("a", () => json({ t: 7, f: 2 }));
  hub.answers.set("b", () => ({ text: "<html>sign in</html>" }));
  const tried = await hub.sources.test(config("a", "b"));
  assert.deepEqual(
    tried.map(({ ok, readings, issues }) => [ok, readings, issues]),
    [
      [true, 1, 1],
      [false, 0, 0],
    ],
  );
  assert.match(tried[1]?.why ?? "", /web page/);
  assert.deepEqual([hub.stored.length, hub.sources.list().length], [0, 0]);
});

test("until Home Assistant has said where the home is, a source that needs it waits and says so", async () => {
  const unfit: AnyProvider["unfit"] = (_, place) =>
    place.latitude === null ? { why: "The home's place is not known.", fix: "Set it." } : undefined;
  const hub = start([thermometer("a", { unfit })]);
  hub.setPlace(false);
  hub.answers.set("a", () => json({ t: 7 }));
  await hub.sources.add(config("a"));
  await hub.pass(HOUR);
  assert.equal(hub.sources.get("weather")?.state, "starting");
  assert.equal(hub.count("a"), 0);
  assert.deepEqual(hub.sources.proposed(), []);
  hub.setPlace(true);
  hub.sources.placeChanged();
  await hub.settle();
  assert.equal(hub.sources.get("weather")?.state, "ok");
});

test("what this home could use is proposed, and nobody is asked before somebody says yes", async () => {
  const hub = start([thermometer("a")]);
  await hub.pass(HOUR);
  assert.deepEqual(
    hub.sources.proposed().map(({ id, providers }) => [id, providers[0]?.provider]),
    [["weather", "a"]],
  );
  assert.equal(hub.asked.length, 0);
  await hub.sources.add(hub.sources.proposed()[0] as SourceConfig);
  assert.deepEqual(hub.sources.proposed(), []);
});

test("what is no value is left out, and a provider that knows nothing is followed by the next", async () => {
  const wrong = thermometer("a", {
    read: async ({ now }) => ({
      readings: [
        { quantity: "temperature", time: now, value: Number.NaN },
        { quantity: "nonsense", time: now, value: 1 },
      ],
      issues: [],
    }),
  });
  const hub = start([wrong, thermometer("b")]);
  hub.answers.set("b", () => json({ t: 2 }));
  await hub.sources.add(config("a", "b"));
  await hub.settle();
  assert.deepEqual(hub.states(), ["2"]);
  assert.match(hub.sources.get("weather")?.why ?? "", /knows nothing/);
});
