import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import Sqlite from "better-sqlite3";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { openDatabase } from "../open.ts";
import { createHashTable, hashOf } from "./secret.ts";
import { SESSION_DAYS } from "./sessions.ts";

const root = mkdtempSync(join(tmpdir(), "access-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
function start() {
  const clock = createTestClock();
  const folder = join(root, String(++folders));
  const database = openDatabase({ folder, clock, log: silentLog });
  after(() => database.close());
  const asked = (sql: string) => {
    const file = new Sqlite(join(folder, "app.db"), { readonly: true });
    const rows = file.prepare(sql).pluck().all();
    file.close();
    return rows;
  };
  return { ...database, clock, asked };
}

test("only the secret that was shown opens, and only until the token is removed", () => {
  const { tokens } = start();
  const { token, secret } = tokens.create("Grafana", "read");
  const other = tokens.create("other", "admin");
  assert.equal(tokens.check(secret)?.id, token.id);
  for (const wrong of ["", "hi_", secret.slice(3), `${secret}A`, secret.toLowerCase(), hashOf(secret)])
    assert.equal(tokens.check(wrong), undefined);
  assert.equal(tokens.remove(token.id), true);
  assert.equal(tokens.remove(token.id), false);
  assert.equal(tokens.check(secret), undefined);
  assert.equal(tokens.check(other.secret)?.scope, "admin");
});

test("when a token was last used is told at once and written only every few minutes", () => {
  const { tokens, clock, asked } = start();
  const { token, secret } = tokens.create("Grafana", "read");
  clock.advance(1_000);
  for (let i = 0; i < 100; i++) tokens.check(secret);
  assert.equal(tokens.list()[0]?.lastUsed, token.created + 1_000_000);
  assert.deepEqual(asked("select last_used from tokens"), [null]);
  assert.equal(clock.timers, 1);
  clock.advance(5 * 60_000);
  assert.deepEqual(asked("select last_used from tokens"), [token.created + 1_000_000]);
  assert.equal(clock.timers, 0);
});

test("a session is over after its days, and over ones are swept when another begins", () => {
  const { sessions, clock, asked } = start();
  const { secret } = sessions.start("a browser", "admin");
  clock.advance(SESSION_DAYS * 86_400_000 - 1);
  assert.equal(sessions.check(secret)?.scope, "admin");
  assert.equal(sessions.count, 1);
  clock.advance(1);
  assert.equal(sessions.check(secret), undefined);
  assert.equal(sessions.count, 0);
  sessions.start("a browser", "admin");
  assert.deepEqual(asked("select count(*) from sessions"), [1]);
});

test("a setup code opens once and not for long; afterwards its refusal says why, and at last it is forgotten", () => {
  const { setupCodes, clock, asked } = start();
  const [code, late] = [setupCodes.create("admin"), setupCodes.create("admin", 1_000)];
  assert.deepEqual(setupCodes.redeem("never made"), { kind: "refused", reason: "unknown" });
  assert.deepEqual(setupCodes.redeem(code), { kind: "accepted", scope: "admin" });
  assert.deepEqual(setupCodes.redeem(code), { kind: "refused", reason: "used" });
  clock.advance(1_000);
  assert.deepEqual(setupCodes.redeem(late), { kind: "refused", reason: "expired" });
  clock.advance(40 * 86_400_000);
  setupCodes.create("read");
  assert.deepEqual(asked("select count(*) from setup_codes"), [1]);
});

test("hashes with the same beginning are told apart", () => {
  const table = createHashTable<string>();
  const hash = hashOf("the secret");
  const neighbour = `${hash.slice(0, 20)}${"0".repeat(44)}`;
  table.set(neighbour, "neighbour");
  assert.equal(table.find("the secret"), undefined);
  table.set(hash, "right");
  assert.equal(table.find("the secret"), "right");
  table.delete(neighbour);
  assert.equal(table.find("the secret"), "right");
  table.delete(hash);
  assert.equal(table.find("the secret"), undefined);
  assert.deepEqual([...table.values()], []);
});
