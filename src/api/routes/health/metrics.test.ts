import assert from "node:assert/strict";
import { test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { exposition } from "./exposition.ts";

test("labels and helps keep their lines, whatever a caller is called", () => {
  const text = exposition([
    { name: "a", type: "gauge", help: "back\\slash\nline", samples: [{ value: 1.5, labels: { n: 'q"\\\n' } }] },
    { name: "b", type: "counter", help: "none", samples: [] },
  ]);
  assert.equal(text, '# HELP a back\\\\slash\\nline\n# TYPE a gauge\na{n="q\\"\\\\\\n"} 1.5\n');
});

test("the figures are those of the status, and names follow Prometheus' rules", async () => {
  const hub = startTestHub();
  await hub.addSeries(1, identity("light.kitchen"));
  const empty = await (await hub.ask("/metrics")).text();
  assert.doesNotMatch(empty, /last_change/, "what is not known has no value");
  await hub.record([reading(1, "on"), reading(1, "off")]);
  hub.board.set("store", { state: "degraded", why: "test", fix: "none", figures: { files: 3, name: "x" } });
  const answer = await hub.ask("/metrics");
  assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  const lines = new Map(text.split("\n").map((line) => line.split(/ (?=[^ ]*$)/) as [string, string]));
  assert.equal(lines.get("ha_ingestor_store_changes"), "2");
  assert.equal(lines.get('ha_ingestor_part_state{part="store",state="degraded"}'), "1");
  assert.equal(lines.get('ha_ingestor_part_state{part="store",state="ok"}'), "0");
  assert.equal(lines.get('ha_ingestor_part_figure{part="store",figure="files"}'), "3");
  assert.match(text, /ha_ingestor_caller_requests_total\{kind="token"\} 2\n/);
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    assert.match(name as string, /^[a-z][a-z0-9_]*$/);
    assert.equal((name as string).endsWith("_total"), type === "counter", name);
    assert.ok(text.includes(`# HELP ${name} `));
  }
  await hub.close();
});
