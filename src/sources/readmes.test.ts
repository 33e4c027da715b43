import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROVIDERS } from "./providers.ts";
import { QUANTITIES } from "./quantities.ts";

const FOLDERS = {
  weather: "weather",
  air_quality: "air_quality",
  sports: "sports",
  carbon: "carbon",
  pricing: "pricing",
  calendar: "calendar",
  smart_meter: "smart_meter",
} as const;

for (const [kind, folder] of Object.entries(FOLDERS) as [keyof typeof FOLDERS, string][])
  test(`the README of ${kind} names every quantity with its unit, and every provider`, () => {
    const text = readFileSync(join(import.meta.dirname, folder, "README.md"), "utf8");
    const rows = [...text.matchAll(/^\| `(\w+)` \| (\S+) \|/gm)].map(([, quantity, unit]) => [quantity, unit]);
    assert.deepEqual(
      rows,
      Object.entries(QUANTITIES[kind]).map(([quantity, { unit }]) => [quantity, unit ?? "–"]),
    );
    const providers = PROVIDERS.filter((provider) => provider.kind === kind);
    assert.ok(providers.length > 0);
    for (const { id, name } of providers) assert.ok(text.includes(`## ${name} (\`${id}\`)`), id);
  });
