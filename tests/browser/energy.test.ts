import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Gateway, openGateway } from "../support/outside/gateway.ts";
import {
  assertGoodPage,
  DESKTOP,
  type Panel,
  PHONE,
  skip,
  startPanel,
  THEMES,
  takePictures,
  untilDrawn,
} from "../support/tools/panel.ts";

const HOUR = 3_600_000;
const clock = (ms: number) =>
  new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

describe("Energy in a browser", { skip }, () => {
  let gateway: Gateway;
  let panel: Panel;
  /** When the cheapest hour begins. */
  const cheap = Math.floor(Date.now() / HOUR) * HOUR + 5 * HOUR;
  before(async () => {
    gateway = await openGateway();
    const began = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR - 24 * HOUR;
    const data = Array.from({ length: 96 }, (_, hour) => {
      const start_timestamp = began + hour * HOUR;
      const marketprice = start_timestamp === cheap ? 10 : start_timestamp === cheap + HOUR ? 50 : 300;
      return { start_timestamp, end_timestamp: start_timestamp + HOUR, marketprice, unit: "Eur/MWh" };
    });
    gateway.answer("api.awattar.at", 200, { object: "list", data });
    panel = await startPanel({ env: { HA_INGESTOR_GATEWAY: gateway.url } });
    await panel.signIn();
    await panel.metersKnown();
  });
  after(async () => {
    await panel?.close();
    await gateway?.close();
  });

  const open = async (more: Partial<Parameters<Panel["open"]>[0]> = {}) => {
    const opened = await panel.open({ url: `${panel.hub.url}#/energy`, ...more });
    await untilDrawn(opened.page);
    return opened;
  };

  test("it tells what the house takes, by which price, and what is not known with how to mend it", async () => {
    const { page, complaints, context } = await open();
    const now = page.getByRole("region", { name: "Now", exact: true });
    await now.getByText("Price (energy dashboard)").waitFor();
    await now.getByText("0.31", { exact: false }).first().waitFor();
    await now
      .getByText(/\d (k?W)$/)
      .first()
      .waitFor();
    await now.getByText("Carbon not known:").waitFor();
    await now.getByText("Add one under Data sources.").waitFor();
    await page.getByRole("region", { name: "Day by day" }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("with a source of prices the cheapest hour of the coming ones is found, and what it saves; two with a pause or without", async () => {
    const added = await panel.hub.post("api/v1/sources", {
      id: "pricing",
      kind: "pricing",
      name: "Market",
      providers: [{ provider: "awattar", settings: { country: "at" } }],
    });
    assert.equal(added.status, 201, await added.text());
    const { page, complaints, context } = await open();
    await page.getByText("Price (pricing)").waitFor();
    const best = page.getByRole("region", { name: "Best time for a run" });
    await best.getByText(`${clock(cheap)} – ${clock(cheap + 2 * HOUR)}`).waitFor();
    await best.getByLabel("Runs for (minutes)").fill("an hour");
    await best.getByText("This is not a number that can be used.").waitFor();
    assert.equal(await best.getByRole("button", { name: "Find" }).isDisabled(), true);
    await best.getByLabel("Runs for (minutes)").fill("60");
    await best.getByLabel("Takes (watts)").fill("2000");
    await best.getByRole("button", { name: "Find" }).click();
    await best.getByText(`${clock(cheap)} – ${clock(cheap + HOUR)}`).waitFor();
    await best.getByText("€0.020").waitFor();
    await best.getByText("€0.58").waitFor();
    assert.equal(await best.getByText("On now").count(), 0);

    await best.getByRole("radio", { name: "Cleanest" }).check();
    assert.deepEqual(complaints, []);
    await best.getByRole("button", { name: "Find" }).click();
    await best.getByText("No source says what power emits").waitFor();

    const prices = page.getByRole("region", { name: "Prices of the day" });
    await prices.getByRole("img", { name: "Prices by time, in EUR/kWh" }).waitFor();
    await prices.getByRole("radio", { name: "Tomorrow" }).check();
    await prices.getByRole("button", { name: "Show as a table" }).click();
    await prices.getByRole("cell", { name: "€0.30" }).first().waitFor();
    await context.close();
  });

  test("it fits, and axe-core finds nothing", async () => {
    const { page, complaints, context } = await open();
    await page.getByRole("button", { name: "Work it out" }).click();
    await page.getByText("Working it out…").waitFor({ state: "detached" });
    await assertGoodPage(page, "effects");
    assert.deepEqual(complaints, []);
    for (const colorScheme of THEMES)
      for (const viewport of [PHONE, DESKTOP]) {
        const looked = await open({ viewport, colorScheme });
        await looked.page.getByText("Less than at once").waitFor();
        await assertGoodPage(looked.page, "energy", { touch: viewport === PHONE });
        assert.deepEqual(looked.complaints, []);
        await looked.context.close();
      }
    await takePictures(panel.browser, context, panel.hub.url, ["energy"]);
    await context.close();
  });
});
