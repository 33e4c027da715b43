import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { startHub } from "../support/hub/hub.ts";
import { startPrefixProxy } from "../support/hub/prefix-proxy.ts";
import { holds, type Panel, skip, startPanel, takePictures, untilDrawn } from "../support/tools/panel.ts";

const SWITCH = "input_boolean.panel_switch";

describe("the panel in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
  });
  after(() => panel?.close());

  test("the setup link signs in, and the code leaves the address and the history", async () => {
    const { page, complaints, context } = await panel.signIn();
    assert.equal(page.url(), panel.hub.url);
    assert.ok(!(await page.evaluate<string>("JSON.stringify(Object.entries(sessionStorage))")).includes("setup"));
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a code that was used is refused with an explanation and a way on", async () => {
    const { page, context } = await panel.open({ url: panel.hub.setupUrl, cookies: false });
    await page.getByRole("alert").waitFor();
    assert.match((await page.getByRole("alert").textContent()) ?? "", /code/i);
    await page.getByText("#setup=…").waitFor();
    assert.ok(!page.url().includes("setup"));

    await page.getByLabel(/access token/).fill("hi_not-a-token-of-this-hub");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("does not know this token").waitFor();
    await page.getByLabel(/access token/).fill(panel.hub.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Following").or(page.getByText("Everything works").first()).first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Open the panel" }).waitFor();
    assert.equal(await page.evaluate<number>("sessionStorage.length"), 0);
    await context.close();
  });

  test("Overview tells that it works, the home, its rate and its parts", async () => {
    const { page, complaints, context } = await panel.open({ url: panel.hub.url });
    await page.getByText("Everything works: every change is being recorded").waitFor();
    await page.getByText(/Home Assistant \d{4}\.\d+/).waitFor();
    await rateAboveNothing(page);
    assert.ok((await page.getByRole("list").filter({ hasText: "Home Assistant" }).count()) > 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("the simulated home is marked as such on every page", async () => {
    const demo = await startHub({ env: { HA_INGESTOR_SIMULATOR_SPEED: "20" } });
    try {
      const { page, complaints, context } = await panel.open({ url: demo.setupUrl, cookies: false });
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await rateAboveNothing(page);
      for (const name of [
        "Live",
        "Entities",
        "History",
        "Storage",
        "Services",
        "Connections",
        "Access",
        "Set-up",
        "Overview",
      ]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { name, exact: true }).waitFor();
        await page.getByText("Simulated home.").waitFor();
      }
      await takePictures(panel.browser, context, demo.url, [
        "overview",
        "live",
        "entities",
        "services",
        "connections",
        "access",
        "setup",
      ]);
      assert.deepEqual(complaints, []);
      await context.close();
    } finally {
      await demo.stop();
    }
  });

  test("the panel works under a path prefix, its live stream included", async () => {
    const proxy = await startPrefixProxy({ target: panel.hub.url, prefix: "/api/ingress/a1b2c3" });
    try {
      const { page, complaints, context } = await panel.open({ url: proxy.url, cookies: false, quiet: /401/ });
      await page.getByLabel(/access token/).fill(panel.hub.token);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await page.getByRole("link", { name: "Live", exact: true }).click();
      await page.getByText("Following").waitFor();
      await panel.tell(SWITCH, `at ${proxy.url}`);
      await page.locator(".row").filter({ hasText: SWITCH }).first().waitFor();
      for (const name of ["History", "Storage", "Services", "Connections", "Access", "Set-up"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { name, exact: true }).waitFor();
        await untilDrawn(page);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    } finally {
      await proxy.close();
    }
  });
});

const rateAboveNothing = (page: Page) =>
  holds(page, `parseFloat(document.querySelector("[data-figure=rate]")?.textContent ?? "0") > 0`);
