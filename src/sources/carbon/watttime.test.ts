import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { plain } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { createWattTime } from "./watttime.ts";

const settings = { username: "someone", password: "s3cret" };
const index = (time: string, value: unknown = 42) =>
  JSON.stringify({
    data: [{ point_time: time, value }],
    meta: {
      data_point_period_seconds: 300,
      region: "PSCO",
      signal_type: "co2_moer",
      units: "percentile",
      warnings: [],
    },
  });
const forecast = (from: string, values: readonly number[], units = "lbs_co2_per_mwh") =>
  JSON.stringify({
    data: values.map((value, at) => ({ point_time: new Date(Date.parse(from) + at * 300_000).toISOString(), value })),
    meta: {
      data_point_period_seconds: 300,
      generated_at: from,
      region: "PSCO",
      signal_type: "co2_moer",
      units,
      warnings: [],
    },
  });
const NOW = "2026-11-26T19:07:00Z";
const POINT = "2026-11-26T19:05:00+00:00";

type Text = string | { status: number; text: string };
/** WattTime, with a token that may be taken back. */
function service(answers: Record<string, Text> = {}) {
  const state = { token: "token-1", logins: 0 };
  const answer: Parameters<typeof asked>[0] = ({ at, headers = {} }) => {
    if (at.pathname === "/login") {
      assert.equal(headers.authorization, `Basic ${Buffer.from("someone:s3cret").toString("base64")}`);
      state.logins++;
      return JSON.stringify({ token: state.token });
    }
    if (headers.authorization !== `Bearer ${state.token}`) return { status: 401, text: "Jwt is expired" };
    const path = at.pathname.replace("/v3/", "");
    const usual: Record<string, Text> = {
      "region-from-loc":
        '{"region":"PSCO","region_full_name":"Public Service Co of Colorado","signal_type":"co2_moer"}',
      "signal-index": index(POINT),
      forecast: forecast("2026-11-26T19:00:00Z", [1000, 1000, 500, 0]),
    };
    return answers[path] ?? usual[path] ?? { status: 404, text: "" };
  };
  return { state, answer };
}
const needsOf = (answer: Parameters<typeof asked>[0], now = NOW, more: object = {}) =>
  asked(answer, { settings: { ...settings, ...more }, now });

test("pounds per MWh are kept as grams per kWh of marginal intensity, apart from any average", async () => {
  const { answer } = service();
  const { readings, issues } = await createWattTime().read(needsOf(answer));
  // 1000 lb/MWh × 0.45359237 = 453.6 g/kWh.
  assert.deepEqual(
    readings.map(({ quantity, value, time, quality }) => [quantity, value, plain(time), quality]),
    [
      ["signal_index", 42, "2026-11-26T19:05:00Z", undefined],
      ["marginal_intensity", 453.6, "2026-11-26T19:00:00Z", "estimated"],
    ],
  );
  assert.ok(!readings.some(({ quantity }) => quantity === "intensity"));
  // Steps of five minutes at one value are one slot; a step is at its own time, not at its place in the list.
  assert.deepEqual(
    issues.map(({ quantity, issued, slots }) => [
      quantity,
      plain(issued),
      slots.map(({ from, to, value }) => [plain(from).slice(11, 16), plain(to).slice(11, 16), value]),
    ]),
    [
      [
        "marginal_intensity",
        "2026-11-26T19:00:00Z",
        [
          ["19:00", "19:10", 453.6],
          ["19:10", "19:15", 226.8],
          ["19:15", "19:20", 0],
        ],
      ],
    ],
  );
});

test("one login serves half an hour, and the forecast is asked for once an hour", async () => {
  const { answer, state } = service();
  const provider = createWattTime();
  const paths: string[] = [];
  for (let minute = 0; minute <= 65; minute += 5) {
    const needs = needsOf(answer, new Date(Date.parse(NOW) + minute * 60_000).toISOString());
    const { issues } = await provider.read(needs);
    assert.equal(issues.length, 1);
    paths.push(...needs.requests.map(({ url }) => new URL(url).pathname));
  }
  assert.equal(state.logins, 3);
  assert.equal(paths.filter((path) => path === "/v3/forecast").length, 2);
  assert.equal(paths.filter((path) => path === "/v3/region-from-loc").length, 1);
  assert.equal(paths.filter((path) => path === "/v3/signal-index").length, 14);
});

test("a token that was taken back is renewed once; one that is refused again is a refusal", async () => {
  const { answer, state } = service();
  const provider = createWattTime();
  await provider.read(needsOf(answer));
  state.token = "token-2";
  await provider.read(needsOf(answer));
  assert.equal(state.logins, 2);
  const never: Parameters<typeof asked>[0] = (request) =>
    request.at.pathname === "/login" ? '{"token":"old"}' : { status: 401, text: "Jwt is missing" };
  const needs = needsOf(never);
  await assert.rejects(createWattTime().read(needs), (error) => error instanceof Failure && error.code === "refused");
  assert.equal(needs.requests.filter(({ url }) => url.endsWith("/login")).length, 1);
});

test("a plan without the forecast has the percentile all the same", { skip: recordedAreAbsent }, async () => {
  const refused = { status: 403, text: recorded("watttime/invalid_scope_response.json") };
  const { answer } = service({ forecast: refused });
  const { readings, issues } = await createWattTime().read(needsOf(answer));
  assert.deepEqual(
    readings.map(({ quantity }) => quantity),
    ["signal_index"],
  );
  assert.deepEqual(issues, []);
});

test("recorded: the percentile of a Colorado hour; a web page of refusal", { skip: recordedAreAbsent }, async () => {
  const { answer } = service({ "signal-index": recorded("watttime/realtime_emissions_response.json") });
  const { readings } = await createWattTime().read(needsOf(answer, "2024-06-18T18:42:00Z"));
  assert.deepEqual(
    readings.map(({ quantity, value, time }) => [quantity, value, plain(time)]),
    [["signal_index", 96, "2024-06-18T18:40:00Z"]],
  );
  const page = { status: 403, text: recorded("watttime/403_forbidden_response.html") };
  await assert.rejects(
    createWattTime().read(needsOf(() => page)),
    (error) => error instanceof Failure && error.code === "refused",
  );
});

test("recorded: the region of a place is the one that is asked for; forecasts as they were made in the past are no forecast", {
  skip: recordedAreAbsent,
}, async () => {
  const { answer } = service({ "region-from-loc": recorded("watttime/grid_region_response.json") });
  const needs = needsOf(answer);
  await createWattTime().read(needs);
  const of = (path: string) => needs.requests.find(({ url }) => url.includes(`/v3/${path}?`))?.url;
  assert.match(String(of("region-from-loc")), /latitude=52\.37&longitude=4\.89/);
  assert.match(String(of("signal-index")), /region=PSCO/);
  assert.match(String(of("forecast")), /region=PSCO/);
  const past = service({ forecast: recorded("watttime/forecasted_emissions_response.json") });
  await assert.rejects(
    createWattTime().read(needsOf(past.answer, "2022-07-15T00:07:00Z")),
    (error) => error instanceof Failure && error.code === "changed_shape" && /data\.0\.point_time/.test(error.message),
  );
});

test("other units are another shape, and no figure", async () => {
  for (const answers of [
    { forecast: forecast("2026-11-26T19:00:00Z", [1], "kg_co2_per_mwh") },
    { "signal-index": index(POINT).replace("percentile", "lbs_co2_per_mwh") },
    { "signal-index": index(POINT, 870) },
  ] as readonly Record<string, Text>[])
    await assert.rejects(
      createWattTime().read(needsOf(service(answers).answer)),
      (error) => error instanceof Failure && error.code === "changed_shape",
    );
});

test("a region that is chosen is not looked up, and without a place it must be", async () => {
  const { answer } = service();
  const needs = needsOf(answer, NOW, { region: "CAISO_NORTH" });
  const provider = createWattTime();
  await provider.read(needs);
  assert.ok(needs.requests.slice(1).every(({ url }) => url.includes("region=CAISO_NORTH")));
  assert.match(String(provider.unfit?.(settings, { ...needs.place, latitude: null })?.fix), /region/);
});

test("nothing is made up of a broken answer", async () => {
  for (const [path, text] of [
    ["signal-index", index(POINT)],
    ["forecast", forecast("2026-11-26T19:00:00Z", [1000, 900, 800])],
  ] as const)
    await nothingIsMadeUp(text, (mutated) => createWattTime().read(needsOf(service({ [path]: mutated }).answer)));
});
