import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { MARKER } from "../../src/supervisor/integration/installer.ts";
import { eventually } from "../support/eventually.ts";
import type { Part } from "../support/home/simulated-home.ts";
import { makeToken } from "../support/hub/hub.ts";
import { readProfile } from "../support/image/apparmor.ts";
import {
  type Container,
  DEBIAN,
  debianUnavailable,
  type Image,
  openImage,
  startImage,
} from "../support/image/image.ts";
import { touchedFiles } from "../support/image/traced.ts";

const ADDON = join(import.meta.dirname, "../../addon");
const INTEGRATION = join(import.meta.dirname, "../../custom_components/ha_ingestor");
const PATIENCE_SECONDS = 30;

type Status = { readonly parts: Part[]; readonly totals: { readonly series: number; readonly changes: number } };

suite("the image, laid out in a clean Debian root", { skip: debianUnavailable() }, () => {
  let image: Image;
  let sim: Simulator;
  before(async () => {
    image = openImage();
    sim = await startSimulator({ seed: "image", commitMs: 300 });
  });
  after(async () => {
    await sim?.close();
    image?.dispose();
  });

  /** What the form of the app holds when Home Assistant is also reached directly. */
  const goodOptions = () => ({
    log_level: "debug",
    install_integration: true,
    events: ["zha_event"],
    connections: [{ name: "Directly", url: sim.url, token: sim.token }],
  });
  const ask = async <T>(container: Container, path: string): Promise<T> => {
    await container.ready();
    const token = await makeToken(join(container.data, "hub.sock"));
    const answer = await fetch(new URL(path, container.url), { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as T;
  };
  const recorded = (container: Container, least: Partial<Status["totals"]>) =>
    eventually(PATIENCE_SECONDS, async () => {
      const { totals } = await ask<Status>(container, "api/v1/status");
      for (const [name, value] of Object.entries(least))
        if (totals[name as keyof typeof totals] < value)
          throw new Error(`${JSON.stringify(totals)}, not ${name} ${value}`);
    });
  const parts = async (container: Container) => (await ask<Status>(container, "api/v1/status")).parts;

  test("the run file starts the hub as the first process, healthy at once, and SIGTERM ends it with 0", async (t) => {
    const container = await startImage(image, { options: goodOptions() });
    t.diagnostic(`health answered ${Math.round(container.healthyMs)} ms after the start of the container`);
    assert.deepEqual(container.run("/usr/bin/ha-ingestor-health"), { code: 0, output: "" });
    await container.ready();
    const page = await (await fetch(container.url)).text();
    for (const [, asset = ""] of page.matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g))
      assert.equal((await fetch(new URL(asset, container.url))).status, 200, asset);
    await recorded(container, { series: sim.core.states.size() });
    const bad = (await parts(container)).filter(({ part }) => part.startsWith("option "));
    assert.deepEqual(bad, []);
    for (const hook of ["begin", "end"])
      assert.deepEqual(container.run("/usr/bin/ha-ingestor-backup", hook), { code: 0, output: "" }, hook);
    assert.equal(await container.stop(), 0, container.logText());
  });

  test("with bad options the hub starts all the same, says each with a way to mend it, and repeats no token", async () => {
    const secret = "a-secret-that-nobody-may-read";
    const container = await startImage(image, {
      options: { log_level: "loud", connections: [{ url: "nowhere", token: secret }], events: ["state_changed"] },
    });
    const bad = (await parts(container)).filter(({ part }) => part.startsWith("option "));
    assert.deepEqual(bad.map(({ part }) => part).sort(), [
      "option connections[0].url",
      "option events[0]",
      "option log_level",
    ]);
    for (const { state, why, fix } of bad) assert.ok(state === "broken" && why && fix, JSON.stringify(bad));
    assert.equal(await container.stop(), 0);
    assert.ok(!container.logText().includes(secret));
    assert.ok(!JSON.stringify(bad).includes(secret));
  });

  test("a file without options starts the hub degraded", async () => {
    const container = await startImage(image, { options: "{ this is no JSON" });
    const bad = (await parts(container)).filter(({ part }) => part.startsWith("option "));
    assert.deepEqual(
      bad.map(({ part }) => part),
      ["option /data/options.json"],
    );
    assert.equal(await container.stop(), 0);
  });

  test("a SIGTERM in the middle of the start ends it with 0 as well", async () => {
    const container = await startImage(image, { options: goodOptions() });
    assert.equal(await container.stop(), 0, container.logText());
  });

  test("every file that is really opened, written, locked or started is one that the AppArmor profile allows", async (t) => {
    const profile = readProfile(readFileSync(join(ADDON, "apparmor.txt"), "utf8"));
    const container = await startImage(image, { options: goodOptions(), traced: true });
    await recorded(container, { series: sim.core.states.size() });
    const before = (await ask<Status>(container, "api/v1/status")).totals.changes;
    await sim.load.start({ asFastAsPossible: true, count: 2_000, entities: 20, mix: "mixed" }).done;
    await recorded(container, { changes: before + 2_000 });
    await eventually(PATIENCE_SECONDS, () => {
      const installed = readdirSync(join(container.homeassistant, "custom_components/ha_ingestor")).sort();
      assert.deepEqual(installed, [MARKER, ...readdirSync(INTEGRATION)].filter((it) => it !== "__pycache__").sort());
    });
    const [first] = sim.core.states.all();
    await ask(container, `api/v1/history/${first?.entityId}`);
    await fetch(container.url);
    container.run("/usr/bin/ha-ingestor-health");
    for (const hook of ["begin", "end"]) container.run("/usr/bin/ha-ingestor-backup", hook);
    assert.equal(await container.stop(), 0, container.logText());
    const touched = container.traces().flatMap(({ program, text }) => touchedFiles(text, program));
    // The kernel opens the shell for the scripts, which strace does not tell.
    touched.push({ path: "/usr/bin/dash", letters: "rx" });
    t.diagnostic(`${touched.length} ways of touching a file`);
    for (const known of ["/app/main.js", "/data/home/app.db", "/usr/bin/curl", "/data/hub.sock"])
      assert.ok(
        touched.some(({ path }) => path === known),
        `strace did not tell of ${known}`,
      );
    assert.ok(touched.some(({ path }) => /^\/usr\/lib\/.*\/libcurl\.so/.test(path)));
    const outside = touched.filter(
      ({ path, letters }) => !profile.allows(path, letters) && !profile.allows(`${path}/`, letters),
    );
    assert.deepEqual(outside, []);
  });

  test("AppArmor's own compiler takes the profile", () => {
    execFileSync("chroot", [DEBIAN, "apparmor_parser", "--skip-kernel-load", "--skip-cache"], {
      input: readFileSync(join(ADDON, "apparmor.txt")),
      // It complains that this machine's kernel may have no AppArmor; a bad profile is told by the exit code.
      stdio: ["pipe", "ignore", "ignore"],
    });
  });
});
