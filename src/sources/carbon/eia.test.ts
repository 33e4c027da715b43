import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { told } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { eia } from "./eia.ts";
import { mixOf } from "./eia-mix.ts";

const needsOf = (text: string, now: string, region = "CISO") =>
  asked(() => text, { settings: { api_key: "k", region }, now });
const at = (text: string) => microsFromRfc3339(text) as number;
const mix = (fuels: Record<string, number>) => mixOf(new Map(Object.entries(fuels)));

test("recorded: an hour whose fuel is null is no hour of nothing", { skip: recordedAreAbsent }, async () => {
  const text = recorded("eia/eia930_fuel_mix_with_null.json");
  const hour = ["2022-10-31T11:00:00Z", "2022-10-31T13:30:00Z"] as const;
  // Gas alone: the hour that ends at twelve.
  assert.deepEqual(told(await eia.read(needsOf(text, "2022-10-31T12:30:00Z", "PGE"))).readings, {
    intensity: [[...hour, 437]],
    renewable_share: [[...hour, 0]],
    fossil_share: [[...hour, 100]],
  });
});

test("recorded: water that is pumped up is nothing made, and water that comes down burns nothing", {
  skip: recordedAreAbsent,
}, async () => {
  const needs = needsOf(recorded("eia/eia930_hydro.json"), "2022-10-31T14:00:00Z", "SRP");
  const window = { from: at("2022-10-31T00:00:00Z"), to: at("2022-10-31T14:00:00Z") };
  const past = told((await eia.readBetween?.({ ...needs, window })) ?? { readings: [], issues: [] });
  const hour = ["2022-10-31T11:00:00Z", "2022-10-31T12:00:00Z"] as const;
  assert.deepEqual(past.readings, {
    intensity: [[...hour, 0]],
    renewable_share: [[...hour, 100]],
    fossil_share: [[...hour, 0]],
  });
});

test("recorded: demand is no generation by fuel", { skip: recordedAreAbsent }, async () => {
  await assert.rejects(
    eia.read(needsOf(recorded("eia/eia930_demand.json"), "2023-05-01T12:00:00Z", "BPAT")),
    (error) => error instanceof Failure && error.code === "changed_shape" && /fueltype/.test(error.message),
  );
});

test("what a mix emits follows from its fuels, and from too much that has no factor nothing follows", () => {
  assert.deepEqual(mix({ COL: 100, WND: 100 }), { intensity: 525, renewableShare: 50, fossilShare: 50 });
  assert.deepEqual(mix({ NG: 95, OTH: 5 }), { intensity: 437, renewableShare: 0, fossilShare: 95 });
  assert.deepEqual(mix({ NG: 94, OTH: 6 }), { intensity: undefined, renewableShare: 0, fossilShare: 94 });
  assert.deepEqual(mix({ NUC: 50, SUN: -3, BAT: 40, PS: -9, WAT: 50 }), {
    ...{ intensity: 0, renewableShare: 50, fossilShare: 0 },
  });
  assert.deepEqual(mix({ OIL: 10, toString: 0 }), { intensity: 1109, renewableShare: 0, fossilShare: 100 });
  assert.equal(mix({ SUN: 0, BAT: 10 }), undefined);
  assert.equal(mix({}), undefined);
});

test("a region that has told nothing of the last hours is known as that", async () => {
  const none = '{"response":{"data":[]}}';
  await assert.rejects(
    eia.read(needsOf(none, "2026-11-26T19:10:00Z")),
    (error) => error instanceof Failure && error.code === "nothing_known" && /CISO/.test(error.message),
  );
});

test("the past is read page by page", async () => {
  const row = { period: "2026-11-20T10", respondent: "CISO", fueltype: "NG", value: 1, "value-units": "megawatthours" };
  const page = JSON.stringify({ response: { data: Array.from({ length: 5_000 }, () => row) } });
  const last = JSON.stringify({ response: { data: [row] } });
  const needs = asked(({ at: { searchParams } }) => (searchParams.get("offset") === "0" ? page : last), {
    settings: { api_key: "k", region: "CISO" },
    now: "2026-11-26T19:10:00Z",
  });
  const window = { from: at("2026-11-20T00:00:00Z"), to: at("2026-11-21T00:00:00Z") };
  assert.equal((await eia.readBetween?.({ ...needs, window }))?.readings.length, 3);
  assert.deepEqual(
    needs.requests.map(({ url }) => {
      const { searchParams: query } = new URL(url);
      return [query.get("start"), query.get("end"), query.get("offset"), query.get("facets[respondent][]")];
    }),
    [
      ["2026-11-18T12", "2026-11-21T00", "0", "CISO"],
      ["2026-11-18T12", "2026-11-21T00", "5000", "CISO"],
    ],
  );
});

test("nothing is made up of a broken answer", async () => {
  const text = readFileSync(join(import.meta.dirname, "cases/eia-latest-whole-hour/answer.json"), "utf8");
  const worked = ["intensity", "renewable_share", "fossil_share"];
  const counts = await nothingIsMadeUp(text, (mutated) => eia.read(needsOf(mutated, "2026-11-26T19:10:00Z")), worked);
  assert.ok(counts.refused > 20, JSON.stringify(counts));
});
