import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ExclusionsShape } from "../../src/api/routes/setup/exclusions.ts";
import type { SetupShape } from "../../src/api/routes/setup/setup.ts";
import { assertGoodPage, type Panel, PHONE, skip, startPanel, untilDrawn } from "../support/tools/panel.ts";

const PROBE = "sensor.panel_probe";

describe("Set-up in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
    await panel.tell(PROBE, "10", { friendly_name: "Panel probe" });
  });
  after(() => panel?.close());

  test("Overview leads to it; it shows what was taken over, and finishing ends the reminder", async () => {
    const { page, complaints, context } = await panel.open({ url: panel.hub.url, viewport: PHONE });
    await page.getByRole("link", { name: "Go on" }).click();
    await page.getByRole("heading", { name: "Set-up" }).waitFor();
    await untilDrawn(page);
    const { home } = await panel.hub.json<SetupShape>("api/v1/setup");
    assert.ok(home?.currency);
    for (const told of [home.time_zone, home.currency, `${home.latitude}, ${home.longitude}`])
      await page.locator(".pairs dd", { hasText: told }).first().waitFor();
    await page.getByText("Home Assistant was found").waitFor();
    await page.getByRole("button", { name: "Look again" }).waitFor();
    await page.getByText("its history was asked for the state of every entity").waitFor();
    await assertGoodPage(page, "setup after a look", { touch: true });

    await page.getByRole("button", { name: "Finish setting up" }).click();
    await page.getByText("Setting up was finished").waitFor();
    await page.goto(`${panel.hub.url}#/overview`);
    await page.getByText("Everything works").first().waitFor();
    await untilDrawn(page);
    assert.equal(await page.getByText("Setting up is not finished.").count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a pattern is left out and recorded again; its entity's page says so in between", async () => {
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/setup`, quiet: /404/ });
    const field = page.getByLabel("Leave out");
    await field.fill("No pattern");
    await field.press("Enter");
    await page.getByRole("alert").getByText("is no entity_id and no pattern").waitFor();
    await field.fill("sensor.panel_*");
    await field.press("Enter");
    const row = page.locator(".listed-row").filter({ hasText: "sensor.panel_*" });
    await row.getByText("1 entity").waitFor();
    await panel.tell(PROBE, "20", { friendly_name: "Panel probe" });
    assert.deepEqual((await panel.hub.json<ExclusionsShape>("api/v1/exclusions")).entities, [PROBE]);

    await page.goto(`${panel.hub.url}#/entities/${PROBE}`);
    await page.getByText("excluded from recording").waitFor();
    await assertGoodPage(page, "an excluded entity");

    await page.goto(`${panel.hub.url}#/setup`);
    await row.getByRole("button", { name: "Record sensor.panel_* again" }).click();
    await row.waitFor({ state: "detached" });
    await page.goto(`${panel.hub.url}#/entities/${PROBE}`);
    await page.locator(".latest", { hasText: "20" }).waitFor();
    await page.getByText("1 gap in this range").click();
    await page.getByText("Somebody has chosen not to record it.").waitFor();
    assert.deepEqual(
      complaints.filter((one) => !/400/.test(one)),
      [],
    );
    await context.close();
  });
});
