import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { en } from "./en.ts";
import { plural, t, textOf } from "./text.ts";

const root = join(import.meta.dirname, "..");
const source = globSync("**/*.{ts,tsx}", { cwd: root })
  .filter((file) => !file.endsWith(".test.ts") && !file.startsWith("text/"))
  .map((file) => readFileSync(join(root, file), "utf8"));
const everything = source.join("\n");

test("values are filled in, and an unknown name stays visible", () => {
  assert.equal(t("pager.range", { from: 1, to: 50, all: "1,208" }), "1–50 of 1,208");
  assert.equal(t("pager.range", { from: 1 }), "1–{to} of {all}");
});

test("a count picks its form", () => {
  assert.equal(plural("overview.parts.count", 1), "1 part");
  assert.equal(plural("overview.parts.count", 0), "0 parts");
});

test("every text is used: by its key, by its stem with a count, or by a family of keys", () => {
  const families = [...everything.matchAll(/`([a-z_.]+)\.\$\{/g)].map((match) => `${match[1]}.`);
  const unused = Object.keys(en).filter((key) => {
    const stem = key.replace(/\.(one|other)$/, "");
    return !everything.includes(`"${stem}"`) && !families.some((family) => key.startsWith(family));
  });
  assert.deepEqual(unused, []);
});

test("every form for one has a form for others", () => {
  const keys = Object.keys(en);
  const alone = keys.filter((key) => key.endsWith(".one") && !keys.includes(key.replace(/\.one$/, ".other")));
  assert.deepEqual(alone, []);
});

test("no words are written into the pages themselves", () => {
  const words = [...everything.matchAll(/>\s*([A-Z][a-z]+[^<>{}=;]*)<\//g)].map((match) => match[1]);
  assert.deepEqual(words, []);
});

test("a part says it in its own words where it has some", () => {
  assert.equal(textOf("integration", "service.restart.title", { name: "Integration" }), "Restart Home Assistant?");
  assert.equal(textOf("store", "service.restart.title", { name: "Store" }), "Restart Store?");
});
