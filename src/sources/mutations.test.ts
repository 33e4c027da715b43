import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as v from "valibot";
import { asked } from "../../tests/support/outside/asked.ts";
import { BAD, type Bad, openBadServer } from "../../tests/support/outside/bad-server.ts";
import { goodAnswerOf, keyOf, UNDAMAGED, WITHOUT_NETWORK } from "../../tests/support/outside/good-answers.ts";
import { GREEN_BUTTON, METER_TABLE } from "../../tests/support/outside/good-meters.ts";
import { HOW, nothingIsMadeUp } from "../../tests/support/outside/mutations.ts";
import { startTestSources } from "../../tests/support/outside/sources.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { Failure } from "../domain/failure.ts";
import { microsFromRfc3339 } from "../domain/time/time.ts";
import { createHomeCalendars } from "../hass/calendars/calendars.ts";
import { createHomeForecasts } from "../hass/forecasts/forecasts.ts";
import { createHttp } from "../platform/http/http.ts";
import { formOf } from "../platform/settings/form.ts";
import { type Clock, systemClock } from "../platform/time/clock.ts";
import { throughGateway } from "./asking/gateway.ts";
import { readFacts } from "./calendar/facts.ts";
import { PROVIDERS } from "./providers.ts";
import { hasSecret } from "./settings/secrets.ts";
import type { Answered, AnyProvider, EntityNow } from "./source.ts";

/** What of an answer may be wrong, of every provider: a failure of the right name, a status that says it, and no value. */

/** By provider: what was tried. The last test of this file asks whether anything is missing. */
const tried = new Map<string, Set<string>>();
const note = (provider: AnyProvider, what: string) => {
  const all = tried.get(keyOf(provider)) ?? new Set();
  tried.set(keyOf(provider), all.add(what));
};

const networked = PROVIDERS.flatMap((provider) => {
  const good = goodAnswerOf(provider);
  return good ? [{ provider, good }] : [];
});

/** When and how long things are planned, and which games there are: of a damaged answer no others than of the whole one. */
function planned({ facts }: Answered<unknown>): readonly string[] {
  const games = (facts as { games?: readonly { start: number }[] } | undefined)?.games ?? [];
  return [
    ...(readFacts(facts)?.occurrences ?? []).flatMap(({ start, end, dates }) => [
      `starts ${start}`,
      // What does not say when it ends lasts no time, or its day.
      ...(end === start || dates !== null ? [] : [`ends ${end}`]),
    ]),
    ...games.map(({ start }) => `a game starts ${start}`),
  ];
}

for (const { provider, good } of networked)
  test(`${keyOf(provider)}: of an answer with one thing missing, null, of another type, or cut, nothing is made up`, async () => {
    let reads = 0;
    let refused = 0;
    for (const damaged of Object.keys(good.texts)) {
      const read = (text: string) =>
        provider.read(
          asked(
            ({ at, body = "" }) => {
              const name = good.nameOf({ url: at, body });
              if (name === undefined) return { status: 404, text: "" };
              return { status: good.status ?? 200, text: (name === damaged ? text : good.texts[name]) as string };
            },
            {
              settings: v.parse(provider.settings, good.settings(reads++)),
              now: good.now,
              ...(good.place ? { place: good.place } : {}),
            },
          ) as never,
        );
      const counts = await nothingIsMadeUp(good.texts[damaged] as string, read, good.mayDiffer, planned);
      for (const how of counts.tried) note(provider, how);
      refused += counts.refused;
    }
    assert.ok(refused > 0, "some of it is no answer");
  });

/** Its timers come a hundred times as early: the 20 s that an answer may take are 200 ms. */
const quick: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / 100, run) };
const server = await openBadServer();
after(server.close);

/** A source of one provider as the hub runs it, over a real connection. */
async function runThrough(gateway: string, { provider, good }: (typeof networked)[number], clock: Clock) {
  const failures: unknown[] = [];
  const watched: AnyProvider = {
    ...provider,
    read: (needs) =>
      provider.read(needs).catch((error: unknown) => {
        failures.push(error);
        throw error;
      }),
  };
  const { readBetween: _, ...withoutPast } = watched;
  const started = startTestSources({
    providers: [withoutPast],
    http: throughGateway(createHttp({ clock }), gateway),
    clock: createTestClock(microsFromRfc3339(good.now) as number),
    ...(good.place ? { place: good.place } : {}),
  });
  const settings = good.settings(-1);
  const status = await started.addAndAsk(withoutPast, settings);
  const present = started.sources.present();
  await started.sources.close();
  return { status, present, failure: failures[0], stored: started.stored };
}

async function isTold(bad: Bad, one: (typeof networked)[number]): Promise<void> {
  const { provider } = one;
  const { status, present, failure, stored } = await runThrough(server.bad(bad), one, bad.isSlow ? quick : systemClock);
  const where = `${keyOf(provider)}, ${bad.what}`;
  assert.ok(failure instanceof Failure, `${where}: ${failure}`);
  assert.ok(bad.codes.includes(failure.code), `${where}: ${failure.code}: ${failure.message}`);
  assert.equal(status.state, "broken", where);
  assert.ok(status.why, where);
  const waits = bad.codes.includes("refused") && hasSecret(formOf(provider.settings)) ? "refused" : "resting";
  assert.equal(status.statuses[0]?.state, waits, where);
  assert.deepEqual([present, stored, status.inUse, status.lastSuccess], [[], [], null, null], where);
  for (const secret of secretsOf(one)) assert.ok(!JSON.stringify(status).includes(secret), `${where} tells a secret`);
}
const secretsOf = ({ provider, good }: (typeof networked)[number]): string[] =>
  formOf(provider.settings).flatMap(({ name, secret }) => {
    const value = secret ? (good.settings(-1) as Record<string, unknown>)[name] : undefined;
    return typeof value === "string" && value.length > 5 ? [value] : [];
  });

for (const one of networked)
  test(`${keyOf(one.provider)}: what a server does in an answer's place is told, and nothing is stored`, async () => {
    const whole = await runThrough(server.good(one.good), one, systemClock);
    assert.equal(whole.status.state, "ok", `${whole.status.why}`);
    assert.ok(whole.stored.length > 0, "of the whole answer something is stored");
    await Promise.all(
      BAD.map(async (bad) => {
        await isTold(bad, one);
        note(one.provider, bad.what);
      }),
    );
  });

const NOW = "2026-11-26T10:30:00Z";
type Entity = {
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly answer?: unknown;
};
const ENTITIES: readonly {
  readonly key: string;
  readonly settings: object;
  readonly entityId: string;
  readonly entity: Entity;
  /** It is nothing without a number in its state. */
  readonly isNumber?: true;
  readonly mayDiffer?: readonly string[];
}[] = [
  {
    key: "pricing entity",
    settings: { entity: "sensor.it" },
    entityId: "sensor.it",
    entity: {
      state: "0.2",
      attributes: {
        unit_of_measurement: "EUR/kWh",
        raw_today: [0.2, 0.3, -0.1].map((value, at) => ({
          start: `2026-11-26T${10 + at}:00:00Z`,
          end: `2026-11-26T${11 + at}:00:00Z`,
          value,
        })),
      },
    },
    isNumber: true,
  },
  {
    key: "carbon entity",
    settings: { intensity: "sensor.it" },
    entityId: "sensor.it",
    entity: { state: "302.5", attributes: { unit_of_measurement: "gCO2eq/kWh", state_class: "measurement" } },
    isNumber: true,
  },
  {
    key: "sports team_tracker",
    settings: { entities: ["sensor.it"] },
    entityId: "sensor.it",
    entity: {
      state: "IN",
      attributes: {
        ...{ sport_path: "football", league_path: "nfl", date: "2026-11-26T09:00Z", event_name: "KC @ DEN" },
        ...{
          event_url: "https://www.espn.com/nfl/game?gameId=401",
          venue: "Mile High",
          quarter: 4,
          clock: "4:15 - 4th",
        },
        ...{ team_abbr: "KC", team_long_name: "Kansas City Chiefs", team_id: "12", team_homeaway: "away" },
        ...{ team_record: "8-3", team_rank: null, team_colors: ["#e31837"], team_score: "17", team_winner: null },
        ...{ opponent_abbr: "DEN", opponent_long_name: "Denver Broncos", opponent_id: "7", opponent_homeaway: "home" },
        ...{ opponent_record: "7-4", opponent_rank: null, opponent_score: "16", opponent_winner: null },
      },
    },
    // A state that nobody knows is said to be so.
    mayDiffer: ["status"],
  },
  {
    key: "weather home_assistant",
    settings: { entity: "weather.it" },
    entityId: "weather.it",
    entity: {
      state: "rainy",
      attributes: {
        ...{ temperature_unit: "°C", pressure_unit: "hPa", wind_speed_unit: "km/h", visibility_unit: "km" },
        ...{
          precipitation_unit: "mm",
          temperature: 7.5,
          humidity: 92,
          wind_speed: 36,
          pressure: 1013.2,
          visibility: 9.5,
        },
        ...{ wind_bearing: 225.5, supported_features: 2 },
      },
      answer: {
        response: {
          "weather.it": {
            forecast: [11, 12, 13].map((hour, at) => ({
              datetime: `2026-11-26T${hour}:00:00+00:00`,
              ...{
                condition: "cloudy",
                temperature: 8 + at,
                wind_speed: 18,
                precipitation: at / 10,
                wind_bearing: "NW",
              },
            })),
          },
        },
      },
    },
  },
];

for (const { key, settings, entityId, entity, isNumber, mayDiffer } of ENTITIES) {
  const provider = PROVIDERS.find((one) => keyOf(one) === key) as AnyProvider;
  test(`${key}: of an entity with one thing missing, null or of another type no value is made up`, async () => {
    const read = async (text: string): Promise<Answered<unknown>> => {
      const told = entityIn(text);
      const needs = asked(() => assert.fail("nobody outside is asked"), {
        settings: v.parse(provider.settings, settings),
        now: NOW,
        entities: told ? [{ entityId, time: (microsFromRfc3339(NOW) as number) - 60_000_000, ...told }] : [],
      });
      const forecasts = createHomeForecasts({ connected: () => true, call: async () => told?.answer });
      const answered = await provider.read({ ...needs, forecasts } as never);
      // Whether a slot or the state said it, and under which name, is another question than what was said.
      const readings = answered.readings.map(({ quantity, value }) => ({ quantity, value, time: 0 }));
      return { ...answered, readings };
    };
    const counts = await nothingIsMadeUp(JSON.stringify(entity), read, mayDiffer, planned);
    for (const how of counts.tried) note(provider, how);
    assert.ok(counts.refused > 0, JSON.stringify(counts));
    for (const odd of isNumber ? ["unavailable", "unknown", "", " ", "NaN", "1e999", "0.2 EUR", "twelve"] : [])
      await assert.rejects(
        read(JSON.stringify({ state: odd, attributes: { ...entity.attributes, raw_today: null } })),
        Failure,
      );
  });
}

/** Of what Home Assistant could say at all: a state is a text, attributes are an object. */
function entityIn(text: string): (Pick<EntityNow, "state" | "attributes"> & { readonly answer?: unknown }) | undefined {
  const shape = v.object({ state: v.string(), attributes: v.record(v.string(), v.unknown()), answer: v.unknown() });
  try {
    const read = v.safeParse(shape, { answer: undefined, ...JSON.parse(text) });
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

test("calendar home_assistant: of a damaged answer of Home Assistant no event is made up", async () => {
  const provider = PROVIDERS.find(({ kind, id }) => kind === "calendar" && id === "home_assistant") as AnyProvider;
  const texts = {
    calendars: '[{"entity_id":"calendar.family","name":"Family"}]',
    "calendar.family": JSON.stringify([
      {
        ...{ summary: "Dentist", description: null, location: "Main street 1", uid: "a", recurrence_id: null },
        start: { dateTime: "2026-11-27T09:00:00+01:00" },
        end: { dateTime: "2026-11-27T10:00:00+01:00" },
      },
      { summary: "Fair", start: { date: "2026-11-28" }, end: { date: "2026-11-29" } },
    ]),
  };
  for (const damaged of Object.keys(texts) as (keyof typeof texts)[]) {
    const read = async (text: string): Promise<Answered<unknown>> => {
      const calendars = createHomeCalendars({
        http: async ({ url }) => {
          const name = new URL(url).pathname.split("/").at(-1) as keyof typeof texts;
          const answer = name === damaged ? text : texts[name];
          return { status: answer === undefined ? 404 : 200, text: answer ?? "", headers: {} };
        },
        through: () => ({ url: "http://home.local:8123", token: "t" }),
      });
      const needs = asked(() => assert.fail("nobody outside is asked"), {
        settings: v.parse(provider.settings, {}),
        now: NOW,
      });
      return provider.read({ ...needs, calendars } as never);
    };
    const counts = await nothingIsMadeUp(texts[damaged], read, ["busy", "occupancy"], planned);
    for (const how of counts.tried) note(provider, how);
  }
});

/** What is handed in, whole. */
const FILES: readonly { readonly key: string; readonly settings: object; readonly text: string }[] = [
  { key: "smart_meter green_button", settings: {}, text: GREEN_BUTTON },
  {
    key: "smart_meter meter_csv",
    settings: {
      ...{ time_column: "von", end_column: "bis", value_column: "Wert", unit_column: "Einheit", quality_column: "Art" },
      ...{ estimated: "EST", delimiter: ";", decimal: ",", encoding: "utf-8", time_format: "DD.MM.YYYY HH:mm" },
    },
    text: METER_TABLE,
  },
];

for (const { key, settings, text } of FILES) {
  const provider = PROVIDERS.find((one) => keyOf(one) === key) as AnyProvider;
  test(`${key}: of a file with one thing missing, empty or of another type, or cut, nothing is made up`, async () => {
    const needs = asked(() => assert.fail("nobody is asked"), {
      settings: v.parse(provider.settings, settings),
      now: NOW,
    });
    const read = async (given: string): Promise<Answered<unknown>> => {
      const { readings = [] } = provider.readFile?.(Buffer.from(given), needs) ?? {};
      return { readings, issues: [] };
    };
    const counts = await nothingIsMadeUp(text, read);
    for (const how of counts.tried) note(provider, how);
    assert.ok(counts.refused > 0 && counts.read > 0, JSON.stringify(counts));
  });
}

test("every provider was tried with every damage, or nothing of an answer can be damaged", (t) => {
  const missing: string[] = [];
  for (const provider of PROVIDERS) {
    const key = keyOf(provider);
    const wanted = key in UNDAMAGED ? [] : key in WITHOUT_NETWORK ? HOW : [...HOW, ...BAD.map(({ what }) => what)];
    const had = tried.get(key) ?? new Set();
    for (const what of wanted) if (!had.has(what)) missing.push(`${key}: ${what}`);
    t.diagnostic(`${key}: ${UNDAMAGED[key] ?? [...had].join(", ")}`);
  }
  assert.deepEqual(missing, []);
});
