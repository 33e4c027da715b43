import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { told } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { openAq } from "./openaq.ts";

const CASE = join(import.meta.dirname, "cases/openaq-joined-by-sensor");
const LOCATIONS = readFileSync(join(CASE, "answer-locations.json"), "utf8");
const LATEST = readFileSync(join(CASE, "answer-latest.json"), "utf8");
const key = { api_key: "a key" };
type Given = typeof key & { location?: number; latitude?: number; longitude?: number };

const ask = (locations: string, latest: string, now: string, given: Given = key) =>
  asked(({ at }) => (at.pathname.endsWith("/latest") ? latest : locations), { settings: given, now });

test("a recorded measurement is that of the sensor that it names", { skip: recordedAreAbsent }, async () => {
  const latest = `{"results":[${recorded("openaq/latest_one_result.json")}]}`;
  const sensors = (id: number) => [{ id, parameter: { name: "pm10", units: "µg/m³" } }];
  const of = (id: number) => JSON.stringify({ results: [{ id: 2827201, sensors: sensors(id) }] });
  const given = { ...key, location: 2827201 };
  const needs = ask(of(9074015), latest, "2024-08-26T22:30:00Z", given);
  assert.deepEqual(told(await openAq.read(needs)).readings, { pm10: [["2024-08-26T22:00:00Z", 14.879166841506958]] });
  assert.deepEqual(
    needs.requests.map(({ url, headers }) => [new URL(url).pathname, headers?.["X-API-Key"]]),
    [
      ["/v3/locations/2827201", "a key"],
      ["/v3/locations/2827201/latest", "a key"],
    ],
  );
  // Of another sensor nobody knows what it measures, and a day later it is none of now.
  for (const [sensor, now] of [
    [1, "2024-08-26T22:30:00Z"],
    [9074015, "2024-08-27T22:30:00Z"],
  ] as const)
    await assert.rejects(
      openAq.read(ask(of(sensor), latest, now, given)),
      (error) => error instanceof Failure && error.code === "nothing_known",
    );
});

test("the nearest that reports is asked, to a hundredth of a degree, and the next one where it tells nothing", async () => {
  const needs = ask(LOCATIONS, '{"results":[]}', "2026-11-26T18:40:00Z");
  await assert.rejects(openAq.read(needs), (error) => error instanceof Failure && error.code === "nothing_known");
  assert.deepEqual(
    needs.requests.map(({ url }) => new URL(url).pathname),
    ["/v3/locations", "/v3/locations/20/latest", "/v3/locations/30/latest"],
  );
  const { searchParams } = new URL(needs.requests[0]?.url ?? "");
  assert.deepEqual([searchParams.get("coordinates"), searchParams.get("radius")], ["52.37,4.89", "25000"]);
});

test("nothing is made up of a broken answer", async () => {
  const now = "2026-11-26T18:40:00Z";
  const first = await nothingIsMadeUp(LOCATIONS, (text) => openAq.read(ask(text, LATEST, now)));
  const second = await nothingIsMadeUp(LATEST, (text) => openAq.read(ask(LOCATIONS, text, now)));
  assert.ok(first.refused > 20 && second.refused > 20, JSON.stringify([first, second]));
});
