import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WORKERS } from "../scripts/build.ts";

const SOURCE = join(import.meta.dirname, "../src");
const TAKES_MESSAGES = /\bparentPort\b/;
const STEPS_BACK = /^giveWay\("(answers|upkeep)"\);$/m;

test("every worker is built, and steps back behind the thread that records", () => {
  const entries = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)worker\.ts$/.test(file) && TAKES_MESSAGES.test(readFileSync(join(SOURCE, file), "utf8")))
    .map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(entries.sort(), [...WORKERS].sort());
  for (const entry of WORKERS) assert.match(readFileSync(join(SOURCE, `${entry}.ts`), "utf8"), STEPS_BACK, entry);
});
