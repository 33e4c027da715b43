import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../../src/config/config.ts";
import { everythingIn } from "../../support/data/everything-in.ts";
import { createRandom } from "../../support/data/random.ts";
import { event, openBackedUpHome, readings, series } from "../../support/disk/backups.ts";
import { filesBelow, HARMS, harm } from "../../support/disk/damages.ts";
import type { Fault } from "../runner/fault.ts";

const SEED = Number(process.env.SEED ?? 21);
const MONTHS = 3;
/** Kept beside the data: what they say is only who runs. */
const NOTES = ["store/lock", "store/running.json"];

export const damagedFiles: Fault = {
  id: "R21",
  name: "damaged, cut, empty and foreign files",
  how: "one file of the data folder harmed by chance, 200 cases (among the tests 40): tail, indexes, blocks, their list, app.db, options; then opened twice and read back",
  home: "simulated",
  runs: "always",
  run: async (row, { quick, folder }) => {
    const random = createRandom(SEED);
    const kept = folder();
    await fill(kept);
    const names = filesBelow(join(kept, "home")).filter((name) => !NOTES.includes(name));
    const newest = names.filter((name) => /tail\/.*\.log$/.test(name)).at(-1);
    const found = { cases: 0, named: 0, lost: 0, whole: 0 };
    const original = await readAll(kept, false);
    row.emitted = original.readings.length;
    const root = folder();
    for (let i = 0; i < (quick ? 40 : 200); i++) {
      const kind = HARMS[Math.floor(random() * HARMS.length)] ?? "bit";
      if (i % 20 === 0) {
        options(join(root, "options.json"), kind, random);
        found.cases++;
        continue;
      }
      const name = names[Math.floor(random() * names.length)] as string;
      rmSync(join(root, "home"), { recursive: true, force: true });
      cpSync(join(kept, "home"), join(root, "home"), { recursive: true });
      const what = `case ${i} (seed ${SEED}): ${name}, ${harm(join(root, "home", name), kind, random)}`;
      const lost = await judge(root, name, original, what, name === newest && kind !== "bit" && kind !== "burst");
      found.cases++;
      found[lost.named ? "named" : "whole"]++;
      found.lost = Math.max(found.lost, lost.readings);
    }
    row.lost = 0;
    row.duplicated = 0;
    row.notes.push(
      `${found.cases} of ${found.cases} started twice; ${found.named} damages named, ${found.whole} with nothing to name; at most ${found.lost} of ${row.emitted} readings lost with their file`,
    );
  },
};

async function fill(root: string): Promise<void> {
  const home = await openBackedUpHome(root, { store: { seals: true } });
  home.database.tokens.create("kept", "read");
  home.database.settings.set("kept", { as: "it was" });
  await home.store.append(series([1, 2, 3]));
  for (let month = 0; month < MONTHS; month++)
    for (let at = 0; at < 400; at += 50) await home.store.append(readings(at, 50, month));
  await home.store.append([event(1), event(2)]);
  await home.store.maintained();
  await home.store.append(readings(400, 40, MONTHS - 1));
  await home.close();
}

/** `write`: something more is stored, too. */
async function readAll(root: string, write: boolean) {
  const home = await openBackedUpHome(root, { store: { seals: true } });
  const { readings: rows, events } = await everythingIn(home.store);
  const damage = home.database.damage;
  const damages = home.store.damages();
  if (write) {
    await home.store.append(series([1, 2, 3]));
    await home.store.append(readings(9_000, 1, MONTHS));
    home.database.settings.set("after", 1);
  }
  await home.close();
  return { readings: rows, events, damage, damages };
}

/** It starts, twice; what it answers was stored; what is gone is named. */
async function judge(
  root: string,
  name: string,
  original: { readonly readings: readonly string[]; readonly events: readonly string[] },
  what: string,
  mayBeTorn: boolean,
): Promise<{ named: boolean; readings: number }> {
  const once = await readAll(root, true).catch((error) => assert.fail(`${what}: ${error.stack}`));
  const again = await readAll(root, true).catch((error) => assert.fail(`${what}, the second time: ${error.stack}`));
  const stored = new Set(original.readings);
  const plain = once.readings.map(withoutFlaws);
  const known = new Set(original.readings.map(withoutFlaws));
  for (const row of plain)
    assert.ok(known.has(row) || stored.has(row), `${what}: answers what was never stored: ${row}`);
  assert.equal(new Set(once.readings).size, once.readings.length, `${what}: answers something twice`);
  const missing = original.readings.length - once.readings.length;
  if (missing > 0 && !mayBeTorn)
    assert.ok(once.damages.length > 0, `${what}: ${missing} readings are gone and nothing says so`);
  // One file is lost at most, and the other months with it never.
  assert.ok(missing < original.readings.length, `${what}: everything is gone`);
  if (name === "app.db") {
    if (once.damage) assert.ok(existsSync(join(root, "home", once.damage.file)), `${what}: it is kept`);
    assert.equal(missing, 0, what);
    assert.equal(again.damage, undefined, `${what}: app.db is well again`);
  }
  return { named: once.damages.length > 0 || once.damage !== undefined, readings: missing };
}

/** Attributes may be lost alone, which is marked. */
const withoutFlaws = (row: string): string => row.replace(/"attributes":\{[^}]*\},?|"flaws":\[[^\]]*\],?/g, "");

/** Whatever the Supervisor's file holds, there is a configuration, and what is wrong with the file is said. */
function options(path: string, kind: (typeof HARMS)[number], random: () => number): void {
  writeFileSync(
    path,
    JSON.stringify({ log_level: "debug", install_integration: false, events: ["zha_event"], connections: [] }),
  );
  const what = harm(path, kind, random);
  const environment = { SUPERVISOR_TOKEN: "x".repeat(40), HA_INGESTOR_OPTIONS: path };
  const { config, problems } = readConfig(environment);
  assert.equal(config.connections[0]?.id, "supervisor", what);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (!isObject(text)) assert.ok(problems.length > 0, `${what}: nothing says that the options cannot be read`);
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
