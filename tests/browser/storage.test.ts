import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
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

const SUN = "sensor.solar_inverter_power";

describe("Storage in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
    await panel.recordPast(40);
  });
  after(() => panel?.close());

  const open = async (more: Partial<Parameters<Panel["open"]>[0]> = {}) => {
    const opened = await panel.open({ url: `${panel.hub.url}#/storage`, ...more });
    await untilDrawn(opened.page);
    return opened;
  };

  test("it tells the size by month and kind, and who fills the disk, by what they share", async () => {
    const { page, complaints, context } = await open();
    await page.getByText("Size of the store").waitFor();
    await page.getByRole("button", { name: "Show as a table" }).click();
    await page.getByRole("columnheader", { name: "Readings", exact: true }).first().waitFor();
    const writers = page.getByRole("table", { name: "What takes most room, the largest first" });
    await writers.getByRole("link", { name: "Solar inverter Power" }).waitFor();
    assert.match((await writers.locator("tbody tr").first().textContent()) ?? "", /Solar inverter Power.*%/);
    await page.getByLabel("Grouped by").selectOption("domain");
    await writers.getByText("Sensor", { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("an entity is kept for less long after a preview that counts what goes, and the rule is taken out again", async () => {
    const { page, complaints, context } = await open();
    await page.getByRole("button", { name: "Record or keep less of Solar inverter Power" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: "Keep for" }).check();
    await dialog.getByLabel("Days").fill("ten");
    await dialog.getByText("This is not a number that can be used.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Preview what goes" }).isDisabled(), true);
    await dialog.getByLabel("Days").fill("20");
    await dialog.getByRole("button", { name: "Preview what goes" }).click();
    const told = dialog.getByText(/[\d,]+ readings, 0 events and [\d,]+ summaries would go/);
    await told.waitFor();
    const count = Number(((await told.textContent()) ?? "").split(" ")[0]?.replaceAll(",", ""));
    assert.ok(count > 25_000 && count < 31_000, `${count} of one a minute for 20 days`);
    await dialog.getByRole("button", { name: "Save these rules" }).click();
    const kept = page.getByRole("region", { name: "What is kept for how long" });
    await kept.getByText(`${SUN} · Readings · 20 days`).waitFor();
    await kept.getByRole("button", { name: `Take out the exception for ${SUN} · Readings` }).click();
    assert.equal(await kept.getByRole("button", { name: "Save these rules" }).isDisabled(), true);
    await kept.getByRole("button", { name: "Preview what goes" }).click();
    await kept.getByText("Nothing would go.").waitFor();
    await kept.getByRole("button", { name: "Save these rules" }).click();
    await kept.getByText("None: the same holds for every entity.").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("an entity is thinned with one dialog, and recorded whole again; another is not recorded any more", async () => {
    const { page, complaints, context } = await open();
    await page.getByRole("button", { name: "Record or keep less of Solar inverter Power" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("At most one reading in so many seconds").fill("300");
    await dialog.getByRole("button", { name: "Thin from now on" }).click();
    const thinned = page.getByRole("region", { name: "Thinned recording" });
    await thinned.getByText("at most every 300 s").waitFor();
    await thinned.getByRole("button", { name: `Record everything of ${SUN} again` }).click();
    await thinned.getByText("Nothing is thinned").waitFor();
    await page.getByRole("button", { name: "Record or keep less of Outside climate sensor Temperature" }).click();
    await dialog.getByRole("radio", { name: "Stop" }).check();
    await dialog.getByRole("button", { name: "Stop recording it" }).click();
    await dialog.waitFor({ state: "detached" });
    const { entities } = await panel.hub.json<{ entities: string[] }>("api/v1/exclusions");
    assert.deepEqual(entities, ["sensor.outside_climate_sensor_temperature"]);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a backup is made, verified and deleted, and one is made every night from then on; every file is checked", async () => {
    const { page, complaints, context } = await open();
    const backups = page.getByRole("region", { name: "Backups" });
    await backups.getByText("No backups yet").waitFor();
    await backups.getByRole("button", { name: "Back up now" }).click();
    await backups.getByText("Not verified yet.").waitFor();
    await backups.getByRole("button", { name: /^Verify the backup/ }).click();
    await backups.getByText("every byte is as it was written").waitFor();
    await backups.getByLabel("Back up every day").check();
    await backups.getByRole("button", { name: "Save schedule" }).click();
    await backups.getByText(/^Next:/).waitFor();
    await backups.getByRole("button", { name: /^Delete the backup/ }).click();
    await page.getByRole("button", { name: "Delete backup" }).click();
    await backups.getByText("No backups yet").waitFor();
    const whole = page.getByRole("region", { name: "Is it whole?" });
    await whole.getByRole("button", { name: "Check every file" }).click();
    await whole.getByText(/^Checked .*every byte as it was written/).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("whoever may only read sees what there is, and why nothing can be changed", async () => {
    const answer = await panel.hub.post("api/v1/tokens", { name: "reader", scope: "read" });
    const { token } = (await answer.json()) as { token: string };
    const { page, context } = await panel.open({ url: panel.hub.url, cookies: false, quiet: /401/ });
    await page.getByLabel(/access token/).fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.goto(`${panel.hub.url}#/storage`);
    await untilDrawn(page);
    await page.getByText("Rules, backups and checks are for administrators.").waitFor();
    assert.equal(await page.getByRole("button", { name: /Record or keep less|Back up now|Check every/ }).count(), 0);
    await context.close();
  });

  for (const colorScheme of THEMES)
    for (const viewport of [PHONE, DESKTOP])
      test(`everything open fits ${viewport.width} px in ${colorScheme} colours, and axe-core finds nothing`, async () => {
        const { page, complaints, context } = await open({ viewport, colorScheme });
        const touch = { touch: viewport === PHONE };
        await page.getByRole("button", { name: "Show as a table" }).click();
        await page.getByRole("button", { name: "Add an exception" }).click();
        await page.getByRole("button", { name: "Preview what goes" }).click();
        await page.getByRole("region", { name: "Preview" }).waitFor();
        await assertGoodPage(page, "storage", touch);
        await page.getByRole("button", { name: "Record or keep less of Solar inverter Power" }).click();
        await holds(page, `document.querySelector("dialog[open]") !== null`);
        await assertGoodPage(page, "storage with its dialog", touch);
        assert.deepEqual(complaints, []);
        await context.close();
      });

  test("a file that is not the store's is named with its size, and what to do about it", async () => {
    await panel.stopHub();
    writeFileSync(join(panel.hub.dataDir, "home/store/tail/notes.txt"), "hello");
    await panel.startHub(Number(new URL(panel.hub.url).port));
    const { page, complaints, context } = await open();
    const card = page.getByRole("region", { name: "Files set aside" });
    await card.getByText("tail/notes.txt.quarantine").waitFor();
    assert.match((await card.getByRole("listitem").textContent()) ?? "", /5 B · not the hub's/);
    await assertGoodPage(page, "storage with a file set aside");
    if (process.env.SCREENSHOTS) await takePictures(panel.browser, context, panel.hub.url, ["storage"]);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("pictures for looking at", { skip: !process.env.SCREENSHOTS }, async () => {
    const { context } = await open();
    await takePictures(panel.browser, context, panel.hub.url, ["storage"]);
    await context.close();
  });
});
