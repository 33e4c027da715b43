import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "../../src/api/listeners/server.ts";
import { startPrefixProxy } from "../support/hub/prefix-proxy.ts";
import { startTestHub } from "../support/hub/test-hub.ts";
import { findChromium, launchChromium } from "../support/tools/chromium.ts";
import { assertGoodPage, DESKTOP, PHONE, skip, THEMES } from "../support/tools/panel.ts";

test("the API's page is drawn under a prefix and its own policy, from nowhere else, and axe-core finds nothing", {
  skip,
}, async () => {
  await using open = new AsyncDisposableStack();
  const hub = open.adopt(startTestHub(), (it) => it.close());
  const server = open.adopt(await startServer({ ...hub, host: "127.0.0.1", port: 0 }), (it) => it.close());
  const prefix = "/api/hassio_ingress/token";
  const proxy = open.adopt(await startPrefixProxy({ target: server.url, prefix }), (it) => it.close());
  const browser = open.adopt(await launchChromium(findChromium() as string), (it) => it.close());
  for (const colorScheme of THEMES)
    for (const viewport of [PHONE, DESKTOP]) {
      const headers = { authorization: `Bearer ${hub.tokenOf("read")}` };
      const context = await browser.newContext({ viewport, colorScheme, extraHTTPHeaders: headers });
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => asked.push(request.url()));
      const answer = await page.goto(`${proxy.url}api/v1/docs`);
      assert.equal(answer?.status(), 200);
      assert.equal(await page.evaluate("getComputedStyle(document.body).maxWidth"), "960px", "the styles are let in");
      await page.getByRole("link", { name: "History" }).first().click();
      assert.ok(page.url().endsWith("#History"));
      assert.equal(await page.getByRole("heading", { name: "GET /api/v1/history/{entity}" }).count(), 1);
      const link = await page.getByRole("link", { name: "openapi.json" }).getAttribute("href");
      assert.equal(new URL(link ?? "", page.url()).href, `${proxy.url}api/v1/openapi.json`);
      await assertGoodPage(page, "docs", { touch: false });
      assert.deepEqual(complaints, []);
      assert.deepEqual(
        asked.filter((url) => !url.startsWith(proxy.url) && !url.endsWith("/favicon.ico")),
        [],
      );
      await context.close();
    }
});
