import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { holds, type Panel, skip, startPanel } from "../support/tools/panel.ts";

const PROBE = "sensor.panel_probe";
const SWITCH = "input_boolean.panel_switch";

describe("Entities in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
  });
  after(() => panel?.close());

  test("Entities finds an entity; its page draws its history and lists its readings", async () => {
    for (const state of ["10", "90", "30", "unavailable", "70"])
      await panel.tell(PROBE, state, { friendly_name: "Panel probe", unit_of_measurement: "W" });
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/entities` });
    await page.getByLabel("Search").fill("panel PROBE");
    await holds(page, `document.querySelectorAll("tbody tr").length === 1`);
    await page.getByRole("link", { name: "Panel probe" }).click();
    await page.getByRole("heading", { name: "Panel probe" }).waitFor();
    await page.locator(".latest", { hasText: "70 W" }).waitFor();
    await page.getByText("lowest 10, highest 90 W").waitFor();
    await holds(page, DRAWN);
    assert.equal(await page.locator(".rows tbody tr").count(), 5);
    await page.locator(".rows .missing", { hasText: "Unavailable" }).waitFor();

    await panel.tell(PROBE, "55.5", { friendly_name: "Panel probe", unit_of_measurement: "W" });
    await page.locator(".latest", { hasText: "55.5 W" }).waitFor();
    await page.locator(".rows tbody tr", { hasText: "55.5" }).waitFor();
    for (const range of ["1 h", "7 d"]) {
      await page.getByRole("radio", { name: range }).check();
      await holds(page, `!document.querySelector(".is-loading") && ${DRAWN}`);
    }

    await panel.tell(SWITCH, "on", { friendly_name: "Panel switch" });
    await page.goto(`${panel.hub.url}#/entities/${SWITCH}`);
    await page.getByRole("heading", { name: "Panel switch" }).waitFor();
    await page.getByRole("img", { name: /Timeline of Panel switch/ }).waitFor();
    assert.deepEqual(complaints, []);

    await page.goto(`${panel.hub.url}#/entities/sensor.never_seen`);
    await page.getByRole("alert").filter({ hasText: "sensor.never_seen" }).waitFor();
    await context.close();
  });

  test("an entity's page names its device", async () => {
    const { entities } = await panel.hub.json<{ entities: { entity_id: string; device_id: string | null }[] }>(
      "api/v1/entities",
    );
    const entity = entities.find(({ device_id }) => device_id !== null);
    assert.ok(entity);
    const device = await panel.hub.json<{ name: string }>(`api/v1/devices/${entity.device_id}`);
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/entities/${entity.entity_id}` });
    await page.locator(".pairs dd", { hasText: device.name }).first().waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });
});

/** True once the chart holds coloured pixels: its line; axes, grid and labels are nearly grey. */
const DRAWN = `(() => {
  const canvas = document.querySelector(".plot-box canvas");
  if (!canvas || canvas.width === 0) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let drawn = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, alpha] = data.subarray(i, i + 4);
    if (alpha > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 40) drawn++;
  }
  return drawn > 20;
})()`;
