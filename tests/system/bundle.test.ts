import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { layOutBundle } from "../../scripts/layout.ts";
import { ALL, loadNames, openSimulatedHome, tally } from "../support/home/simulated-home.ts";

const ROOT = realpathSync(join(import.meta.dirname, "../.."));

/** Everything that a process has open or mapped, its own program aside. */
function filesOf(pid: number): string[] {
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
  const mapped = readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => /\s(\/.*)$/.exec(line)?.[1] ?? []);
  const program = readlinkSync(`/proc/${pid}/exe`);
  return [...open, ...mapped].filter((path) => path !== program);
}

test("the bundle alone, in an empty folder, starts, migrates, records, answers and serves the panel", async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "bundle-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [app, data] = [join(folder, "app"), join(folder, "data")];
  await layOutBundle(app);
  mkdirSync(data);
  assert.deepEqual(readdirSync(join(app, "node_modules")).sort(), ["better-sqlite3"]);
  // A thread holds its program's text, at twice the size where one sign is beyond Latin-1.
  for (const file of readdirSync(app, { recursive: true, encoding: "utf8" }))
    if (/^(?:main|cli|workers\/.*)\.js$/.test(file)) {
      const [beyond] = /.{0,60}[\u0100-\uffff]/.exec(readFileSync(join(app, file), "utf8")) ?? [];
      assert.equal(beyond, undefined, file);
    }
  // Node itself refuses to read anything else: whatever the hub took from the checkout would fail here.
  const allowed = [app, data, "/proc"].map((path) => `--allow-fs-read=${path}`);
  const nodeArguments = ["--permission", ...allowed, `--allow-fs-write=${data}`, "--allow-worker", "--allow-addons"];

  await using home = await openSimulatedHome({
    hub: { entry: join(app, "main.js"), cwd: app, dataDir: data, nodeArguments },
  });
  assert.match(home.hub.logText(), /database.*migrations=\d+/i);
  await home.sim.load.start({ asFastAsPossible: true, count: 2_000, entities: 20, mix: "mixed" }).done;
  await home.caughtUp();
  const check = async () => {
    const result = tally(home.sim.load.emitted.list(), await home.reader.history(loadNames(20), ...ALL));
    assert.deepEqual([result.missing, result.extra, result.twice, result.altered], [[], [], [], []]);
    const checkout = filesOf(home.hub.pid).filter((path) => path.startsWith(ROOT));
    assert.deepEqual(checkout, []);
  };
  await check();

  const page = await fetch(home.hub.url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map((found) => found[1] as string);
  assert.ok(assets.some((path) => path.endsWith(".js")) && assets.some((path) => path.endsWith(".css")), html);
  for (const path of assets) assert.equal((await fetch(new URL(path, home.hub.url))).status, 200, path);

  await home.stopHub("term");
  await home.startHub();
  await home.filled();
  await check();
  await home.stopHub("term");
});
