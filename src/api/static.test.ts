import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startTestHub } from "../../tests/support/hub/test-hub.ts";

const folder = mkdtempSync(join(tmpdir(), "panel-"));
const panel = join(folder, "ui");
mkdirSync(join(panel, "assets"), { recursive: true });
writeFileSync(join(folder, "secret.js"), "outside");
writeFileSync(join(panel, "index.html"), '<script type="module" src="./assets/main-AB12CD34.js"></script>');
writeFileSync(join(panel, "assets/main-AB12CD34.js"), "inside");
writeFileSync(join(panel, "assets/plain.css"), "a{}");
writeFileSync(join(panel, "notes.txt"), "of a type that is not served");
symlinkSync(join(folder, "secret.js"), join(panel, "assets/link.js"));
const hub = startTestHub({ panel });
after(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});
const get = (path: string, headers: Record<string, string> = {}) => hub.app.request(path, { headers });

test("the panel loads without credentials: its page is asked for anew, what is named by its content is kept", async () => {
  for (const path of ["/", "/index.html"]) {
    const page = await get(path);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(page.headers.get("cache-control"), "no-cache");
  }
  const script = await get("/assets/main-AB12CD34.js");
  assert.equal(await script.text(), "inside");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(script.headers.get("cache-control") ?? "", /immutable/);
  assert.equal((await get("/assets/plain.css")).headers.get("cache-control"), "no-cache");
});

test("a browser that has a file is told so", async () => {
  const etag = (await get("/")).headers.get("etag") as string;
  const known = await get("/", { "if-none-match": etag });
  assert.deepEqual([known.status, await known.text()], [304, ""]);
  assert.equal((await get("/", { "if-none-match": '"other"' })).status, 200);
});

test("pages may load from the hub alone, and be framed by it alone", async () => {
  const { headers } = await get("/");
  const policy = headers.get("content-security-policy") ?? "";
  for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"])
    assert.ok(policy.split("; ").includes(rule), rule);
  assert.ok(!policy.includes("unsafe"));
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("referrer-policy"), "no-referrer");
});

test("no path reaches a file outside the panel's folder", async () => {
  for (const path of [
    "/../secret.js",
    "/assets/../../secret.js",
    "/..%2fsecret.js",
    "/%2e%2e/secret.js",
    "/assets/..%5c..%5csecret.js",
    "/assets/link.js",
    "//secret.js",
    `/${join(folder, "secret.js")}`,
    "/assets",
    "/assets/",
    "/notes.txt",
    "/index.html/",
  ]) {
    const answer = await get(path);
    assert.equal(answer.status, 404, path);
    assert.ok(!(await answer.text()).includes("outside"), path);
  }
});

test("the panel's files are read, never written", async () => {
  assert.equal((await hub.app.request("/index.html", { method: "POST" })).status, 404);
  assert.equal((await hub.app.request("/index.html", { method: "HEAD" })).status, 200);
});

test("a hub whose panel was not built says so in its log, and serves the API", async () => {
  const bare = startTestHub({ panel: join(folder, "missing") });
  after(() => bare.close());
  assert.ok(bare.lines.some((line) => line.includes("no panel")));
  assert.equal((await bare.app.request("/")).status, 404);
  assert.equal((await bare.ask("/api/v1/info")).status, 200);
});
