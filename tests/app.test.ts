import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as v from "valibot";
import { parse } from "yaml";
import { readConfig } from "../src/config/config.ts";
import { readProfile, topLevelProfiles } from "./support/image/apparmor.ts";
import {
  appConfig,
  appTranslations,
  optionPaths,
  repository,
  securityRating,
  translatedPaths,
} from "./support/supervisor-rules.ts";

const ROOT = join(import.meta.dirname, "..");
const text = (path: string) => readFileSync(join(ROOT, path), "utf8");
const json = (path: string) => JSON.parse(text(path)) as { [key: string]: unknown };
const config = v.parse(appConfig, parse(text("addon/config.yaml")));
const translations = v.parse(appTranslations, parse(text("addon/translations/en.yaml")));
const profile = text("addon/apparmor.txt");

test("the app's files follow the Supervisor's rules", () => {
  v.parse(repository, parse(text("repository.yaml")));
  assert.equal(config.slug, "ha_ingestor");
  assert.deepEqual(config.discovery, ["ha_ingestor"]);
});

test("no other file of the repository is taken for an app", () => {
  const found = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
    (path) =>
      /(^|\/)config\.(ya?ml|json)$/.test(path) && !/(^|\/)(node_modules|\.git|dist|\.[a-z_]*cache|\.data)\//.test(path),
  );
  assert.deepEqual(found, ["addon/config.yaml"]);
});

test("every option has a translation and every translation an option", () => {
  assert.deepEqual(translatedPaths(translations.configuration).sort(), optionPaths(config.schema ?? {}).sort());
  assert.deepEqual(Object.keys(translations.network ?? {}), Object.keys(config.ports ?? {}));
});

test("every option has a default, so that an update never waits for the user, and the defaults are good ones", () => {
  const optional = Object.entries(config.schema ?? {}).filter(
    ([, kind]) => typeof kind === "string" && kind.endsWith("?"),
  );
  assert.deepEqual(
    [...Object.keys(config.options ?? {}), ...optional.map(([name]) => name)].sort(),
    Object.keys(config.schema ?? {}).sort(),
  );
  const { problems } = readConfig({ SUPERVISOR_TOKEN: "a-token" }, () => JSON.stringify(config.options));
  assert.deepEqual(problems, []);
});

test("what the form accepts as an event type, the hub accepts", () => {
  const [kind] = (config.schema?.events ?? []) as string[];
  const pattern = new RegExp(/^match\((.*)\)$/.exec(kind ?? "")?.[1] ?? "");
  const types = ["zha_event", "my.domain:thing-1", "with space", "", "ä"];
  const { config: read } = readConfig({ SUPERVISOR_TOKEN: "a-token" }, () => JSON.stringify({ events: types }));
  assert.deepEqual(
    read.eventTypes,
    types.filter((type) => pattern.test(type)),
  );
});

test("the versions of the program, the app and the integration are one", () => {
  const { version } = json("package.json");
  assert.equal(config.version, version);
  assert.equal(json("custom_components/ha_ingestor/manifest.json").version, version);
});

test("the app is rated 8, the best there is", () => {
  assert.equal(securityRating(config, { ownProfile: topLevelProfiles(profile).length === 1 }), 8);
});

test("the AppArmor profile is exactly one, and allows nothing beyond the hub's own", () => {
  assert.deepEqual(topLevelProfiles(profile), ["ha_ingestor"]);
  const { allows } = readProfile(profile);
  for (const path of ["/data/home/app.db", "/data/options.json"]) assert.ok(allows(path, "rwk"), path);
  const own = "/homeassistant/custom_components/ha_ingestor";
  for (const path of [`${own}/`, `${own}/manifest.json`, "/homeassistant/.ha_ingestor.new/__init__.py"])
    assert.ok(allows(path, "rw"), path);
  for (const path of [
    "/homeassistant/secrets.yaml",
    "/homeassistant/.storage/auth",
    "/homeassistant/custom_components/hacs/a.py",
    "/etc/shadow",
    "/root/.bashrc",
    "/usr/bin/apt-get",
    "/proc/1/environ",
    "/ssl/privkey.pem",
  ])
    for (const letter of "rwx") assert.ok(!allows(path, letter), `${letter} ${path}`);
  assert.ok(!allows("/app/main.js", "w"));
  assert.ok(!allows("/data/program", "x"));
});

test("the run file is plain sh, and every program that the app names is in the image", () => {
  const programs = join(ROOT, "addon/rootfs/usr/bin");
  for (const name of readdirSync(programs)) {
    assert.match(readFileSync(join(programs, name), "utf8"), /^#!\/bin\/sh\n/, name);
    assert.equal(statSync(join(programs, name)).mode & 0o111, 0o111, name);
  }
  assert.doesNotMatch(text("addon/rootfs/usr/bin/ha-ingestor-run"), /bashio|with-contenv/);
  const hooks = [config.backup_pre, config.backup_post].flatMap((command) => command?.split(" ")[0] ?? []);
  const named = [...text("addon/Dockerfile").matchAll(/"(\/usr\/bin\/[^"]+)"/g)].map(([, path]) => path as string);
  for (const path of [...hooks, ...named]) assert.ok(existsSync(join(ROOT, "addon/rootfs", path)), path);
});

test("the image is built on a pinned base, with the Node that the tests run on", () => {
  const froms = [...text("addon/Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, image]) => image as string);
  assert.match(froms.at(-1) ?? "", /base-debian:trixie-[\d.]+@sha256:[0-9a-f]{64}$/);
  const packages = json("package-lock.json").packages as { [path: string]: { version: string } };
  assert.equal(froms[0], `node:${packages["node_modules/node"]?.version}-trixie-slim`);
  const { env, jobs } = parse(text(".github/workflows/release.yaml"));
  assert.deepEqual(JSON.parse(env.ARCHITECTURES).sort(), [...config.arch].sort());
  assert.equal(env.IMAGE, config.image?.split("/").at(-1));
  const build = jobs.build.steps.find(({ uses = "" }: { uses?: string }) => uses.includes("build-image"));
  assert.deepEqual([build.with.file, build.with.context], ["addon/Dockerfile", "."]);
});

test("pictures have the sizes that the store and Home Assistant show", () => {
  const size = (path: string) => {
    const png = readFileSync(join(ROOT, path));
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  };
  assert.deepEqual(size("addon/icon.png"), [128, 128]);
  assert.deepEqual(size("addon/logo.png"), [250, 100]);
  assert.deepEqual(size("custom_components/ha_ingestor/brand/icon.png"), [256, 256]);
});

test("HACS takes the repository as an integration", () => {
  assert.equal(typeof json("hacs.json").name, "string");
  assert.deepEqual(readdirSync(join(ROOT, "custom_components")), ["ha_ingestor"]);
  assert.equal(json("hacs.json").homeassistant, config.homeassistant);
});
