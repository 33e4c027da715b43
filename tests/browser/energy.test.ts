import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Locator } from "playwright-core";
import { type Gateway, openGateway } from "../support/outside/gateway.ts";
import { createMarket } from "../support/outside/market.ts";
import {
  assertGoodPage,
  DESKTOP,
  holds,
  type Panel,
  PHONE,
  SMALL,
  skip,
  startPanel,
  THEMES,
  takePicture,
  takePictures,
  untilDrawn,
} from "../support/tools/panel.ts";

const HOUR = 3_600_000;
const clock = (ms: number) =>
  new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const hours = (from: number, length = 1) => `${clock(from)} – ${clock(from + length * HOUR)}`;
/** As a browser's field of a date and time is filled. */
const fieldOf = (ms: number) => {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
/** As the page writes an amount, small ones with more digits. */
const euros = (amount: number) => {
  const [least, most] = Math.abs(amount) < 0.1 ? [3, 4] : [2, 2];
  return amount.toLocaleString("en-GB", {
    style: "currency",
    currency: "EUR",
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
};

describe("Energy in a browser", { skip }, () => {
  let gateway: Gateway;
  let panel: Panel;
  const market = createMarket();
  const { at } = market;
  before(async () => {
    gateway = await openGateway();
    market.tell(gateway);
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
  const find = (best: Locator) => best.getByRole("button", { name: "Find" }).click();
  const cost = (best: Locator, amount: number) =>
    best.locator(".figure", { hasText: "Cost" }).getByText(euros(amount), { exact: true }).waitFor();

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

  test("with a source of prices the cheapest time is found, by the deadline too, with what it costs and saves", async () => {
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
    await best.getByText("Prices are known until").waitFor();
    await best.getByLabel("Runs for (minutes)").fill("an hour");
    await best.getByText("This is not a number that can be used.").waitFor();
    assert.equal(await best.getByRole("button", { name: "Find" }).isDisabled(), true);
    await best.getByLabel("Runs for (minutes)").fill("60");
    await best.getByLabel("Takes (watts)").fill("2000");
    const hour = [{ minutes: 60, watts: 2000 }];

    await find(best);
    await best.getByText(hours(at.below)).waitFor();
    await cost(best, market.costOf(hour, at.below));
    assert.equal(await best.getByText("On now").count(), 0);
    await best.getByLabel("Done by").fill(fieldOf(at.below));
    await find(best);
    await best.getByText(hours(at.later)).waitFor();
    await cost(best, market.costOf(hour, at.later));
    await best.getByLabel("Done by").fill(fieldOf(at.later));
    await find(best);
    await best.getByText(hours(at.soon)).waitFor();
    await cost(best, market.costOf(hour, at.soon));

    await best.getByRole("radio", { name: "Cleanest" }).check();
    assert.deepEqual(complaints, []);
    await find(best);
    await best.getByText("No source says what power emits").waitFor();
    assert.equal(await best.getByText(hours(at.soon)).count(), 0, "what was found before is not the answer to this");
    await context.close();
  });

  test("a run that may pause takes the best hours apart, and one of stages is laid with its strong one into the best", async () => {
    const { page, complaints, context } = await open();
    const best = page.getByRole("region", { name: "Best time for a run" });
    await best.getByRole("radio", { name: "May pause" }).check();
    await best.getByLabel("Takes (watts)").fill("2000");
    await find(best);
    const times = best.getByRole("list", { name: "When it runs" }).getByRole("listitem");
    await times.nth(1).waitFor();
    assert.deepEqual(
      (await times.allTextContents()).map((text) => text.slice(text.indexOf(", ") + 2)),
      [hours(at.later), hours(at.below)],
    );
    const hour = [{ minutes: 60, watts: 2000 }];
    await cost(best, market.costOf(hour, at.later) + market.costOf(hour, at.below));

    await best.getByRole("radio", { name: "In stages" }).check();
    const stage = (n: number) => best.getByRole("group", { name: `Stage ${n}` });
    await stage(1).getByLabel("Minutes").fill("60");
    await best.getByRole("button", { name: "Add a stage" }).press("Enter");
    // Whoever goes by keyboard is led to what is new, and not lost where something goes.
    await holds(page, `document.activeElement === document.querySelector(".stages li:nth-child(2) input")`);
    await stage(2).getByLabel("Minutes").fill("60");
    await stage(2).getByLabel("Watts").fill("100");
    await find(best);
    await best.getByText(hours(at.below, 2)).waitFor();
    const [strong, weak] = [
      { minutes: 60, watts: 2000 },
      { minutes: 60, watts: 100 },
    ];
    await cost(best, market.costOf([strong, weak], at.below));
    await stage(1).getByLabel("Watts").fill("100");
    await stage(2).getByLabel("Watts").fill("2000");
    await find(best);
    await best.getByText(hours(at.below - HOUR, 2)).waitFor();
    await cost(best, market.costOf([weak, strong], at.below - HOUR));
    await assertGoodPage(page, "stages");
    await takePicture(page, "energy-stages");
    await best.getByRole("button", { name: "Remove stage 2" }).press("Enter");
    await stage(2).waitFor({ state: "detached" });
    assert.equal(await best.getByRole("button", { name: "Remove stage 1" }).isDisabled(), true);
    await holds(page, `document.activeElement?.textContent === "Add a stage"`);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("the prices of a day are drawn and read, quarter by quarter, below zero too; what nobody told is not made up", async () => {
    const { page, complaints, context } = await open();
    const prices = page.getByRole("region", { name: "Prices of the day" });
    const lookFor = async (time: string, price: RegExp): Promise<number> => {
      let found = 0;
      for (const day of ["Today", "Tomorrow"]) {
        await prices.getByRole("radio", { name: day }).check();
        await prices.getByRole("img", { name: "Prices by time, in EUR/kWh" }).waitFor();
        await prices.locator("[aria-busy=false]").waitFor();
        found += await prices.getByRole("row", { name: time }).filter({ hasText: price }).count();
      }
      return found;
    };
    await prices.getByRole("button", { name: "Show as a table" }).click();
    const quarter = `${clock(at.below)} – ${clock(at.below + HOUR / 4)}`;
    assert.equal(await lookFor(quarter, /-€0\.08.*cheap/), 1);
    assert.equal(await lookFor(clock(at.missing), /no price known/), 1);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("it fits, and axe-core finds nothing", async () => {
    for (const colorScheme of THEMES)
      for (const viewport of [SMALL, PHONE, DESKTOP]) {
        const looked = await open({ viewport, colorScheme });
        await looked.page.getByText("Less than at once").waitFor();
        await looked.page.getByRole("radio", { name: "In stages" }).check();
        await assertGoodPage(looked.page, "energy", { touch: viewport !== DESKTOP });
        await takePicture(looked.page, `energy-stages-${viewport.width}-${colorScheme}`);
        assert.deepEqual(looked.complaints, []);
        await looked.context.close();
      }
    const { context } = await open();
    await takePictures(panel.browser, context, panel.hub.url, ["energy"]);
    await context.close();
  });
});
