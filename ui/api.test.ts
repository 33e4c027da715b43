import assert from "node:assert/strict";
import { test } from "node:test";
import { createApi, Problem } from "./api.ts";

type Call = { url: string; init: RequestInit };

function setUp(answer: () => Response | Promise<Response>, more: { base?: string; token?: string } = {}) {
  const calls: Call[] = [];
  let unauthorized = 0;
  const api = createApi({
    base: more.base ?? "http://hub:8098/",
    fetch: async (url, init) => {
      calls.push({ url, init });
      return answer();
    },
    token: () => more.token ?? null,
    onUnauthorized: () => {
      unauthorized++;
    },
  });
  return { api, calls, unauthorized: () => unauthorized };
}
const problem = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });
const failure = async (promise: Promise<unknown>): Promise<Problem> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem);
  return error;
};

test("addresses are relative to the page, under any prefix", async () => {
  const { api, calls } = setUp(() => Response.json({ areas: [] }), {
    base: "https://home.example/api/hassio_ingress/a1b2/",
  });
  await api.areas();
  assert.equal(calls[0]?.url, "https://home.example/api/hassio_ingress/a1b2/api/v1/areas");
});

test("entities and series ids are one path segment, and times go out as asked", async () => {
  const { api, calls } = setUp(() => Response.json({ series: [] }));
  await api.history("#12", { from: "2026-11-23T00:00:00Z", limit: 5, order: "newest_first" });
  assert.equal(
    calls[0]?.url,
    "http://hub:8098/api/v1/history/%2312?from=2026-11-23T00%3A00%3A00Z&limit=5&order=newest_first&times=us",
  );
});

test("a token travels in the header only", async () => {
  const { api, calls } = setUp(() => Response.json({}), { token: "hi_secret" });
  await api.info();
  assert.equal(new Headers(calls[0]?.init.headers).get("authorization"), "Bearer hi_secret");
  assert.ok(!calls[0]?.url.includes("hi_secret"));
});

test("a problem answer becomes its own words, with the fix and the request's id", async () => {
  const { api } = setUp(() =>
    problem(400, {
      title: "The request is not valid",
      detail: "One parameter is wrong",
      code: "invalid_request",
      status: 400,
      fix: "Look at limit",
      request_id: "r-1",
      errors: [{ path: "limit", message: "is not a number" }],
    }),
  );
  const error = await failure(api.states());
  assert.equal(error.message, "One parameter is wrong · limit: is not a number");
  assert.deepEqual(
    [error.status, error.code, error.fix, error.requestId],
    [400, "invalid_request", "Look at limit", "r-1"],
  );
});

test("an answer that is not the hub's is told as such", async () => {
  const { api } = setUp(() => new Response("<html>502 Bad Gateway</html>", { status: 502 }));
  const error = await failure(api.status());
  assert.equal(error.code, "not_the_hub");
  assert.match(error.message, /502/);
});

test("no answer at all is told apart from a refusal", async () => {
  const { api } = setUp(() => Promise.reject(new TypeError("Failed to fetch")));
  const error = await failure(api.status());
  assert.deepEqual([error.status, error.code], [0, "unreachable"]);
});

test("a 401 anywhere ends the session, except where one asks who one is or signs in", async () => {
  const { api, unauthorized } = setUp(() => problem(401, { detail: "no", code: "unauthorized" }));
  await failure(api.me());
  await failure(api.exchange("x"));
  assert.equal(unauthorized(), 0);
  await failure(api.status());
  assert.equal(unauthorized(), 1);
});

test("an empty answer is no error", async () => {
  const { api, calls } = setUp(() => new Response(null, { status: 204 }));
  await api.signOut();
  assert.equal(calls[0]?.init.method, "DELETE");
});
