import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

const token = (name: string) => `${name}-token-of-twenty-characters`;
const underSupervisor = { SUPERVISOR_TOKEN: token("supervisor") };
/** What a hub takes from the Supervisor's file with this content. */
const read = (options: unknown, environment: { [name: string]: string } = {}) =>
  readConfig({ ...underSupervisor, ...environment }, () =>
    typeof options === "string" ? options : JSON.stringify(options),
  );

test("under a Supervisor its connection comes first, then the primary one, then further ones in their order", () => {
  const { config, problems } = read({
    log_level: "debug",
    install_integration: true,
    events: ["zha_event"],
    connections: [
      { name: "Cellar", url: "http://10.0.0.5:8123", token: token("cellar") },
      { url: "https://home.example", token: token("remote") },
    ],
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(config.connections, [
    { id: "supervisor", name: "Supervisor", url: "http://supervisor/core", token: token("supervisor") },
    { id: "primary", name: "Cellar", url: "http://10.0.0.5:8123", token: token("cellar") },
    { id: "further-1", name: "home.example", url: "https://home.example", token: token("remote") },
  ]);
  assert.equal(config.simulated, false);
  assert.equal(config.logLevel, "debug");
  assert.deepEqual(config.eventTypes, ["zha_event"]);
  assert.equal(config.installIntegrationInto, "/homeassistant");
});

test("an address of the environment is the primary connection, and those of the form follow it", () => {
  const { config } = read(
    { connections: [{ url: "http://listed:8123", token: token("listed") }] },
    { HA_URL: "http://own:8123", HA_TOKEN: token("own") },
  );
  assert.deepEqual(
    config.connections.map(({ id, url }) => [id, url]),
    [
      ["supervisor", "http://supervisor/core"],
      ["primary", "http://own:8123"],
      ["further-1", "http://listed:8123"],
    ],
  );
});

test("an empty form is what it is at first: the Supervisor's connection, the integration installed, nothing wrong", () => {
  const { config, problems } = read({});
  assert.deepEqual(problems, []);
  assert.equal(config.connections.length, 1);
  assert.equal(config.logLevel, "info");
  assert.equal(config.installIntegrationInto, "/homeassistant");
  assert.equal(read({ install_integration: false }).config.installIntegrationInto, undefined);
});

test("every bad option is named with a way to mend it, and the good ones beside it hold", () => {
  const { config, problems } = read({
    log_level: "loud",
    install_integration: "yes",
    events: ["good_event", "state_changed", 7],
    connections: [
      { url: "homeassistant.local", token: token("one") },
      { url: "http://two:8123" },
      { url: "http://three:8123", token: token("three") },
      { name: 5, url: "http://four:8123", token: "short-4" },
    ],
    conections: [],
  });
  assert.deepEqual(problems.map(({ option }) => option).sort(), [
    "conections",
    "connections[0].url",
    "connections[1].token",
    "connections[3].name",
    "connections[3].token",
    "events[1]",
    "events[2]",
    "install_integration",
    "log_level",
  ]);
  for (const problem of problems) assert.ok(problem.fix.length > 10, problem.option);
  assert.deepEqual(
    config.connections.map(({ id, url }) => [id, url]),
    [
      ["supervisor", "http://supervisor/core"],
      ["primary", "http://three:8123"],
    ],
  );
  assert.deepEqual(config.eventTypes, ["good_event"]);
  assert.equal(config.installIntegrationInto, "/homeassistant");
});

test("a token is never repeated in a problem, and every token given is told to the mask", () => {
  const secrets = ["first-secret", "second-secret", "third-secret"];
  const { problems, secrets: told } = read({
    connections: [
      { url: "http://me:first-secret@one", token: "second-secret" },
      { url: "http://two?access_token=third-secret", token: token("two") },
    ],
  });
  assert.equal(problems.length, 3);
  for (const secret of secrets) assert.ok(!JSON.stringify(problems).includes(secret), secret);
  assert.deepEqual(told, [token("supervisor"), "second-secret", token("two")]);
  assert.ok(!JSON.stringify(read({ connections: ["first-secret"] }).problems).includes("first-secret"));
});

test("a file that is missing or holds no options is named, and the hub goes on with the Supervisor's connection", () => {
  const missing = readConfig(underSupervisor, () => {
    throw new Error("no such file");
  });
  for (const { config, problems } of [missing, read("{"), read([]), read("null")]) {
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.option, "/data/options.json");
    assert.equal(config.connections.length, 1);
  }
});

test("without a Supervisor its file is not read", () => {
  const { config } = readConfig({}, () => assert.fail("the file was read"));
  assert.equal(config.simulated, true);
  assert.equal(config.installIntegrationInto, undefined);
});

test("the place of the Supervisor's file can be told", () => {
  const asked: string[] = [];
  readConfig({ ...underSupervisor, HA_INGESTOR_OPTIONS: "/elsewhere/options.json" }, (path) => {
    asked.push(path);
    return "{}";
  });
  assert.deepEqual(asked, ["/elsewhere/options.json"]);
});
