import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { apiTools } from "../support/tools/api-tools.ts";

/** The API judged by tools that others wrote: a validator of OpenAPI, Prometheus' own parser, schemathesis. */

/** LONG=1: as many as find what is rare; the tests of every day find what is broken. */
const EXAMPLES = process.env.LONG === "1" ? 100 : 10;
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
].join();

const tools = await apiTools();

describe("the API as others see it", { skip: typeof tools === "string" ? tools : false }, () => {
  if (typeof tools === "string") return;
  const folder = mkdtempSync(join(tmpdir(), "contract-"));
  let hub: Hub;
  before(async () => {
    // Fast enough for a day to pass meanwhile: at some hours nobody in the home does anything.
    hub = await startHub({ env: { HA_INGESTOR_SIMULATOR_SPEED: "600" } });
    await eventually(150, async () => {
      const { totals } = await hub.json<{ totals: { changes: number; events: number } }>("api/v1/status");
      assert.ok(totals.changes > 100 && totals.events > 0);
    });
    writeFileSync(join(folder, "openapi.json"), await (await hub.get("api/v1/openapi.json")).text());
  });
  after(async () => {
    await hub.stop();
    rmSync(folder, { recursive: true });
  });

  const newToken = async (): Promise<string> => {
    const made = await hub.post("api/v1/tokens", { name: "contract", scope: "admin" });
    return ((await made.json()) as { token: string }).token;
  };
  const schemathesis = async (token: string, ...more: string[]) => {
    const { code, text } = await tools.python(
      [
        ...["-m", "schemathesis.cli", "run", "openapi.json", "--url", hub.url, "--seed", "1", "--no-color"],
        ...["--header", `Authorization: Bearer ${token}`, "--generation-with-security-parameters", "false"],
        ...["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", String(EXAMPLES)],
        ...["--generation-database", "none", "--continue-on-failure", ...more],
      ],
      { cwd: folder },
    );
    // What it says of a failure holds whole requests; a few lines are enough to run it again.
    const lines = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.slice(0, 300)]));
    const found = lines.findIndex((line) => /=+ FAILURES =+/.test(line));
    assert.equal(code, 0, (found < 0 ? lines.slice(-80) : lines.slice(found, found + 80)).join("\n"));
    const cases = Number(/(\d+) generated, \d+ passed/.exec(text)?.[1]);
    assert.ok(!/mostly returned 429|401 Unauthorized/.test(text), "the questions reached the routes");
    return cases;
  };

  test("the document is valid OpenAPI 3.1", async () => {
    const { code, text } = await tools.python(["-m", "openapi_spec_validator", "--schema", "3.1", "openapi.json"], {
      cwd: folder,
    });
    assert.equal(code, 0, text);
    assert.match(text, /OK/);
  });

  test("Prometheus' own parser reads the metrics, each with a help and a type", async () => {
    const program = `
import sys, json
from prometheus_client.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(json.dumps([[f.name, f.type, bool(f.documentation), len(f.samples)] for f in families]))`;
    const input = await (await hub.get("metrics")).text();
    const { code, text } = await tools.python(["-c", program], { input });
    assert.equal(code, 0, text);
    const families = JSON.parse(text) as [name: string, type: string, help: boolean, samples: number][];
    assert.ok(families.length > 15, `${families.length} families`);
    for (const [name, type, help, samples] of families) {
      assert.ok(["gauge", "counter"].includes(type) && help && samples > 0, name);
      assert.match(name, /^(ha_ingestor|process)_/);
    }
    assert.equal(new Set(families.map(([name]) => name)).size, families.length);
  });

  test(`schemathesis finds nothing in ${EXAMPLES} examples an operation`, async (t) => {
    // A stream never ends, and so has tests of its own.
    const reads = await schemathesis(
      await newToken(),
      ...["--include-method", "GET", "--exclude-operation-id", "stream_events"],
    );
    // As many in a minute as one caller may; a token that may be deleted might be the one that asks.
    const writes = await schemathesis(
      await newToken(),
      ...["--exclude-method", "GET", "--rate-limit", "1000/m", "--exclude-operation-id", "delete_token"],
    );
    const cases = reads + writes;
    assert.ok(cases > 2_000, `${cases} cases`);
    t.diagnostic(`${cases} cases`);
    await schemathesis(await newToken(), "--include-operation-id", "delete_token");
    assert.doesNotMatch(hub.logText(), / error /);
  });

  test("schemathesis finds nothing where the ids are real, so that the answers are too", async () => {
    const first = async (path: string, key: string) =>
      (await hub.json<Record<string, { [id: string]: string }[]>>(path))[key]?.[0];
    const { entity_id: entity } = (await first("api/v1/states?domain=light", "states")) ?? {};
    const { device_id: device } = (await first("api/v1/devices", "devices")) ?? {};
    const { area_id: area } = (await first("api/v1/areas", "areas")) ?? {};
    const event = (await first("api/v1/events", "events")) as { id?: number; context?: { id: string } } | undefined;
    assert.ok(entity && device && area && event?.id !== undefined);
    const operation = (id: string, parameters: Record<string, string | number>) =>
      `[[operations]]\ninclude-operation-id = "${id}"\nparameters = { ${Object.entries(parameters)
        .map(([name, value]) => `"${name}" = ${JSON.stringify(value)}`)
        .join(", ")} }\n`;
    const known: readonly [string, Record<string, string | number>][] = [
      ["get_state", { "path.entity": entity }],
      ["get_entity", { "path.entity": entity }],
      ["get_history", { "path.entity": entity }],
      ["get_device", { "path.id": device }],
      ["get_area", { "path.id": area }],
      ["get_summary", { "path.area": area }],
      ["get_event", { "path.id": event.id }],
      ["trace_context", { "path.context": event.context?.id ?? "" }],
    ];
    writeFileSync(
      join(folder, "schemathesis.toml"),
      known.map(([id, parameters]) => operation(id, parameters)).join("\n"),
    );
    const include = known.flatMap(([id]) => ["--include-operation-id", id]);
    assert.ok((await schemathesis(await newToken(), "--mode", "positive", ...include)) > 5 * known.length);
  });
});
