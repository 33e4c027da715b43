import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { API_VERSIONS, INTEGRATION_MIN } from "../src/api/shapes/published.ts";
import { GAP_CAUSES } from "../src/domain/data/reading.ts";
import type { OutsidePresent, SourceKind } from "../src/domain/outside/outside.ts";
import { healthEntries } from "../src/published/health.ts";
import { outsideEntries } from "../src/published/outside.ts";

/** What the hub offers, held against what the integration (Python) and the documentation say of it. */
const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const integration = (file: string) => JSON.parse(read(`custom_components/ha_ingestor/${file}`));

/** One of everything that may be shown of the world outside. */
const outside = outsideEntries({
  present: [
    ...["price", "market_price", "feed_in_price"].map((quantity) => of("pricing", quantity)),
    ...["intensity", "marginal_intensity"].map((quantity) => of("carbon", quantity)),
    ...["us_aqi", "european_aqi"].map((quantity) => of("air_quality", quantity)),
    { ...of("sports", "status"), of: { key: "kc", name: "Kansas City" } },
  ],
  nameOf: String,
  cheapest: () => ({ why: "none" }),
  priced: true,
  alwaysOn: { watts: 200, days: 28, kwhPerYear: 1752, costPerYear: null },
  now: 0,
});
const offered = [
  ...healthEntries({
    connected: true,
    parts: [],
    perMinute: { changes: 0, events: 0 },
    completeness: 100,
    entities: 0,
    series: 0,
    bytes: 0,
    recordedSince: 0,
    lastGap: undefined,
    firings: [],
  }),
  ...outside,
];

function of(kind: SourceKind, quantity: string): OutsidePresent {
  return { source: kind, kind, quantity, unit: null, value: 1, time: 0, fetched: 0, provider: "p" };
}

test("everything that the hub offers has a name and an icon in Home Assistant, and nothing else has", () => {
  const wanted = offered.map(({ platform, translationKey }) => `${platform} ${translationKey}`).sort();
  assert.ok(wanted.length >= 11);
  for (const file of ["translations/en.json", "icons.json"]) {
    const { entity } = integration(file) as { entity: Record<string, Record<string, unknown>> };
    const told = Object.entries(entity).flatMap(([platform, keys]) =>
      Object.keys(keys).map((key) => `${platform} ${key}`),
    );
    assert.deepEqual(told.sort(), wanted, file);
  }
});

test("everything that the hub offers stands in docs/integration.md, with its name", () => {
  const rows = [...read("docs/integration.md").matchAll(/^\| ([^|]+) \| `([a-z0-9_]+)` \|/gm)];
  const { entity } = integration("translations/en.json") as {
    entity: Record<string, Record<string, { name: string }>>;
  };
  assert.deepEqual(
    rows.map(([, name, key]) => `${key}: ${name}`).sort(),
    offered
      .map(({ platform, translationKey }) => `${translationKey}: ${entity[platform]?.[translationKey]?.name}`)
      .sort(),
  );
});

test("every cause of a gap has a name in Home Assistant", () => {
  const { gap } = integration("translations/en.json").entity.event;
  assert.deepEqual(Object.keys(gap.state_attributes.cause.state).sort(), [...GAP_CAUSES].sort());
});

test("hub and integration are one version and fit each other", () => {
  const { version } = JSON.parse(read("package.json"));
  assert.equal(integration("manifest.json").version, version);
  const numbers = (text: string) => text.split(".").map((part) => part.padStart(5, "0"));
  assert.ok(numbers(INTEGRATION_MIN).join() <= numbers(version).join());
  const spoken = Number(/API_VERSION: Final = (\d+)/.exec(read("custom_components/ha_ingestor/const.py"))?.[1]);
  assert.ok(API_VERSIONS.min <= spoken && spoken <= API_VERSIONS.max);
});
