import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../tests/support/outside/asked.ts";
import { proposeFor } from "./proposals.ts";
import { PROVIDERS } from "./providers.ts";
import type { EntityNow, Place } from "./source.ts";
import type { SourceConfig } from "./sources.ts";

const { place } = asked(() => "", { settings: {}, now: "2026-11-26T19:00:00Z" });
const entity = (entityId: string, attributes: EntityNow["attributes"]): EntityNow => ({
  ...{ entityId, attributes, state: "302", time: 0 },
});
const proposed = (entities: readonly EntityNow[], more: Partial<Place> = {}, present: readonly SourceConfig[] = []) =>
  proposeFor({ place: { ...place, ...more }, known: true }, PROVIDERS, present, () => entities).map(
    ({ id, providers }) => [id, ...providers.map(({ provider, settings }) => [provider, settings])],
  );

test("what Home Assistant has already is proposed before anybody outside", () => {
  assert.deepEqual(proposed([]), [
    ["weather", ["open_meteo", {}]],
    ["air_quality", ["open_meteo", {}]],
  ]);
  const home = [
    entity("weather.home", { supported_features: 3 }),
    entity("sensor.co2", { unit_of_measurement: "gCO2eq/kWh" }),
  ];
  assert.deepEqual(proposed(home), [
    ["weather", ["home_assistant", { entity: "weather.home" }]],
    ["air_quality", ["open_meteo", {}]],
    ["carbon", ["entity", { intensity: "sensor.co2" }]],
  ]);
});

test("nothing is proposed of a kind that there is a source of, or before it is known where the home is", () => {
  const weather = { id: "roof", kind: "weather", name: "Roof", enabled: false, providers: [] } as const;
  assert.deepEqual(
    proposed([entity("weather.home", {})], { country: "GB" }, [weather]).map(([id]) => id),
    ["air_quality", "carbon"],
  );
  assert.deepEqual(
    proposeFor({ place, known: false }, PROVIDERS, [], () => []),
    [],
  );
});
