import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

/**
 * The integration's own tests, in Python: they run in Home Assistant's test harness, in a virtual environment of its own
 * (tests/core/ha-core.sh makes it from the machine's pip configuration and keeps it in the cache).
 */
const ROOT = join(import.meta.dirname, "../..");
const REQUIREMENTS = ["pytest-homeassistant-custom-component==0.13.375", "mypy==1.18.2"];
const LEAST_COVERED = 95;

const { folder, skip } = await prepare();
const scratch = mkdtempSync(join(tmpdir(), "integration-"));
after(() => rmSync(scratch, { recursive: true }));

async function prepare(): Promise<{ folder: string; skip: string | false }> {
  const made = await run("bash", [join(ROOT, "tests/core/ha-core.sh"), "venv", "phacc", ...REQUIREMENTS]);
  if (made.code === 0) return { folder: made.output.trim().split("\n").at(-1) as string, skip: false };
  const reason = `no test harness of Home Assistant: ${made.complaints.trim()}`;
  if (process.env.REQUIRE_SUITES === "1") throw new Error(reason);
  return { folder: "", skip: reason };
}

test("the integration keeps its promises in Home Assistant's test harness", { skip }, async (t) => {
  const junit = join(scratch, "junit.xml");
  const coverage = join(scratch, "coverage.json");
  const flags = ["-q", "-p", "no:cacheprovider", `--junitxml=${junit}`, "--cov", `--cov-report=json:${coverage}`];
  const ran = await run(join(folder, "bin/python"), ["-m", "pytest", ...flags], {
    COVERAGE_FILE: join(scratch, "coverage"),
    PYTHONDONTWRITEBYTECODE: "1",
  });
  const cases = [...readFileSync(junit, "utf8").matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(\/>|>)/g)];
  for (const [, file, name, end] of cases)
    await t.test(`${file?.split(".").at(-1)}: ${name}`, () => assert.equal(end, "/>", ran.output));
  assert.equal(ran.code, 0, ran.output + ran.complaints);
  assert.ok(cases.length >= 95, `${cases.length} tests ran`);

  const covered = JSON.parse(readFileSync(coverage, "utf8")) as Coverage;
  const percent = ({ summary }: { summary: Summary }) => Math.floor(summary.percent_covered * 10) / 10;
  const total = percent({ summary: covered.totals });
  assert.ok(total > LEAST_COVERED, `${total} % of lines and branches are covered`);
  const flow = covered.files["custom_components/ha_ingestor/config_flow.py"];
  assert.equal(flow && percent(flow), 100, "every line and branch of the config flow");
  t.diagnostic(`${cases.length} tests of the integration, ${total} % of its lines and branches`);
});

test("the integration is strictly typed against Home Assistant", { skip }, async () => {
  const flags = ["-m", "mypy", "--cache-dir", join(folder, ".mypy"), "custom_components/ha_ingestor"];
  const checked = await run(join(folder, "bin/python"), flags);
  assert.equal(checked.code, 0, checked.output + checked.complaints);
});

type Summary = { percent_covered: number };
type Coverage = { totals: Summary; files: Record<string, { summary: Summary }> };

async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string; complaints: string }> {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (bytes) => {
    output += bytes;
  });
  child.stderr.on("data", (bytes) => {
    complaints += bytes;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output, complaints };
}
