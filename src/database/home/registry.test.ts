import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import Sqlite from "better-sqlite3";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { openDatabase } from "../open.ts";

const folder = mkdtempSync(join(tmpdir(), "registry-"));
const database = openDatabase({ folder, clock: createTestClock(), log: silentLog });
after(() => {
  database.close();
  rmSync(folder, { recursive: true });
});
const { registry } = database;
const rows = () => {
  const file = new Sqlite(join(folder, "app.db"), { readonly: true });
  const count = file.prepare("select count(*) from registry").pluck().get();
  file.close();
  return count;
};
const area = (id: string, name: string, modified = 1) => ({
  id,
  content: { name, modified_at: modified, labels: ["a"] },
});

test("the registries' timeline says what held when, and only differences are written", () => {
  assert.deepEqual(registry.replaceAll("area", [area("k", "Kitchen"), area("h", "Hall")], 100), {
    added: 2,
    changed: 0,
    removed: 0,
  });
  // Home Assistant touches modified_at and gives keys in any order.
  const same = { id: "k", content: { labels: ["a"], modified_at: 2, name: "Kitchen" } };
  assert.deepEqual(registry.replaceAll("area", [area("h", "Hall"), same], 200), { added: 0, changed: 0, removed: 0 });
  assert.equal(rows(), 2);
  registry.replaceAll("area", [area("h", "Corridor"), area("a", "Attic")], 300);
  assert.equal(rows(), 4);
  registry.replaceAll("area", [area("h", "Corridor"), area("a", "Attic"), area("k", "Kitchen again")], 400);

  const names = (time: number) =>
    Object.fromEntries([...registry.at("area", time)].map(([id, content]) => [id, content.name]));
  assert.deepEqual(names(99), {});
  assert.deepEqual(names(100), { k: "Kitchen", h: "Hall" });
  assert.deepEqual(names(299), { k: "Kitchen", h: "Hall" });
  assert.deepEqual(names(300), { h: "Corridor", a: "Attic" });
  assert.deepEqual(names(400), { h: "Corridor", a: "Attic", k: "Kitchen again" });
  assert.deepEqual(Object.fromEntries(registry.current("area")), Object.fromEntries(registry.at("area", 400)));
});

test("kinds do not mix", () => {
  registry.replaceAll("floor", [{ id: "k", content: { name: "a floor of the same id" } }], 500);
  assert.deepEqual([...registry.current("floor").keys()], ["k"]);
  assert.equal(registry.current("area").get("k")?.name, "Kitchen again");
  assert.equal(registry.current("device").size, 0);
});
