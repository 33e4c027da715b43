import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseCsv } from "../../tests/support/data/csv.ts";
import { identity, reading, startTestHub } from "../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../tests/support/test-clock.ts";
import { startLocalServer } from "../api/listeners/local-server.ts";
import { Failure } from "../domain/failure.ts";
import { systemClock } from "../platform/time/clock.ts";
import type { Offline } from "./offline.ts";
import { runCli } from "./run.ts";

const hub = startTestHub();
const local = await startLocalServer({ app: hub.app, path: join(hub.folder, "hub.sock") });
const folder = mkdtempSync(join(tmpdir(), "cli-"));
after(async () => {
  await local.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});
await hub.addSeries(1, identity("light.kitchen"));
await hub.record([reading(1, "on"), reading(1, 'off, "quoted"\n', { time: TEST_TIME + 1 })]);
await hub.recordGaps([{ kind: "states", series: 1, from: TEST_TIME + 5, to: TEST_TIME + 9, cause: "disconnected" }]);

const noHub: Offline = {
  verifyStore: async () => ({
    ok: false,
    problems: [{ code: "file_damaged", file: "a", why: "Bad.", fix: "Mend." }],
    readings: 1,
    events: 0,
    gaps: 0,
    statistics: null,
  }),
  verifyBackup: async () => ({ ok: true, problems: [], readings: 3, events: 0, gaps: 0, statistics: null }),
  listBackups: () => [{ id: "one", made: null, readings: 1, bytes: 2, why: null }],
  restore: async ({ into }) => {
    if (existsSync(join(into, "in-use"))) throw new Failure("store_in_use", "A hub runs on it", { fix: "Stop it." });
    return { made: "2026-11-26T00:00:00.000000Z", readings: 3, events: 0, gaps: 0, replaced: null };
  },
};

type Ran = { code: number; out: string; err: string };
async function ran(words: string[], more: { env?: Record<string, string>; terminal?: boolean } = {}): Promise<Ran> {
  const written = { out: [] as Buffer[], err: "" };
  const stream = (write: (text: string | Uint8Array) => void) => ({
    write: (text: string | Uint8Array) => {
      write(text);
      return true;
    },
    once: () => {},
    isTTY: more.terminal ?? false,
    columns: 200,
  });
  const code = await runCli({
    words,
    env: { HA_INGESTOR_DATA: hub.folder, ...more.env },
    stdout: stream((text) => void written.out.push(Buffer.from(text))),
    stderr: stream((text) => {
      written.err += String(text);
    }),
    clock: systemClock,
    version: "0.0.0-test",
    offline: noHub,
    signal: new AbortController().signal,
  });
  return { code, out: Buffer.concat(written.out).toString("utf8"), err: written.err };
}
const WINDOW = ["--from", "2020-01-01", "--to", "2050-01-01"];

test("the same answer is JSON in a pipe and a table on a terminal, with the holes beside it", async () => {
  const piped = await ran(["query", "light.kitchen", ...WINDOW]);
  assert.deepEqual([piped.code, piped.err], [0, ""]);
  assert.equal(JSON.parse(piped.out).series[0].points.length, 2);
  const shown = await ran(["query", "light.kitchen", ...WINDOW], { terminal: true });
  assert.match(shown.out, /^Time \(UTC\) .*Entity .*State\n.* light\.kitchen {2}on\n.*off, "quoted"�\n$/);
  assert.match(shown.err, /Not known of light\.kitchen: .* \(disconnected\)/);
  const days = await ran(["query", "light.kitchen", "--aggregate", "window", ...WINDOW]);
  assert.equal(JSON.parse(days.out).resolution, "window");
  assert.equal((await ran(["status", "--json"], { terminal: true })).out[0], "{");
});

test("an export is whole on standard output and in a file, which is there only once it is whole", async () => {
  const piped = await ran(["export", "--format", "csv"]);
  assert.deepEqual(parseCsv(piped.out)[2]?.[2], 'off, "quoted"\n');
  assert.equal(piped.err, "");
  const file = join(folder, "all.CSV");
  const filed = await ran(["export", "light.*", "--output", file]);
  assert.equal(filed.code, 0);
  assert.match(filed.err, /^2 readings, 0 events, 0 statistics, 1 gaps; /);
  assert.equal(readFileSync(file, "utf8"), piped.out);
  const again = await ran(["export", "--output", file]);
  assert.deepEqual([again.code, again.err.includes("--force")], [2, true]);
  assert.equal((await ran(["export", "--output", file, "--force", "--format", "ndjson"])).code, 0);
  assert.match(readFileSync(file, "utf8"), /"kind":"end"/);
  const nowhere = await ran(["export", "--output", join(folder, "none", "x")]);
  assert.deepEqual([nowhere.code, /cannot be written/.test(nowhere.err)], [1, true]);
});

test("an export that is cut off fails, says so, and leaves no file", async (t) => {
  for (const how of ["cut", "short"]) {
    const server = createServer((_request, answer) => {
      answer.writeHead(200, { "content-type": "application/x-ndjson" });
      answer.write('{"kind":"reading","entity_id":"light.kitchen"}\n', () =>
        how === "cut" ? answer.destroy() : answer.end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const file = join(folder, how);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, err } = await ran(["export", "--url", url, "--output", file]);
    assert.equal(code, 1);
    assert.match(err, how === "cut" ? /before it was whole/ : /export ended before it was whole/);
    assert.deepEqual([existsSync(file), existsSync(`${file}.unfinished`)], [false, false]);
  }
});

test("exit codes tell wrong use, an absent hub, a refusal and what was found apart, each with a way out", async () => {
  const cases: [words: string[], code: number, err: RegExp, env?: Record<string, string>][] = [
    [["status", "--data", join(folder, "none")], 3, /cannot be reached: ENOENT\. Start the hub/],
    [["status", "--url", "http://127.0.0.1:1"], 3, /cannot be reached: ECONNREFUSED/],
    [["query", "light.kitchn"], 4, /Did you mean light\.kitchen\?/],
    [["query", "light.kitchen", "--limit", "0"], 2, /whole number/],
    [["query", "light.kitchen", "--from", "now"], 2, /ends before it begins/],
    [["query", "light.kitchen", "--function", "mean"], 2, /--aggregate/],
    [["export", "--column", "colour"], 4, /colour|none of/],
    [["status", "--json", "--table"], 2, /one of them/],
    [["status", "--data", "x", "--url", "http://y"], 2, /two hubs/],
    [["status", "--url", "ftp://y"], 2, /no address/],
    [["status", "--url", "http://a:b@y"], 2, /HA_INGESTOR_TOKEN/],
    [["status", "--url", "http://y", "--token-file", join(folder, "none")], 2, /token file cannot be read/],
    [["--json", "status"], 2, /command first/],
    [["restore", "one"], 2, /--yes/],
    [["verify", "--offline"], 5, /^$/],
    [["doctor", "--data", join(folder, "none")], 5, /^$/],
  ];
  for (const [words, code, err, env] of cases) {
    const found = await ran(words, env ? { env } : {});
    assert.equal(found.code, code, `${words.join(" ")}: ${found.err}`);
    assert.match(found.err, err, words.join(" "));
  }
});

test("a hub elsewhere is asked with a token from the environment or a file; none and a wrong one are refused", async (t) => {
  const server = createServer((request, answer) => {
    const headers = request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization };
    void Promise.resolve(hub.app.request(`/api/v1/${request.url?.split("/api/v1/")[1]}`, { headers })).then(
      async (made) => {
        answer.writeHead(made.status, Object.fromEntries(made.headers));
        answer.end(await made.text());
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/prefix`;
  const file = join(folder, "token");
  writeFileSync(file, `${hub.tokenOf("read")}\n`);
  assert.equal((await ran(["status", "--url", url, "--token-file", file])).code, 0);
  const env = { HA_INGESTOR_URL: url, HA_INGESTOR_TOKEN: hub.tokenOf("read"), HA_INGESTOR_DATA: "" };
  assert.equal((await ran(["status"], { env })).code, 0);
  assert.equal((await ran(["seal"], { env })).code, 4);
  assert.equal((await ran(["status", "--url", url])).code, 4);
  const wrong = await ran(["status", "--url", url], { env: { HA_INGESTOR_TOKEN: `hi_${"x".repeat(40)}` } });
  assert.deepEqual([wrong.code, wrong.err.includes("xxx")], [4, false]);
});

test("without a hub backups are listed, verified and restored from the files, into the home that is there", async () => {
  const data = join(folder, "data");
  const at = ["--data", data];
  assert.deepEqual(JSON.parse((await ran(["backup", "list", ...at])).out).backups.length, 1);
  assert.equal((await ran(["verify", "one", ...at])).code, 0);
  const restored = await ran(["restore", "one", "--yes", ...at, "--table"]);
  assert.deepEqual([restored.code, /3 readings.*Start the hub/.test(restored.out)], [0, true]);
});

test("doctor looks at the machine and the hub, and says what to do", async () => {
  const { code, out } = await ran(["doctor"]);
  const { findings } = JSON.parse(out) as { findings: { check: string; state: string; fix?: string }[] };
  const states = new Map(findings.map(({ check, state }) => [check, state]));
  assert.deepEqual(
    ["data folder", "clock", "hub", "versions"].map((check) => states.get(check)),
    ["ok", "ok", "ok", "ok"],
  );
  assert.equal(states.get("Home Assistant"), "problem");
  assert.equal(code, 5);
  for (const one of findings) if (one.state === "problem") assert.ok(one.fix, one.check);
  const alone = await ran(["doctor", "--data", folder], {
    env: { HA_URL: "http://127.0.0.1:1", HA_TOKEN: "x".repeat(30) },
  });
  assert.match(alone.out, /127\.0\.0\.1:1\/api\/ cannot be reached/);
  assert.ok(!alone.out.includes("xxxxx"));
});
