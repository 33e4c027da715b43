import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import * as v from "valibot";
import { type GoodAnswer, goodAnswerOf, keyOf } from "../../tests/support/outside/good-answers.ts";
import { startTestSources } from "../../tests/support/outside/sources.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { createCalendar } from "../domain/time/calendar.ts";
import { microsFromRfc3339 } from "../domain/time/time.ts";
import { PROVIDERS } from "./providers.ts";
import type { AnyProvider, Limit } from "./source.ts";

/** What holds for every provider there is. */

const DAY = 86_400_000;
const MONTH = 30 * DAY;
/** Calendars are expanded anew at each read; their limits are of an hour. */
const CALENDARS_FOR = 2 * DAY;
const START = microsFromRfc3339("2026-11-01T00:00:00Z") as number;

test("there are providers, and ids are unique within a kind", () => {
  const ids = PROVIDERS.map(({ kind, id }) => `${kind} ${id}`);
  assert.deepEqual(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
  );
  assert.ok(ids.length > 25, String(ids.length));
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

const nameOf = ({ kind, id }: AnyProvider): string => `s_${kind}_${id}`.slice(0, 40);
type Networked = { readonly provider: AnyProvider; readonly good: GoodAnswer };

/** Its answer is always of one day: it is told that it is that day, and asks under its name. */
function asIfThatDay({ provider, good }: Networked): AnyProvider {
  const now = microsFromRfc3339(good.now) as number;
  const { timeZone, ...place } = good.place ?? {};
  const calendar = timeZone === undefined ? {} : { calendar: createCalendar(timeZone) };
  type Needs = Parameters<AnyProvider["read"]>[0];
  const named = (needs: Needs): Needs => ({
    ...needs,
    ask: (request) => needs.ask({ ...request, headers: { ...request.headers, "x-asked": keyOf(provider) } }),
  });
  return {
    ...provider,
    unfit: () => undefined,
    read: async (needs) => {
      const later = needs.now - now;
      const answered = await provider.read({
        ...named(needs),
        now,
        place: { ...needs.place, ...place, ...calendar },
      });
      return {
        ...answered,
        readings: answered.readings.map(({ until, ...one }) => ({
          ...one,
          time: one.time + later,
          ...(until === undefined ? {} : { until: until + later }),
        })),
        ...(answered.next === undefined ? {} : { next: answered.next + later }),
      };
    },
    ...(provider.readBetween
      ? { readBetween: async (needs) => provider.readBetween?.({ ...needs, ...named(needs) }) as never }
      : {}),
  };
}

test("a month of every provider that publishes limits, all at once and by their own rhythms, stays within them", async (t) => {
  const clock = createTestClock(START);
  /** By id: limits are of a provider, whatever it is asked for. */
  const calls = new Map<string, number[]>();
  const networked: readonly Networked[] = PROVIDERS.flatMap((provider) => {
    const good = provider.limits.length > 0 ? goodAnswerOf(provider) : undefined;
    return good ? [{ provider, good }] : [];
  });
  assert.ok(networked.length > 12, String(networked.length));
  const answers = new Map(networked.map(({ provider, good }) => [keyOf(provider), good]));
  const { sources } = startTestSources({
    providers: networked.map(asIfThatDay),
    clock,
    http: async ({ url, headers = {}, body = "" }) => {
      const key = headers["x-asked"] ?? "";
      const id = key.split(" ")[1] ?? "";
      const times = calls.get(id) ?? [];
      calls.set(id, times);
      times.push(clock.now());
      const good = answers.get(key);
      const name = good?.nameOf({ url: new URL(url), body });
      if (!good || name === undefined) return { status: 404, headers: {}, text: "" };
      return { status: good.status ?? 200, headers: {}, text: good.texts[name] ?? "" };
    },
  });
  for (const { provider, good } of networked) {
    await sources.add({
      id: nameOf(provider),
      kind: provider.kind,
      name: provider.name,
      enabled: true,
      providers: [{ provider: provider.id, settings: good.settings(0) as never }],
    });
    for (let i = 0; i < 6; i++) await setImmediate();
  }
  const states = new Map<string, string>();
  const look = (provider: AnyProvider) => {
    const { state, why = "" } = sources.get(nameOf(provider)) ?? { state: "gone" };
    states.set(keyOf(provider), `${state} ${why}`);
  };
  const step = 5 * 60_000;
  for (let passed = 0; passed < MONTH; passed += step) {
    clock.advance(step);
    for (let i = 0; i < 6; i++) await setImmediate();
    if (passed !== CALENDARS_FOR) continue;
    for (const { provider } of networked.filter((one) => one.provider.kind === "calendar")) {
      look(provider);
      await sources.remove(nameOf(provider));
    }
  }
  for (const { provider } of networked) if (!states.has(keyOf(provider))) look(provider);
  await sources.close();
  assert.equal(calls.get(""), undefined, "everybody asks under a name");
  for (const { provider } of networked) {
    const times = calls.get(provider.id) ?? [];
    for (const limit of provider.limits) {
      const most = mostWithin(times, limit);
      assert.ok(
        most <= limit.calls,
        `${provider.id}: ${most} calls in ${limit.perMs / 1000} s, ${limit.calls} allowed`,
      );
    }
    // One that is refused, or that waits, would keep to any limit.
    assert.match(states.get(keyOf(provider)) ?? "", /^ok/, keyOf(provider));
    assert.ok(times.length >= 30, `${provider.id} was asked ${times.length} times in 30 days`);
    t.diagnostic(`${keyOf(provider)}: ${times.length} calls in ${provider.kind === "calendar" ? 2 : 30} days`);
  }
});
