import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { told } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { airNow } from "./airnow.ts";
import { openMeteoAir } from "./open-meteo.ts";
import { openAq } from "./openaq.ts";
import { openWeatherMapAir } from "./openweathermap.ts";
import { waqi } from "./waqi.ts";

const key = { api_key: "k" };
const failsAs =
  (code: string, words = /./) =>
  (error: unknown) =>
    error instanceof Failure && error.code === code && words.test(`${error.message} ${error.fix}`);
for (const provider of [openMeteoAir, airNow, waqi, openWeatherMapAir, openAq])
  testCases(join(import.meta.dirname, "cases"), provider);

const readOpenMeteo = (text: string) =>
  openMeteoAir.read(asked(() => text, { settings: {}, now: "2021-11-24T23:20:00Z" }));
const readAirNow = (text: string) => airNow.read(asked(() => text, { settings: key, now: "2020-12-20T23:30:00Z" }));
const readWaqi = (text: string, station?: string) =>
  waqi.read(asked(() => text, { settings: { ...key, ...(station ? { station } : {}) }, now: "2023-08-07T16:30:00Z" }));
const readOpenWeatherMap = (text: string, history = text) =>
  openWeatherMapAir.read(
    asked(({ at }) => (at.pathname.endsWith("history") ? history : text), {
      settings: key,
      now: "2021-01-25T18:10:00Z",
    }),
  );

test("a recorded Open-Meteo answer: micrograms with the Greek letter are micrograms", {
  skip: recordedAreAbsent,
}, async () => {
  const text = recorded("open-meteo/air_quality_current.json");
  assert.ok(text.includes("\u03bcg/m³"));
  assert.deepEqual(told(await readOpenMeteo(text)).readings, { ozone: [["2021-11-24T23:00:00Z", 82]] });
});

test("a recorded AirNow answer of 2026: the worst pollutant's index at its hour in UTC, and no index passes for a concentration", {
  skip: recordedAreAbsent,
}, async () => {
  const answered = await readAirNow(recorded("airnow/observation_2026_format.json"));
  // 15:00 PST, ozone 44 above PM2.5 37 and PM10 11.
  assert.deepEqual(told(answered).readings, {
    us_aqi: [["2020-12-20T23:00:00Z", 44]],
    dominant_pollutant: [["2020-12-20T23:00:00Z", "ozone"]],
  });
  assert.ok(answered.readings.every(({ quality }) => quality === "preliminary"));
});

test("AirNow: no station is not clean air, in either of its forms; a wrong key is refused", async () => {
  await assert.rejects(readAirNow("[]"), failsAs("nothing_known"));
  await assert.rejects(
    readAirNow('{"WebServiceError":[{"Message":"There are no observations available"}]}'),
    failsAs("nothing_known"),
  );
  await assert.rejects(readAirNow('{"WebServiceError":[{"Message":"Invalid API key"}]}'), failsAs("refused", /key/));
  await assert.rejects(readAirNow("<xml>maintenance</xml>"), failsAs("not_json"));
});

test("recorded WAQI answers: the index at the station's hour with its offset; points of pollutants are no concentrations", {
  skip: recordedAreAbsent,
}, async () => {
  const expected = {
    city_feed_klundert: ["2023-08-07T16:00:00Z", 4, "pm10"],
    city_feed_utrecht: ["2023-08-07T15:00:00Z", 29, "ozone"],
    coordinates: ["2023-08-07T15:00:00Z", 29, "ozone"],
    here: ["2023-08-07T15:00:00Z", 26, "ozone"],
  } as const;
  for (const [name, [time, index, pollutant]] of Object.entries(expected))
    assert.deepEqual(told(await readWaqi(recorded(`waqi/${name}.json`))).readings, {
      waqi_aqi: [[time, index]],
      dominant_pollutant: [[time, pollutant]],
    });
});

test("WAQI: a station whose deciding word is no pollutant tells none, and one on the other side of the world is not the home's", {
  skip: recordedAreAbsent,
}, async () => {
  const sydney = recorded("waqi/station_number_feed_10142.json");
  assert.deepEqual(told(await readWaqi(sydney, "@10142")).readings, { waqi_aqi: [["2023-10-18T06:00:00Z", 23]] });
  await assert.rejects(readWaqi(sydney), failsAs("nothing_known", /16\d{3} km/));
});

test("WAQI: recorded lists of stations that were searched for are no station, also the empty one", {
  skip: recordedAreAbsent,
}, async () => {
  for (const name of ["search_klundert", "search_unknown"])
    await assert.rejects(readWaqi(recorded(`waqi/${name}.json`)), failsAs("changed_shape", /data/));
});

test("WAQI: errors that come as a success are failures of their own", { skip: recordedAreAbsent }, async () => {
  await assert.rejects(readWaqi(recorded("waqi/unauthenticated.json")), failsAs("refused", /token/));
  await assert.rejects(readWaqi(recorded("waqi/city_feed_unknown.json")), failsAs("nothing_known", /station/));
});

test("WAQI: a dash is no value", async () => {
  const text = '{"status":"ok","data":{"aqi":"-","time":{"iso":"2023-08-07T18:00:00+02:00"}}}';
  await assert.rejects(readWaqi(text), failsAs("nothing_known"));
});

test("a recorded OpenWeatherMap answer: concentrations, its class as a class, indices only once a day's hours are known", {
  skip: recordedAreAbsent,
}, async () => {
  const text = recorded("openweathermap/air_pollution_london.json");
  const time = "2021-01-25T18:00:00Z";
  const concentrations = {
    pm10: [[time, 3.81]],
    pm2_5: [[time, 3.15]],
    ozone: [[time, 30.76]],
    nitrogen_dioxide: [[time, 35.99]],
    sulphur_dioxide: [[time, 8.11]],
    carbon_monoxide: [[time, 250.34]],
    owm_class: [[time, 1]],
  };
  assert.deepEqual(told(await readOpenWeatherMap(text)).readings, concentrations);
  const [entry] = JSON.parse(text).list;
  const list = Array.from({ length: 24 }, (_, ago) => ({ ...entry, dt: entry.dt - ago * 3600 }));
  // Of the same air for a day nitrogen dioxide decides: 19.1 ppb of 53 are 18 of 50, and 36 of 40 µg/m³ are 18 of 20.
  assert.deepEqual(told(await readOpenWeatherMap(text, JSON.stringify({ list }))).readings, {
    ...concentrations,
    us_aqi: [[time, 18]],
    dominant_pollutant: [[time, "nitrogen_dioxide"]],
    european_aqi: [[time, 18]],
  });
});

test("OpenWeatherMap's class never passes for an index, and -9999 is no concentration", async () => {
  const list = [{ dt: 1_611_597_600, main: { aqi: 5 }, components: { pm2_5: -9999, co: 300 } }];
  const { readings } = told(await readOpenWeatherMap(JSON.stringify({ list })));
  assert.deepEqual(Object.keys(readings), ["carbon_monoxide", "owm_class"]);
});

test("the past is asked for between two times", async () => {
  const window = {
    from: microsFromRfc3339("2026-11-20T00:00:00Z") as number,
    to: microsFromRfc3339("2026-11-20T02:00:00Z") as number,
  };
  const owm = asked(
    () => '{"list":[{"dt":1795132800,"components":{"o3":10}},{"dt":1795140000,"components":{"o3":11}}]}',
    { settings: key, now: "2026-11-26T00:00:00Z" },
  );
  assert.deepEqual(told((await openWeatherMapAir.readBetween?.({ ...owm, window })) ?? assert.fail()).readings, {
    ozone: [["2026-11-20T00:00:00Z", 10]],
  });
  const answer = JSON.stringify({
    utc_offset_seconds: 0,
    hourly_units: { pm10: "µg/m³" },
    hourly: { time: [1_795_132_800], pm10: [7] },
  });
  const meteo = asked(() => answer, { settings: {}, now: "2026-11-26T00:00:00Z" });
  assert.deepEqual(told((await openMeteoAir.readBetween?.({ ...meteo, window })) ?? assert.fail()).readings, {
    pm10: [["2026-11-20T00:00:00Z", 7]],
  });
});

test("whatever is missing or wrong in recorded answers, nothing is made up", { skip: recordedAreAbsent }, async () => {
  const counts = [
    await nothingIsMadeUp(recorded("open-meteo/air_quality_current.json"), readOpenMeteo),
    await nothingIsMadeUp(recorded("airnow/observation_2026_format.json"), readAirNow, [
      "us_aqi",
      "dominant_pollutant",
    ]),
    await nothingIsMadeUp(recorded("waqi/city_feed_utrecht.json"), (text) => readWaqi(text, "utrecht")),
    await nothingIsMadeUp(recorded("openweathermap/air_pollution_london.json"), readOpenWeatherMap, [
      "us_aqi",
      "european_aqi",
      "dominant_pollutant",
    ]),
  ];
  for (const { refused } of counts) assert.ok(refused > 15, JSON.stringify(counts));
});
