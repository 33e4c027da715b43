import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../../tests/support/test-clock.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startWorker } from "../../platform/worker.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createHistory } from "../history.ts";
import { readAnswer } from "../jobs/read-answer.ts";
import type { ScoreAnswer } from "./shapes.ts";

const HOUR = 3_600_000_000;
const BEGIN = Math.floor(TEST_TIME / HOUR) * HOUR - 48 * HOUR;
const [CAME, FORECAST, RAIN, RAIN_FORECAST] = [1, 2, 3, 4];

const store = createMemoryStore();
const history = createHistory({
  store,
  startWorker: () => startWorker("history/worker"),
  clock: createTestClock(),
  log: silentLog,
});
after(() => history.close());

const at = (hour: number) => BEGIN + hour * HOUR;
/** A reading as the runner of sources files it. */
const filed = (series: number, hour: number, state: string, attributes: { [name: string]: unknown } = {}) => ({
  kind: "reading" as const,
  reading: reading(series, state, { time: at(hour), changed: at(hour), attributes }),
});
const issue = (series: number, hour: number, provider: string, values: readonly number[]) =>
  filed(series, hour, microsToRfc3339(at(hour)), {
    provider,
    slots: values.map((value, i) => [at(hour + i) / 1e6, at(hour + i + 1) / 1e6, value]),
  });

await store.append([
  { kind: "series", series: CAME, identity: identity("outside.weather_temperature") },
  { kind: "series", series: FORECAST, identity: identity("outside.weather_temperature_forecast") },
  { kind: "series", series: RAIN, identity: identity("outside.weather_precipitation") },
  { kind: "series", series: RAIN_FORECAST, identity: identity("outside.weather_precipitation_forecast") },
  ...[10, 11, 12, 13].map((value, hour) => filed(CAME, hour, String(value))),
  filed(CAME, 4, "unavailable"),
  issue(FORECAST, 0, "open_meteo", [10, 12, 12, 14, 99]),
  issue(FORECAST, 2, "met_no", [11, 11]),
  filed(FORECAST, 3, "unavailable", { provider: "met_no" }),
  filed(RAIN, 0, "1.5", { until: microsToRfc3339(at(1)) }),
  filed(RAIN, 1, "0.5", { until: microsToRfc3339(at(2)) }),
  issue(RAIN_FORECAST, 0, "open_meteo", [1, 1]),
]);
const window = { from: BEGIN, to: BEGIN + 24 * HOUR };
const score = async (request: Partial<Parameters<typeof history.score>[0]> = {}) =>
  readAnswer<ScoreAnswer>(
    await history.score({ window, forecast: FORECAST, came: CAME, truth: "moment", unit: null, ...request }),
  );

test("forecasts that were kept are judged by what was kept of what came, by provider and hours ahead", async () => {
  assert.deepEqual(await score(), {
    from: microsToRfc3339(window.from),
    to: microsToRfc3339(window.to),
    providers: [
      {
        provider: "open_meteo",
        issues: 1,
        // The hour in which nothing was known.
        not_known: 1,
        leads: [
          { from_hours: 0, to_hours: 1, count: 1, mean_absolute_error: 0, bias: 0 },
          { from_hours: 1, to_hours: 3, count: 2, mean_absolute_error: 0.5, bias: 0.5 },
          { from_hours: 3, to_hours: 6, count: 1, mean_absolute_error: 1, bias: 1 },
        ],
      },
      {
        provider: "met_no",
        issues: 1,
        not_known: 0,
        leads: [
          { from_hours: 0, to_hours: 1, count: 1, mean_absolute_error: 1, bias: -1 },
          { from_hours: 1, to_hours: 3, count: 1, mean_absolute_error: 2, bias: -2 },
        ],
      },
    ],
  });
});

test("rain is judged by the hours that were told with their ends", async () => {
  const { providers } = await score({ forecast: RAIN_FORECAST, came: RAIN, truth: "sum" });
  assert.deepEqual(
    providers[0]?.leads.map(({ count, bias }) => [count, bias]),
    [
      [1, -0.5],
      [1, 0.5],
    ],
  );
});

test("a sensor in another unit is judged in the forecast's", async () => {
  const { providers } = await score({ unit: { from: "°F", to: "°C" } });
  // 10 °F are -12.2222 °C.
  assert.equal(providers[0]?.leads[0]?.bias, 22.2222);
});

test("forecasts from outside the window are not judged", async () => {
  const { providers } = await score({ window: { from: at(1), to: at(24) } });
  assert.deepEqual(
    providers.map(({ provider }) => provider),
    ["met_no"],
  );
});
