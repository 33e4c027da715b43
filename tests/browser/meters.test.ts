import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertGoodPage, type Panel, skip, startPanel, takePicture, untilDrawn } from "../support/tools/panel.ts";

const ENERGY = { device_class: "energy", state_class: "total_increasing", unit_of_measurement: "kWh" };
const POWER = { device_class: "power", state_class: "measurement", unit_of_measurement: "W" };

describe("Meters of a home without an energy dashboard, in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel({ simulator: { home: { entities: 0 } } });
    await panel.signIn();
  });
  after(() => panel?.close());

  test("without any meter it says so; one that appears is chosen by hand, and its power is the house’s", async () => {
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/energy`, quiet: /400/ });
    await untilDrawn(page);
    const meters = page.getByRole("region", { name: "Meters in use" });
    await meters.getByText("The energy dashboard is not set up").waitFor();
    await meters.getByText("Home Assistant has no meter of energy or power that is recorded.").waitFor();
    assert.equal(
      await page.getByRole("region", { name: "Day by day" }).count(),
      0,
      "nothing that could only be refused",
    );
    await assertGoodPage(page, "without meters");
    await takePicture(page, "meters-none");

    await panel.tell("sensor.p1_import", "1234.5", { ...ENERGY, friendly_name: "P1 import" });
    await panel.tell("sensor.p1_power", "431", { ...POWER, friendly_name: "P1 power" });
    await meters.getByText("2 meters were found").waitFor();
    await meters.getByRole("button", { name: "Choose meters" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Energy from the grid/).selectOption({ label: "P1 import (1,234.5 kWh)" });
    await dialog.getByRole("button", { name: "Add to Power" }).click();
    await dialog.getByLabel(/^Power sensor/).selectOption({ label: "P1 power (431 W)" });
    await assertGoodPage(page, "choosing meters");
    await takePicture(page, "meters-chooser");
    await dialog.getByRole("button", { name: "Use these" }).click();
    await dialog.waitFor({ state: "detached" });
    await meters.getByText("These meters were chosen here.").waitFor();
    const now = page.getByRole("region", { name: "Now", exact: true });
    await now.locator(".figure", { hasText: "House" }).getByText("431").waitFor();
    await panel.tell("sensor.p1_power", "980", { ...POWER, friendly_name: "P1 power" });
    await now.locator(".figure", { hasText: "House" }).getByText("980").waitFor();
    assert.deepEqual(complaints, []);

    await meters.getByRole("button", { name: "Change the choice" }).click();
    await dialog.getByLabel("It counts the other way").check();
    await dialog.getByRole("button", { name: "Use these" }).click();
    await dialog.waitFor({ state: "detached" });
    await now.locator(".figure", { hasText: "Fed into the grid" }).getByText("980").waitFor();
    await meters.getByText("other way round").waitFor();
    await meters.getByRole("button", { name: "Drop the choice" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Drop the choice" }).click();
    await meters.getByText("The energy dashboard is not set up").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
