import assert from "node:assert/strict";
import { test } from "node:test";
import { inUnit } from "../../domain/outside/units.ts";
import { CONDITIONS, conditionOfOpenWeatherMap, conditionOfSymbol, conditionOfWmo } from "./condition.ts";

test("a clear sky is sunny by day and clear-night by night, and nothing where neither is known", () => {
  assert.deepEqual(
    [true, false, undefined].map((day) => conditionOfWmo(0, day)),
    ["sunny", "clear-night", undefined],
  );
  assert.deepEqual(
    [true, false, undefined].map((day) => conditionOfOpenWeatherMap(800, day)),
    ["sunny", "clear-night", undefined],
  );
  assert.deepEqual(["clearsky_day", "clearsky_night", "clearsky_polartwilight", "clearsky"].map(conditionOfSymbol), [
    "sunny",
    "clear-night",
    "clear-night",
    undefined,
  ]);
});

test("every WMO code that Open-Meteo documents has one of Home Assistant's words, and no other code has one", () => {
  const documented = [
    0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77, 80, 81, 82, 85, 86, 95, 96, 99,
  ];
  for (let code = -1; code <= 100; code++) {
    const word = conditionOfWmo(code, true);
    assert.equal(word !== undefined, documented.includes(code), String(code));
    if (word) assert.ok(CONDITIONS.includes(word));
  }
});

test("every condition code that OpenWeatherMap documents has a word", () => {
  const documented = [
    [200, 201, 202, 210, 211, 212, 221, 230, 231, 232],
    [300, 301, 302, 310, 311, 312, 313, 314, 321],
    [500, 501, 502, 503, 504, 511, 520, 521, 522, 531],
    [600, 601, 602, 611, 612, 613, 615, 616, 620, 621, 622],
    [701, 711, 721, 731, 741, 751, 761, 762, 771, 781],
    [800, 801, 802, 803, 804],
  ].flat();
  for (const id of documented) assert.ok(conditionOfOpenWeatherMap(id, true), String(id));
  assert.equal(conditionOfOpenWeatherMap(999, true), undefined);
});

test("MET Norway's words are read by what falls, also where it spells them with an s too many", () => {
  const words = {
    fair_day: "partlycloudy",
    cloudy: "cloudy",
    fog: "fog",
    lightrainshowers_day: "rainy",
    rain: "rainy",
    heavyrain: "pouring",
    heavyrainshowers_night: "pouring",
    sleet: "snowy-rainy",
    heavysnow: "snowy",
    lightssnowshowersandthunder_day: "lightning-rainy",
    lightssleetshowersandthunder_night: "lightning-rainy",
    heavyrainandthunder: "lightning-rainy",
    raining_cats: undefined,
  };
  for (const [symbol, word] of Object.entries(words)) assert.equal(conditionOfSymbol(symbol), word, symbol);
});

test("amounts in other units are the same amounts, and an unknown unit gives none", () => {
  assert.equal(inUnit(36, "km/h", "m/s"), 10);
  assert.equal(inUnit(10, "kn", "m/s"), 5.1444);
  assert.equal(inUnit(100, "mph", "m/s"), 44.704);
  assert.equal(inUnit(32, "°F", "°C"), 0);
  assert.equal(inUnit(-40, "°F", "°C"), -40);
  assert.equal(inUnit(273.15, "K", "°C"), 0);
  assert.equal(inUnit(1, "in", "mm"), 25.4);
  assert.equal(inUnit(29.92, "inHg", "hPa"), 1013.2075);
  assert.equal(inUnit(10, "mi", "m"), 16093.44);
  assert.equal(inUnit(1013.25, "hPa", "hPa"), 1013.25);
  assert.equal(inUnit(1, "furlong", "m"), undefined);
  assert.equal(inUnit(1, "km/h", "°C"), undefined);
});
