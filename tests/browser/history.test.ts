import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { startPrefixProxy } from "../support/hub/prefix-proxy.ts";
import {
  assertGoodPage,
  DESKTOP,
  holds,
  type Panel,
  PHONE,
  skip,
  startPanel,
  THEMES,
  takePictures,
  untilDrawn,
} from "../support/tools/panel.ts";

const ROOM = "sensor.living_room_climate_sensor_temperature";
const OUTSIDE = "sensor.outside_climate_sensor_temperature";
const SUN = "sensor.solar_inverter_power";
const MOTION = "binary_sensor.hallway_motion_sensor_motion";
const ALL = `e=${ROOM},${OUTSIDE},${SUN},${MOTION}`;

describe("History in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
    await panel.recordPast(60);
  });
  after(() => panel?.close());

  // What is no longer wanted is given up.
  const quiet = /ERR_ABORTED/;
  const at = (query: string) => `${panel.hub.url}#/history?${query}`;
  const slider = (page: Page) => page.getByRole("slider", { name: "Moment in the chart" });

  test("entities are chosen by searching; the address holds them, and Back takes the last one out", async () => {
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/history`, quiet });
    await page.getByText("Choose what to look at").waitFor();
    await page.getByLabel("Search").fill("living room temperature");
    await page.getByRole("checkbox", { name: /Living room.*Temperature/ }).check();
    await page.getByLabel("Search").fill("hallway motion sensor motion");
    await page.getByRole("checkbox", { name: /Hallway motion sensor Motion/ }).check();
    await page.getByRole("button", { name: "Done choosing" }).click();
    await drawn(page);
    assert.equal(new URL(page.url()).hash, `#/history?${new URLSearchParams({ e: `${ROOM},${MOTION}` })}`);
    await page.goBack();
    await holds(page, `document.querySelectorAll(".chip").length === 1`);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("dragging zooms to finer readings, Back returns, and steps go through time", async () => {
    const { page, complaints, context } = await panel.open({ url: at(`${ALL}&window=week`), quiet });
    await drawn(page);
    const before = page.url();
    const box = await slider(page).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width * 0.2, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 80, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    await drawn(page);
    const { searchParams } = new URL(page.url().replace("#/", ""));
    const hours = (Date.parse(searchParams.get("to") ?? "") - Date.parse(searchParams.get("from") ?? "")) / 3.6e6;
    assert.ok(hours > 14 && hours < 20, `${hours} h`);
    await page
      .getByText(/readings, all drawn/)
      .first()
      .waitFor();
    await page.goBack();
    await page.waitForURL(before);
    await page.getByRole("button", { name: "One window back" }).click();
    await page.waitForURL(/window=week&to=/);
    await drawn(page);
    await page.getByRole("button", { name: "Now" }).click();
    await page.waitForURL(/window=week$/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a moment says every series exactly, by pointer and by keyboard, and why nothing was recorded", async () => {
    const { page, complaints, context } = await panel.open({ url: at(`${ALL}&window=week`), quiet });
    await drawn(page);
    const box = await slider(page).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width * 0.95, box.y + 60);
    await page.locator(".stage-tip", { hasText: /Living room climate sensor Temperature.*°C/ }).waitFor();
    await page.mouse.move(0, 0);
    await slider(page).focus();
    await page.keyboard.press("End");
    await page.keyboard.press("PageDown");
    await page.keyboard.press("ArrowLeft");
    const said = () => slider(page).getAttribute("aria-valuetext");
    assert.match((await said()) ?? "", /Temperature: [\d.]+.°C; .*Power: [\d.,]+.*W.*Motion: (on|off)/);
    // The hole of everything lies 2.4 to 2.2 days back.
    const share = 1 - 2.3 / 7;
    await page.mouse.move(box.x + box.width * share, box.y + 60);
    await page.locator(".stage-tip", { hasText: "Not recorded: The hub was not running." }).first().waitFor();
    await page.mouse.move(0, 0);
    const holes = page.getByRole("region", { name: "Missing in this window" });
    await holes.getByText("All entities").waitFor();
    await holes.getByText("The connection to Home Assistant was lost.").waitFor();

    await slider(page).focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.keyboard.press("PageUp");
    await page.keyboard.press("Enter");
    await page.waitForURL(/from=.*to=/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("an earlier time is laid over, the table says the same, and notes are added and deleted", async () => {
    const { page, complaints, context } = await panel.open({ url: at(ALL), quiet });
    await drawn(page);
    await page.getByLabel("Compare with").selectOption("week");
    await page
      .getByText(/The week before: lowest/)
      .first()
      .waitFor();
    await page.getByRole("radio", { name: "Table" }).check();
    await page.getByRole("columnheader", { name: /Living room climate sensor Temperature/ }).waitFor();
    assert.ok((await page.locator(".explorer-table tbody tr").count()) > 50);
    await page.getByRole("button", { name: "Add a note" }).click();
    await page.getByLabel("What happened").fill("The boiler was serviced");
    await page.getByRole("button", { name: "Save note" }).click();
    await page.getByText("The boiler was serviced").waitFor();
    await page.getByRole("button", { name: "Delete the note: The boiler was serviced" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("No notes in this window").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("what is shown is saved as a file, or it is said why not", async () => {
    const { page, context } = await panel.open({ url: at(`e=${MOTION}`), quiet: /404|ERR_ABORTED/ });
    await drawn(page);
    await page.getByText("Export", { exact: true }).click();
    const there = (
      await panel.hub.get(`api/v1/export?entity=${MOTION}&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`)
    ).ok;
    const download = there ? page.waitForEvent("download") : null;
    await page.getByRole("button", { name: "CSV, for spreadsheets" }).click();
    if (download) {
      const file = await download;
      assert.match(file.suggestedFilename(), /\.csv$/);
      const text = readFileSync(await file.path(), "utf8");
      assert.match(text, /entity_id/);
      assert.ok(text.split("\r\n").filter((line) => line.includes(MOTION)).length > 10);
    } else await page.getByRole("alert").waitFor();
    await context.close();
  });

  test("what cannot be loaded is named, and the rest is drawn; a hub that is away is said", async () => {
    const { page, context } = await panel.open({ url: at(`e=${ROOM},sensor.never_seen`), quiet: /404/ });
    await page.getByText("These could not be loaded: sensor.never_seen. The others are shown.").waitFor();
    await drawn(page);
    await context.close();
  });

  test("it works under a path prefix", async () => {
    const proxy = await startPrefixProxy({ target: panel.hub.url, prefix: "/api/ingress/a1b2c3" });
    try {
      const { page, complaints, context } = await panel.open({
        url: proxy.url,
        cookies: false,
        quiet: /401|ERR_ABORTED/,
      });
      await page.getByLabel(/access token/).fill(panel.hub.token);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await page.goto(`${proxy.url}#/history?${ALL}`);
      await drawn(page);
      assert.deepEqual(complaints, []);
      await context.close();
    } finally {
      await proxy.close();
    }
  });

  for (const colorScheme of THEMES)
    for (const viewport of [PHONE, DESKTOP])
      test(`chart, table and chooser fit ${viewport.width} px in ${colorScheme} colours, and axe-core finds nothing`, async () => {
        const { page, context } = await panel.open({ url: panel.hub.url, viewport, colorScheme });
        for (const query of ["", `${ALL}&compare=day`, `${ALL}&show=table`]) {
          await page.goto(at(query));
          if (query) await page.waitForLoadState();
          await untilDrawn(page);
          await holds(page, `!document.querySelector("[aria-busy=true]")`);
          await assertGoodPage(page, `history?${query}`, { touch: viewport === PHONE });
        }
        await page.getByRole("radio", { name: "Own" }).check();
        await page.getByText("Export", { exact: true }).click();
        await page.getByRole("button", { name: "Add a note" }).click();
        await assertGoodPage(page, "history with everything open", { touch: viewport === PHONE });
        await context.close();
      });

  test("pictures for looking at", { skip: !process.env.SCREENSHOTS }, async () => {
    const { page, context } = await panel.open({ url: panel.hub.url });
    await untilDrawn(page);
    for (const path of [`history?compare=day&${ALL}`, `history?window=week&${ALL}`, `history?window=month&${ALL}`])
      await takePictures(panel.browser, context, panel.hub.url, [path]);
    await context.close();
  });
});

/** True once everything is loaded and the canvas holds coloured pixels: lines and bands; axes are nearly grey. */
async function drawn(page: Page): Promise<void> {
  await slid(page);
  await holds(page, `!document.querySelector("[aria-busy=true]")`);
  await holds(page, COLOURED);
}
const slid = (page: Page) => page.getByRole("slider", { name: "Moment in the chart" }).waitFor();

const COLOURED = `[...document.querySelectorAll(".stage canvas")].some((canvas) => {
  if (canvas.width === 0) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, alpha] = data.subarray(i, i + 4);
    if (alpha > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 40) coloured++;
  }
  return coloured > 100;
})`;
