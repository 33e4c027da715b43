import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { layOutBundle } from "../../scripts/layout.ts";
import { microsToRfc3339 } from "../../src/domain/time/time.ts";
import { parseCsv } from "../support/data/csv.ts";
import { ALL, loadNames, openSimulatedHome } from "../support/home/simulated-home.ts";

const ENTITIES = 20;
const CHANGES = 5_000;

type Ran = { code: number | null; out: string; err: string };

test("the built command serves a person on a terminal and a program in a pipe, beside a hub that records", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const app = join(folder, "app");
  await layOutBundle(app);
  const cli = join(app, "cli.js");
  await using home = await openSimulatedHome({ hub: { entry: join(app, "main.js"), dataDir: join(folder, "data") } });
  const environment = { PATH: process.env.PATH ?? "", HA_INGESTOR_DATA: home.hub.dataDir };
  const inPipe = (...words: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [cli, ...words], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text) => {
        out += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text) => {
        err += text;
      });
      child.on("close", (code) => resolve({ code, out, err }));
    });
  /** `script` gives the command a terminal of its own. */
  const onTerminal = (...words: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const line = [process.execPath, cli, ...words].map((word) => `'${word}'`).join(" ");
      const child = spawn("script", ["-qec", `stty cols 100 && ${line}`, "/dev/null"], {
        env: { ...environment, SHELL: "/bin/sh" },
      });
      let out = "";
      child.stdout.setEncoding("utf8").on("data", (text) => {
        out += text;
      });
      child.on("close", (code) => resolve({ code, out: out.replaceAll("\r\n", "\n"), err: "" }));
    });

  await home.sim.load.start({ asFastAsPossible: true, count: CHANGES, entities: ENTITIES, mix: "mixed" }).done;
  await home.caughtUp();
  const recorded = await home.reader.history(loadNames(ENTITIES), ...ALL);

  const csv = await inPipe(
    "export",
    ...loadNames(ENTITIES),
    "--format",
    "csv",
    "--column",
    "entity_id,time,state,changed",
  );
  assert.deepEqual([csv.code, csv.err], [0, ""]);
  const rows = parseCsv(csv.out)
    .slice(1)
    .filter(([first]) => !first?.startsWith("#"));
  const expected = recorded.map(({ entityId, time, state }) => `${entityId} ${microsToRfc3339(time)} ${state}`);
  assert.deepEqual(rows.map(([entity, time, state]) => `${entity} ${time} ${state}`).sort(), expected.sort());

  const file = join(folder, "all.ndjson");
  const filed = await inPipe("export", "--output", file, "--kind", "readings,events");
  assert.equal(filed.code, 0, filed.err);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const end = JSON.parse(lines.at(-1) as string);
  assert.equal(lines.length, end.readings + end.events + end.gaps + 1);

  const status = JSON.parse((await inPipe("status")).out);
  assert.equal(status.parts.find(({ part }: { part: string }) => part === "store").state, "ok");
  assert.match((await inPipe("query", loadNames(1)[0] as string, "--limit", "3")).out, /^\{"from"/);
  assert.equal((await inPipe("query", "light.nothing_like_it")).code, 4);
  assert.equal((await inPipe("exprot")).code, 2);
  assert.equal((await inPipe("seal")).code, 0);
  assert.equal((await inPipe("doctor", "--url", "http://127.0.0.1:1")).code, 5);
  // Whoever reads along may have seen enough.
  const head = spawnSync("sh", ["-c", `'${process.execPath}' '${cli}' export | head -n 1`], {
    env: environment,
    encoding: "utf8",
  });
  assert.deepEqual([head.status, head.stderr, head.stdout.split("\n").length], [0, "", 2]);

  if (spawnSync("script", ["--version"]).status === 0) {
    const shown = await onTerminal("status");
    assert.equal(shown.code, 0);
    assert.match(shown.out, /Part +State +Since \(UTC\) +Why\n/);
    assert.match(shown.out, /\nstore +ok +\d{4}-/);
    const drawn = await onTerminal("export", "--output", join(folder, "again.csv"));
    assert.match(drawn.out, /Exporting .*\r.*readings, \d+ events, \d+ statistics, \d+ gaps; /s);
    assert.ok(existsSync(join(folder, "again.csv")));
    assert.match((await onTerminal("doctor")).out, /Looked at +Found\n/);
    assert.match((await onTerminal("doctor", "--json")).out, /^\{"findings"/);
  }
  await home.stopHub("term");
  assert.equal((await inPipe("status")).code, 3);
});
