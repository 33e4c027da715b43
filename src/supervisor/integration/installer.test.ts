import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { installIntegration, MARKER } from "./installer.ts";

/** The hub's own copy, and Home Assistant's folder. */
function folders(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "installer-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [from, homeFolder] = [join(folder, "own"), join(folder, "home")];
  mkdirSync(join(from, "translations"), { recursive: true });
  mkdirSync(homeFolder);
  const ship = (version: string, code = `# ${version}`) => {
    writeFileSync(join(from, "manifest.json"), JSON.stringify({ domain: "ha_ingestor", version }));
    writeFileSync(join(from, "__init__.py"), code);
    writeFileSync(join(from, "translations/en.json"), "{}");
  };
  ship("1.0.0");
  const target = join(homeFolder, "custom_components/ha_ingestor");
  const read = (file: string) => readFileSync(join(target, file), "utf8");
  return { from, homeFolder, target, ship, read, install: () => installIntegration({ from, homeFolder }) };
}

test("the integration is put into Home Assistant's folder, readable by everybody and marked as the hub's", async (t) => {
  const { install, read, target, homeFolder } = folders(t);
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  assert.deepEqual(await install(), { kind: "installed", version: "1.0.0" });
  assert.equal(read("__init__.py"), "# 1.0.0");
  assert.match(read(MARKER), /HA Ingestor/);
  assert.equal(statSync(join(homeFolder, "custom_components")).mode & 0o777, 0o755);
  assert.equal(statSync(join(target, "translations")).mode & 0o777, 0o755);
  assert.equal(statSync(join(target, "translations/en.json")).mode & 0o777, 0o644);
});

test("an equal copy is left as it is, also with what Python keeps beside it", async (t) => {
  const { install, target } = folders(t);
  await install();
  mkdirSync(join(target, "__pycache__"));
  writeFileSync(join(target, "__pycache__/__init__.pyc"), "");
  const { ino } = statSync(target);
  assert.deepEqual(await install(), { kind: "equal", version: "1.0.0" });
  assert.equal(statSync(target).ino, ino);
});

test("another version of the hub replaces its copy, and files that are gone from it are gone", async (t) => {
  const { install, ship, read, target, from } = folders(t);
  await install();
  ship("1.1.0");
  rmSync(join(from, "translations"), { recursive: true });
  assert.deepEqual(await install(), { kind: "installed", version: "1.1.0" });
  assert.equal(read("__init__.py"), "# 1.1.0");
  assert.ok(!existsSync(join(target, "translations")));
});

test("a damaged copy is made whole again", async (t) => {
  const { install, read, target } = folders(t);
  await install();
  writeFileSync(join(target, "__init__.py"), "");
  assert.equal((await install()).kind, "installed");
  assert.equal(read("__init__.py"), "# 1.0.0");
});

test("a copy from HACS, one made by hand, a link and a file are never touched", async (t) => {
  const byHand = folders(t);
  mkdirSync(byHand.target, { recursive: true });
  writeFileSync(join(byHand.target, "manifest.json"), '{"version": "0.9.0"}');
  assert.deepEqual(await byHand.install(), { kind: "foreign", version: "0.9.0" });
  assert.ok(!existsSync(join(byHand.target, "__init__.py")));

  const linked = folders(t);
  mkdirSync(join(linked.homeFolder, "custom_components"));
  writeFileSync(join(linked.from, MARKER), "");
  symlinkSync(linked.from, linked.target);
  assert.equal((await linked.install()).kind, "foreign");

  const file = folders(t);
  mkdirSync(join(file.homeFolder, "custom_components"));
  writeFileSync(file.target, "mine");
  assert.deepEqual(await file.install(), { kind: "foreign", version: undefined });
});

test("a copy that HACS put over the hub's belongs to HACS from then on", async (t) => {
  const { install, ship, target } = folders(t);
  await install();
  rmSync(join(target, MARKER));
  ship("1.1.0");
  assert.deepEqual(await install(), { kind: "foreign", version: "1.0.0" });
});

test("whatever an interrupted installation left is cleared up, and the copy before it is back or replaced", async (t) => {
  const { install, ship, target, homeFolder, read } = folders(t);
  await install();
  ship("1.1.0");
  // Between the two renames: the old copy is aside, the fresh one half made.
  mkdirSync(join(homeFolder, ".ha_ingestor.old"));
  writeFileSync(join(homeFolder, ".ha_ingestor.old", MARKER), "");
  mkdirSync(join(homeFolder, ".ha_ingestor.new"));
  rmSync(target, { recursive: true });
  assert.deepEqual(await install(), { kind: "installed", version: "1.1.0" });
  assert.equal(read("__init__.py"), "# 1.1.0");
  for (const left of [".ha_ingestor.old", ".ha_ingestor.new"]) assert.ok(!existsSync(join(homeFolder, left)), left);
});

test("an installation that fails leaves what was there", async (t) => {
  const { install, ship, read, from, homeFolder } = folders(t);
  await install();
  ship("1.1.0");
  // A socket, a pipe or a link to nowhere cannot be copied.
  symlinkSync("/nowhere", join(from, "dangling"));
  await assert.rejects(install());
  assert.equal(read("__init__.py"), "# 1.0.0");
  assert.ok(!existsSync(join(homeFolder, ".ha_ingestor.new")));
});

test("without Home Assistant's folder, or without an integration to install, the reason is told", async (t) => {
  const { from, homeFolder, install } = folders(t);
  rmSync(homeFolder, { recursive: true });
  await assert.rejects(install(), { code: "no_home_folder" });
  mkdirSync(homeFolder);
  rmSync(join(from, "manifest.json"));
  await assert.rejects(install(), { code: "integration_missing" });
});
