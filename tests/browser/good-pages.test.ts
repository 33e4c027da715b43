import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  assertGoodPage,
  DESKTOP,
  type Panel,
  PHONE,
  skip,
  startPanel,
  THEMES,
  untilDrawn,
} from "../support/tools/panel.ts";

const PROBE = "sensor.panel_probe";
const PAGES = [
  "overview",
  "live",
  "entities",
  `entities/${PROBE}`,
  "history",
  "energy",
  "sports",
  "sources",
  "storage",
  "services",
  "connections",
  "access",
  "setup",
  "nowhere",
];

describe("every page in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
    for (const state of ["10", "unavailable", "70"])
      await panel.tell(PROBE, state, { friendly_name: "Panel probe", unit_of_measurement: "W" });
    await panel.metersKnown();
  });
  after(() => panel?.close());

  for (const colorScheme of THEMES)
    for (const viewport of [PHONE, DESKTOP])
      test(`fits ${viewport.width} px in ${colorScheme} colours, and axe-core finds nothing`, async () => {
        const { page, complaints, context } = await panel.open({ url: panel.hub.url, viewport, colorScheme });
        for (const path of PAGES) {
          await page.goto(`${panel.hub.url}#/${path}`);
          await untilDrawn(page);
          await assertGoodPage(page, path, { touch: viewport === PHONE });
        }
        assert.equal(await page.evaluate("document.documentElement.dataset.theme"), colorScheme);
        assert.deepEqual(complaints, []);
        await context.close();
      });

  test("the door fits, too, and axe-core finds nothing at it", async () => {
    for (const colorScheme of THEMES) {
      const more = { url: panel.hub.url, viewport: PHONE, colorScheme, cookies: false, quiet: /401/ };
      const { page, context } = await panel.open(more);
      await page.getByRole("heading", { name: "Open the panel" }).waitFor();
      await assertGoodPage(page, "sign-in", { touch: true });
      await context.close();
    }
  });

  test("on a phone the further pages are behind More, by touch and by keyboard", async () => {
    const { page, complaints, context } = await panel.open({ url: panel.hub.url, viewport: PHONE });
    await untilDrawn(page);
    const more = page.getByRole("button", { name: "More" });
    const services = page.getByRole("link", { name: "Services", exact: true });
    assert.equal(await services.isVisible(), false);
    await more.press("Enter");
    await services.waitFor();
    await assertGoodPage(page, "overview with More open", { touch: true });
    await page.keyboard.press("Escape");
    await services.waitFor({ state: "hidden" });
    assert.equal(await page.evaluate("document.activeElement?.textContent"), "More");
    await more.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Energy", exact: true }).waitFor();
    await services.waitFor({ state: "hidden" });
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("the colours follow the device until somebody chooses others", async () => {
    const { page, context } = await panel.open({ url: panel.hub.url, colorScheme: "dark" });
    await untilDrawn(page);
    await page.getByRole("button", { name: /^Colours: system/ }).click();
    assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "light");
    await context.close();
  });
});
