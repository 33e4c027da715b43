import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { PROBLEM_CODES } from "../errors.ts";
import { descriptionOf } from "./describe.ts";

const hub = startTestHub();
after(() => hub.close());

type Schema = { readonly [keyword: string]: unknown };
type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly [media: string]: { readonly schema: Schema } } };
  readonly responses: { readonly [status: string]: { readonly description: string } };
};
type Document = {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
};
const document = (await (await hub.ask("/api/v1/openapi.json")).json()) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test("every route is in the document, and the document names no other", () => {
  const served = new Set(
    hub.app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`),
  );
  const documented = operations.map(({ path, method }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), [...served].sort(), "describe the route: the second argument of auth.needs");
});

test("every operation has an id of its own, a summary, a known tag, and says who may call", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.deepEqual(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
  );
  for (const { operation } of operations) {
    assert.match(operation.operationId, /^[a-z]+(_[a-z]+)+$/);
    assert.ok(operation.summary.length > 5 && !operation.summary.endsWith("."), operation.operationId);
    assert.equal(operation.tags.length, 1);
    assert.ok(operation.responses[500] && operation.responses[400], operation.operationId);
  }
  const open = operations.filter(({ operation }) => operation.security.length === 0);
  assert.deepEqual(open.map(({ operation }) => operation.operationId).sort(), [
    "get_health",
    "get_ready",
    "start_session",
  ]);
});

test("the scope that the document names is the one that the route asks for", () => {
  for (const { method, path, handler } of hub.app.routes) {
    const described = descriptionOf(handler);
    if (!described) continue;
    const shown = document.paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()]?.security ?? [];
    assert.deepEqual(
      shown,
      described.scope === null ? [] : [{ token: [described.scope] }, { session: [described.scope] }],
    );
  }
});

test("the parameters in the document are those that the route knows", async () => {
  for (const { method, path, operation } of operations) {
    if (!operation.responses[400]?.description.includes("invalid_request") || path === "/api/v1/live") continue;
    if (operation.parameters?.some((one) => one.in === "query") !== true && method !== "GET") continue;
    const asked = `${path.replace(/\{\w+\}/g, "1")}?no_such_parameter=1`;
    const answer = await hub.ask(asked, { method, scope: "admin" });
    const { errors } = (await answer.json()) as { errors?: { message: string }[] };
    const known = /known are (.*)$/.exec(errors?.[0]?.message ?? "")?.[1] ?? `(${answer.status})`;
    const shown = (operation.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
    assert.equal(known, shown.join(", ") || "none", `${method} ${path}`);
  }
});

test("the keys of a body in the document are those that the route knows", async () => {
  for (const { method, path, operation } of operations) {
    const schema = operation.requestBody?.content["application/json"]?.schema;
    if (!schema) continue;
    const answer = await hub.ask(path.replace(/\{\w+\}/g, "1"), {
      method,
      scope: "admin",
      body: '{"no_such_key":1}',
      headers: { "content-type": "application/json" },
    });
    const { errors = [] } = (await answer.json()) as { errors?: { path: string; message: string }[] };
    const message = errors.find((one) => one.path === "no_such_key")?.message ?? `(${answer.status})`;
    assert.equal(/known are (.*)$/.exec(message)?.[1], Object.keys(schema.properties as object).join(", "), path);
  }
});

test("every code that a problem can have is documented at a route or in the overview", () => {
  const text = JSON.stringify(document);
  for (const code of PROBLEM_CODES) assert.ok(text.includes(code), code);
});

test("every component is used, and every reference leads to one", () => {
  const used = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(document.components.schemas).sort());
});

test("the page for people shows every operation, and asks for nothing from elsewhere", async () => {
  const answer = await hub.ask("/api/v1/docs");
  assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'self'.*script-src 'none'/);
  const page = await answer.text();
  for (const { operation } of operations) assert.ok(page.includes(`id="${operation.operationId}"`));
  assert.doesNotMatch(page, /<script|\ssrc=|\sstyle=|https?:\/\//);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  assert.ok(targets.length > 20);
  for (const id of targets) assert.ok(page.includes(`id="${id}"`), `#${id}`);
});
