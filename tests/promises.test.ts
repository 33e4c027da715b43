import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileOf, misfit, onlyOf } from "./seeded/breakage.ts";
import { BREAKAGES } from "./seeded/breakages.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/promises.md"), "utf8");
const PARTS = page.split(/^### /m).slice(1);
const shown = (part: string) => [...part.matchAll(/^- `([^`]+)`: (.+)$/gm)] as unknown as [string, string, string][];

/** As a test or a fault names itself: the whole of a text, or what comes after the name of its suite. */
const isNamed = (text: string, name: string): boolean =>
  [`"${name}"`, `\`${name}\``, `\${suite.name}: ${name}\``].some((told) => text.includes(told));

test("every test that docs/promises.md names is there", () => {
  const wrong = shown(page).filter(
    ([, file, name]) => !existsSync(join(root, file)) || !isNamed(readFileSync(join(root, file), "utf8"), name),
  );
  assert.deepEqual(
    wrong.map(([line]) => line),
    [],
  );
});

test("every promise and every fault of the store has a test in docs/promises.md", () => {
  const bare = PARTS.filter((part) => shown(part).length === 0).map((part) => part.split("\n")[0]);
  assert.deepEqual(bare, []);
  const faults = PARTS.flatMap((part) => /^(R\d+): /.exec(part)?.[1] ?? []);
  assert.deepEqual(
    faults,
    [1, 2, 3, 4, 5, 13, 14, 15, 21, 22, 24, 25].map((number) => `R${number}`),
  );
  assert.ok(PARTS.length - faults.length >= 14);
});

test("every breakage of the seeded run fits the code, and every suite that must catch one is there", () => {
  assert.ok(BREAKAGES.length >= 25);
  assert.equal(new Set(BREAKAGES.map(({ name }) => name)).size, BREAKAGES.length);
  const wrong = BREAKAGES.flatMap((one) => [
    ...[misfit(root, one)].flatMap((why) => (why === undefined ? [] : `${one.name}: ${why}`)),
    ...one.caughtBy.flatMap((suite) =>
      existsSync(join(root, fileOf(suite))) ? [] : `${one.name}: there is no ${fileOf(suite)}`,
    ),
    ...(one.caughtBy.length === 0 ? [`${one.name}: caught by nobody`] : []),
  ]);
  assert.deepEqual(wrong, []);
  // That a pattern finds a test is seen by the run itself.
  assert.ok(BREAKAGES.flatMap(({ caughtBy }) => caughtBy.map(onlyOf)).every((only) => only !== ""));
});
