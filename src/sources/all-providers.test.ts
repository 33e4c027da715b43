import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import * as v from "valibot";
import { noSocket } from "../../tests/support/outside/asked.ts";
import { answerOf } from "../../tests/support/outside/cases.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { createCalendar } from "../domain/time/calendar.ts";
import { microsFromRfc3339 } from "../domain/time/time.ts";
import { silentLog } from "../platform/told/log.ts";
import { createMask } from "../platform/told/mask.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { PROVIDERS } from "./providers.ts";
import { createSources } from "./registry.ts";
import type { AnyProvider, Limit, Place } from "./source.ts";

/** What holds for every provider there is, by the cases of those that have some. */

const DAY = 86_400_000;
const MONTH = 30 * DAY;
const START = microsFromRfc3339("2026-11-01T00:00:00Z") as number;

const keyOf = ({ kind, id }: AnyProvider): string => `${kind} ${id}`;

type Case = {
  readonly now: number;
  readonly settings: unknown;
  readonly place: Partial<Place> & { timeZone?: string };
  answer(url: URL): string;
};

/** The first case of a provider, as `tests/support/outside/cases.ts` reads it. */
function caseOf({ kind, id }: AnyProvider): Case | undefined {
  const folder = join(import.meta.dirname, kind, "cases");
  const prefix = `${id.replaceAll("_", "-")}-`;
  const name = existsSync(folder) ? readdirSync(folder).find((one) => one.startsWith(prefix)) : undefined;
  if (name === undefined) return undefined;
  const said = JSON.parse(readFileSync(join(folder, name, "expected.json"), "utf8"));
  return {
    now: microsFromRfc3339(said.now) as number,
    settings: said.settings ?? {},
    place: said.place ?? {},
    answer: ({ pathname }) => answerOf(join(folder, name), pathname),
  };
}

const withCases = PROVIDERS.flatMap((provider) => {
  const found = caseOf(provider);
  return found ? [{ provider, found }] : [];
});
test("there are providers of every kind that the network knows, and ids are unique within a kind", () => {
  const ids = PROVIDERS.map(({ kind, id }) => `${kind} ${id}`);
  assert.deepEqual(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
  );
  assert.ok(withCases.length > 8, String(withCases.length));
});

test("every setting of every provider has a title, and every key is a secret", () => {
  for (const { id, settings } of PROVIDERS)
    for (const [name, entry] of Object.entries(settings.entries)) {
      const layers: v.GenericSchema[] = [];
      let at: unknown = entry;
      while (at) {
        layers.push(at as v.GenericSchema);
        at = (at as { wrapped?: unknown }).wrapped;
      }
      assert.ok(
        layers.some((one) => v.getTitle(one) !== undefined),
        `${id}.${name} has no title`,
      );
      if (/key|token|password|secret/.test(name))
        assert.ok(
          layers.some((one) => (v.getMetadata(one) as { secret?: boolean }).secret === true),
          `${id}.${name} is no secret`,
        );
    }
});

/** The most calls within any stretch of time as long as the limit's. */
function mostWithin(times: readonly number[], { perMs }: Limit): number {
  let from = 0;
  let most = 0;
  for (const [to, time] of times.entries()) {
    while (time - (times[from] as number) >= perMs * 1000) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

test("a month of every provider at once, by its own rhythm, stays within the limits that it publishes", async (t) => {
  const clock = createTestClock(START);
  const calls = new Map<string, number[]>();
  /** The case's answer is always of today: the provider is told that it is the case's day. */
  const asIfToday = (provider: AnyProvider, found: Case | undefined): AnyProvider => ({
    ...provider,
    unfit: () => undefined,
    read: async (needs) => {
      const now = found ? found.now : needs.now;
      const answered = await provider.read({
        ...needs,
        now,
        place: found ? { ...needs.place, ...found.place } : needs.place,
        // Named, so that what answers knows whom it is.
        ask: (request) => needs.ask({ ...request, headers: { ...request.headers, "x-asked": keyOf(provider) } }),
      });
      return {
        ...answered,
        readings: answered.readings.map((one) => ({ ...one, time: one.time - now + needs.now })),
        ...(answered.next === undefined ? {} : { next: answered.next - now + needs.now }),
      };
    },
  });
  const kept = new Map<string, unknown>();
  const usable = PROVIDERS.flatMap((provider) => {
    const found = caseOf(provider);
    return v.safeParse(provider.settings, found?.settings ?? {}).success ? [{ provider, found }] : [];
  });
  const answers = new Map(usable.map(({ provider, found }) => [keyOf(provider), found]));
  const sources = createSources({
    providers: usable.map(({ provider, found }) => asIfToday(provider, found)),
    book: {
      list: () => [],
      put: () => {},
      remove: () => {},
      answers: { get: () => undefined, set: () => {}, remove: () => {} },
      calls: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
    },
    http: async ({ url, headers = {} }) => {
      const key = headers["x-asked"] ?? "";
      const id = key.split(" ")[1] ?? "";
      const times = calls.get(id) ?? [];
      calls.set(id, times);
      times.push(clock.now());
      const found = answers.get(key);
      return { status: found ? 200 : 404, headers: {}, text: found?.answer(new URL(url)) ?? "" };
    },
    socket: noSocket,
    userAgent: "HA-Ingestor/test (+https://example.org)",
    mask: createMask(),
    status: createStatusBoard({ clock }),
    place: () => ({
      known: true,
      place: {
        ...{ latitude: 52.4, longitude: 4.9, elevation: 2, currency: "EUR", country: "NL", language: "en" },
        calendar: createCalendar("Europe/Amsterdam"),
      },
    }),
    entity: () => undefined,
    calendars: async () => [],
    forecasts: async () => [],
    homeEntities: () => [],
    record: async () => {},
    latest: () => undefined,
    clock,
    random: () => 0,
    log: silentLog,
  });
  for (const { provider, found } of usable) {
    await sources.add({
      id: `s_${provider.kind}_${provider.id}`.slice(0, 40),
      kind: provider.kind,
      name: provider.name,
      enabled: true,
      providers: [{ provider: provider.id, settings: (found?.settings ?? {}) as never }],
    });
    for (let i = 0; i < 6; i++) await setImmediate();
  }
  const step = 5 * 60_000;
  for (let passed = 0; passed < MONTH; passed += step) {
    clock.advance(step);
    for (let i = 0; i < 6; i++) await setImmediate();
  }
  await sources.close();
  for (const { provider } of usable) {
    const times = calls.get(provider.id) ?? [];
    for (const limit of provider.limits) {
      const most = mostWithin(times, limit);
      assert.ok(
        most <= limit.calls,
        `${provider.id}: ${most} calls in ${limit.perMs / 1000} s, ${limit.calls} allowed`,
      );
    }
    if (times.length > 0) t.diagnostic(`${provider.kind} ${provider.id}: ${times.length} calls in 30 days`);
  }
  assert.ok([...calls.values()].filter((times) => times.length > 300).length >= 6, "most of them were asked");
});
