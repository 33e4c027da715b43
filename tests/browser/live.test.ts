import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { holds, type Panel, skip, startPanel } from "../support/tools/panel.ts";

const SWITCH = "input_boolean.panel_switch";

describe("Live in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
  });
  after(() => panel?.close());

  test("a change made in the home appears on Live; a pause holds what comes, a filter narrows", async () => {
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/live` });
    const row = (text: string) => page.locator(".row").filter({ hasText: text });
    await page.getByText("Following").waitFor();
    await panel.tell(SWITCH, "on", { friendly_name: "Panel switch" });
    await row(SWITCH).first().waitFor();

    await page.getByLabel("Entity").fill("input_boolean.panel_*");
    await page.getByRole("radio", { name: "Changes" }).check();
    await holds(page, `[...document.querySelectorAll(".row")].every((row) => row.textContent.includes("${SWITCH}"))`);
    assert.equal(await page.locator(".row").count(), 1);

    await page.getByRole("button", { name: "Pause" }).click();
    await panel.tell(SWITCH, "off", { friendly_name: "Panel switch" });
    await page.locator("[data-waiting='1']").waitFor();
    assert.equal(await page.locator(".row").count(), 1);
    await page.getByRole("button", { name: "Resume" }).click();
    await holds(page, `document.querySelectorAll(".row").length === 2`);
    assert.match((await page.locator(".row").first().textContent()) ?? "", /on.*off/);

    await page.locator(".row-head").first().click();
    await page.getByText("Heard live from Home Assistant.").waitFor();
    await page.getByText("Paused while a row is open").waitFor();
    await page.locator(".row-head").first().click();
    await page.getByText("Following").waitFor();

    await page.getByLabel("Text").fill("no such text");
    await page.getByText("Nothing that passes the filter").waitFor();
    assert.match(page.url(), /text=no\+such\+text/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a hub that goes away is told, and the page goes on by itself when it is back", async () => {
    const { page, context } = await panel.open({ url: `${panel.hub.url}#/live` });
    await page.getByText("Following").waitFor();
    const port = Number(new URL(panel.hub.url).port);
    await panel.stopHub();
    await page.getByText("Reconnecting.").waitFor();
    await panel.startHub(port);
    await page.getByText("Following").waitFor();
    await page.getByText("Reconnecting.").waitFor({ state: "detached" });
    await page.getByText(/This page was not connected from/).waitFor();
    await context.close();
  });
});
