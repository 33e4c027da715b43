import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { testCases } from "../../../../tests/support/outside/cases.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { told } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Place } from "../../source.ts";
import { speedOf } from "./answers.ts";
import { conditionOfIcon } from "./icons.ts";
import { nws } from "./nws.ts";

const POINT = "nws/points_new_york.json";
const OBSERVATION = "nws/observation_latest.json";
const FORECAST = "nws/forecast.json";
const NO_PERIODS = '{"properties":{"periods":[]}}';
const stations = (...ids: string[]) =>
  JSON.stringify({ features: ids.map((stationIdentifier) => ({ properties: { stationIdentifier } })) });
const WASHINGTON = { latitude: 38.889_4, longitude: -77.035_2, country: "US", timeZone: "America/New_York" };

type Answers = { point?: string; hourly?: string; forecast?: string; observations?: Record<string, string> };
const ask = (answers: Answers, settings: object = {}) =>
  asked(
    ({ at: { pathname } }) => {
      if (pathname.startsWith("/points/")) return answers.point ?? recorded(POINT);
      if (pathname.endsWith("/forecast/hourly")) return answers.hourly ?? NO_PERIODS;
      if (pathname.endsWith("/forecast")) return answers.forecast ?? NO_PERIODS;
      const observations = answers.observations ?? { KDCA: recorded(OBSERVATION) };
      if (pathname.endsWith("/stations")) return stations(...Object.keys(observations));
      const text = observations[pathname.split("/")[2] as string];
      return text === undefined || text === "" ? { status: 404, text: '{"title":"Not Found"}' } : text;
    },
    { settings, now: "2026-02-06T21:50:00Z", place: WASHINGTON },
  );
const read = (answers: Answers = {}, settings: object = {}) => nws.read(ask(answers, settings));

testCases(join(import.meta.dirname, "../cases"), nws);

test("a recorded observation: pascals, km/h and metres in our units, and a null is nothing", {
  skip: recordedAreAbsent,
}, async () => {
  const time = "2026-02-06T21:30:00Z";
  assert.deepEqual(told(await read()).readings, {
    temperature: [[time, -1]],
    dew_point: [[time, -7]],
    humidity: [[time, 63.771213893297]],
    visibility: [[time, 9656.06]],
    wind_speed: [[time, 0]],
    wind_bearing: [[time, 0]],
    condition: [[time, "snowy"]],
  });
});

test("recorded halves of days: highest by day, lowest by the day on which a night ends", {
  skip: recordedAreAbsent,
}, async () => {
  const { issues, issued } = told(await read({ forecast: recorded(FORECAST) }));
  assert.equal(issued, "2026-02-06T20:53:00Z");
  const day = (date: number) => [`2026-02-${date}T05:00:00Z`, `2026-02-${date + 1}T05:00:00Z`];
  assert.deepEqual(issues.temperature_high?.slice(0, 2), [
    ["2026-02-06T05:00:00Z", "2026-02-07T05:00:00Z", 1],
    ["2026-02-07T05:00:00Z", "2026-02-08T05:00:00Z", -7],
  ]);
  assert.deepEqual(issues.temperature_low?.[0], ["2026-02-07T05:00:00Z", "2026-02-08T05:00:00Z", -11]);
  assert.deepEqual(issues.temperature_high?.at(-1), [...day(12), 4]);
  assert.deepEqual(issues.temperature_low?.at(-1), [...day(13), -3]);
  assert.deepEqual(
    issues.day_condition?.map(([, , word]) => word),
    ["snowy", "windy", "partlycloudy", "cloudy", "partlycloudy", "rainy", "rainy"],
  );
  assert.deepEqual(Object.keys(issues).sort(), ["day_condition", "temperature_high", "temperature_low"]);
});

test("whatever is missing or wrong in recorded answers, nothing is made up", { skip: recordedAreAbsent }, async () => {
  const observed = await nothingIsMadeUp(recorded(OBSERVATION), (text) => read({ observations: { KDCA: text } }));
  const ahead = await nothingIsMadeUp(recorded(FORECAST), (forecast) => read({ forecast }));
  const point = await nothingIsMadeUp(recorded(POINT), (text) => read({ point: text, forecast: recorded(FORECAST) }));
  assert.ok(
    observed.refused > 10 && ahead.refused > 20 && point.refused > 10,
    JSON.stringify([observed, ahead, point]),
  );
});

test("a station that is silent, or tells no temperature, is followed by the next one", {
  skip: recordedAreAbsent,
}, async () => {
  const whole = JSON.parse(recorded(OBSERVATION));
  const silent = structuredClone(whole);
  silent.properties.temperature.value = null;
  const old = structuredClone(whole);
  old.properties.timestamp = "2026-02-06T19:00:00+00:00";
  const warm = structuredClone(whole);
  warm.properties.temperature.value = 30;
  const texts = [silent, old, warm].map((one) => JSON.stringify(one)) as [string, string, string];
  const temperature = async (observations: Record<string, string>) =>
    told(await read({ observations })).readings.temperature?.[0]?.[1];
  assert.equal(await temperature({ KAAA: "", KBBB: texts[0], KCCC: texts[2] }), 30);
  assert.equal(await temperature({ KAAA: texts[1], KBBB: texts[2], KCCC: recorded(OBSERVATION) }), 30);
  // No one is asked beyond the third.
  assert.equal(await temperature({ KAAA: "", KBBB: "", KCCC: "", KDDD: texts[2] }), undefined);
  const { readings } = told(await read({ observations: { KAAA: texts[0], KBBB: texts[1] } }));
  assert.deepEqual([readings.temperature, readings.dew_point?.[0]?.[1]], [undefined, -7]);
});

test("the place goes out with two decimals at most, and a chosen station is the only one asked", {
  skip: recordedAreAbsent,
}, async () => {
  const needs = ask(
    { observations: { KAAA: recorded(OBSERVATION) } },
    { station: "KAAA", latitude: 39.9, longitude: -77 },
  );
  await nws.read(needs);
  assert.deepEqual(
    needs.requests.map(({ url }) => new URL(url).pathname),
    [
      "/points/39.9,-77",
      "/gridpoints/LWX/97,71/forecast/hourly",
      "/gridpoints/LWX/97,71/forecast",
      "/stations/KAAA/observations/latest",
    ],
  );
});

test("a place that it does not know says so; a link to another host is not followed", async () => {
  const unknown = asked(() => ({ status: 404, text: '{"title":"Data Unavailable For Requested Point"}' }), {
    settings: {},
    now: "2026-02-06T21:50:00Z",
    place: WASHINGTON,
  });
  await assert.rejects(nws.read(unknown), (error) => error instanceof Failure && error.code === "nothing_known");
  const elsewhere = {
    forecast: "https://api.weather.gov/a",
    forecastHourly: "https://evil.example/b",
    observationStations: "https://api.weather.gov/c",
  };
  await assert.rejects(
    read({ point: JSON.stringify({ properties: elsewhere }) }),
    (error) => error instanceof Failure && error.code === "changed_shape" && /forecastHourly/.test(error.message),
  );
});

test("it is no use outside the United States, unless a place there is given", () => {
  const { place } = asked(() => "", { settings: {}, now: "2026-02-06T21:50:00Z" });
  const unfit = (settings: object, more: Partial<Place>) => nws.unfit?.(settings, { ...place, ...more })?.why;
  assert.match(unfit({}, { country: "NL" }) ?? "", /United States alone/);
  assert.equal(unfit({}, { country: "US" }), undefined);
  assert.equal(unfit({}, { country: "PR" }), undefined);
  assert.equal(unfit({}, { country: null }), undefined);
  assert.equal(unfit({ latitude: 40.7, longitude: -74 }, { country: "NL" }), undefined);
  assert.match(unfit({}, { country: "US", latitude: null }) ?? "", /not known yet where/);
});

test("one speed is a speed, a range is none; of an icon's two words the first comes first", () => {
  assert.deepEqual(["36 km/h", "10 mph", "0 mph", "5 to 10 mph", "", null, "calm"].map(speedOf), [
    ...[10, 4.4704, 0],
    ...[undefined, undefined, undefined, undefined],
  ]);
  const icon = (path: string) => conditionOfIcon(`https://api.weather.gov/icons/land/${path}?size=medium`);
  assert.deepEqual(
    ["day/skc", "night/skc", "night/snow,50/wind_bkn", "day/tsra_hi,20", "day/new_word", "day/toString", "skc"].map(
      icon,
    ),
    ["sunny", "clear-night", "snowy", "lightning-rainy", undefined, undefined, undefined],
  );
  assert.deepEqual([conditionOfIcon(null), conditionOfIcon("")], [undefined, undefined]);
});
