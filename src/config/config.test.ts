import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

const token = "a-token-of-twenty-characters";

test("without any option the simulated home runs, on this machine alone", () => {
  const { config, problems } = readConfig({});
  assert.deepEqual(problems, []);
  assert.equal(config.simulated, true);
  assert.deepEqual(config.connections, []);
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.port, 8098);
});

test("every bad option is named with a way to mend it, and its default holds", () => {
  const { config, problems } = readConfig({
    HA_URL: "homeassistant.local",
    HA_TOKEN: "short",
    HA_INGESTOR_PORT: "99999",
    HA_INGESTOR_HOST: "everywhere",
    HA_INGESTOR_LOG_LEVEL: "loud",
    HA_INGESTOR_EVENTS: "state_changed",
    HA_INGESTOR_SETTLE_SECONDS: "-1",
    HA_INGESTOR_SIMULATOR_SPEED: "fast",
    HA_INGESTOR_SIMULATOR_SEED: "x",
    HA_INGESTOR_PROT: "1",
  });
  assert.deepEqual(problems.map(({ option }) => option).sort(), [
    "HA_INGESTOR_EVENTS",
    "HA_INGESTOR_HOST",
    "HA_INGESTOR_LOG_LEVEL",
    "HA_INGESTOR_PORT",
    "HA_INGESTOR_PROT",
    "HA_INGESTOR_SETTLE_SECONDS",
    "HA_INGESTOR_SIMULATOR_SEED",
    "HA_INGESTOR_SIMULATOR_SPEED",
    "HA_TOKEN",
    "HA_URL",
  ]);
  for (const problem of problems) assert.ok(problem.fix.length > 10, problem.option);
  assert.equal(config.port, 8098);
});

test("a token is never repeated in a problem", () => {
  const { problems } = readConfig({ HA_URL: "http://hub", HA_TOKEN: "secret" });
  assert.ok(!JSON.stringify(problems).includes("secret"));
});

test("an address without a token, or a token without an address, is a problem and no simulated home", () => {
  for (const environment of [{ HA_URL: "http://home:8123" }, { HA_TOKEN: token }]) {
    const { config, problems } = readConfig(environment);
    assert.deepEqual(config.connections, []);
    assert.equal(problems.length, 1);
    assert.equal(config.simulated, false);
  }
});

test("an address that carries a password is refused", () => {
  const { problems } = readConfig({ HA_URL: "http://me:word@home:8123", HA_TOKEN: token });
  assert.deepEqual(
    problems.map(({ option }) => option),
    ["HA_URL"],
  );
  assert.ok(!JSON.stringify(problems).includes("me:word"));
});
