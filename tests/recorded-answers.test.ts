import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { test } from "node:test";
import { recordedAreAbsent, recordedFile } from "./support/outside/recorded.ts";

/** Recorded answers that no test reads yet, and why. A folder stands for all that is in it. */
const UNREAD: Readonly<Record<string, string>> = {
  "supervisor-logs": "logs of Home Assistant are still to come",
  "nordpool/customer_api_SE4_current_day.json": "an interface for Nord Pool's customers, which the hub does not ask",
};

const root = join(import.meta.dirname, "..");
/** What tests say, and the cases beside them. */
const tests = globSync("{src,tests,ui}/**/*.test.ts", { cwd: root })
  .filter((file) => file !== relative(root, import.meta.filename))
  .map((file) => readFileSync(join(root, file), "utf8"));

/** Whether one test names the folder and, as a word of its own, the file: `recorded("espn/a.json")`, or
 * puts it together. */
function isRead(file: string): boolean {
  const folder = dirname(file);
  const name = basename(file);
  const stem = name.slice(0, name.length - extname(name).length);
  const word = new RegExp(`(?<![\\w-])${stem.replaceAll(".", "\\.")}(?![\\w-])`);
  const isPut = (text: string) =>
    Array.from(stem).some(
      (_, at) => text.includes(`${folder}/${stem.slice(0, at)}\${`) && text.includes(`"${stem.slice(at)}"`),
    );
  return tests.some((text) => text.includes(`${folder}/`) && (word.test(text) || isPut(text)));
}

test("every recorded answer is read by a test, or stands in the list of those that are not, with why", {
  skip: recordedAreAbsent,
}, () => {
  const files = readdirSync(recordedFile("."), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(recordedFile("."), join(entry.parentPath, entry.name)))
    .filter((file) => file.includes("/"))
    .sort();
  assert.ok(files.length > 100, String(files.length));
  const listed = (file: string) => [file, dirname(file)].find((one) => one in UNREAD);
  assert.deepEqual(
    files.filter((file) => !isRead(file) && listed(file) === undefined),
    [],
    "nobody reads these",
  );
  const needed = new Set(files.filter((file) => !isRead(file)).map(listed));
  assert.deepEqual(
    Object.keys(UNREAD).filter((one) => !needed.has(one)),
    [],
    "these are read by now: take them off the list",
  );
});
