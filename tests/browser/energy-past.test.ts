import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { LAMPS, REST_WATTS, STOVE_HOUR, TV_WATTS, UNKNOWN_HOUR } from "../support/home/energy-past.ts";
import {
  assertGoodPage,
  DESKTOP,
  type Panel,
  PHONE,
  SMALL,
  skip,
  startPanel,
  THEMES,
  takePicture,
  untilDrawn,
} from "../support/tools/panel.ts";

const two = (hour: number) => String(hour).padStart(2, "0");

describe("Energy with weeks behind it, in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
    await panel.recordEnergyPast(30);
    await panel.metersKnown();
  });
  after(() => panel?.close());

  const open = async (more: Partial<Parameters<Panel["open"]>[0]> = {}) => {
    const opened = await panel.open({ url: `${panel.hub.url}#/energy`, ...more });
    await untilDrawn(opened.page);
    return opened;
  };

  test("a usual day is drawn and read: its busiest hour, and an hour that no day knows", async () => {
    const { page, complaints, context } = await open();
    const usual = page.getByRole("region", { name: "A usual day" });
    await usual.getByText("From the last 28 days").waitFor();
    await usual.getByRole("img", { name: "A usual day by the hour: House" }).waitFor();
    await usual.getByText(`Most, ${STOVE_HOUR}:00 – ${STOVE_HOUR + 1}:00`).waitFor();
    await usual.locator(".legend").getByText("not known").waitFor();
    await usual.getByRole("button", { name: "Show as a table" }).click();
    const unknown = `${two(UNKNOWN_HOUR)}:00 – ${two(UNKNOWN_HOUR + 1)}:00`;
    await usual.getByRole("row", { name: unknown }).getByText("not known").waitFor();
    assert.equal(await usual.getByRole("row").filter({ hasText: "not known" }).count(), 1);
    await usual.getByLabel("Of what").selectOption({ label: "Solar" });
    await usual.getByRole("img", { name: "A usual day by the hour: Solar" }).waitFor();
    await usual.getByText(/^Most, 12:00/).waitFor();
    await usual.getByLabel("Days", { exact: true }).selectOption({ label: "Sundays" });
    await usual.getByText(/^Most, 12:00/).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("what is always on is told in watts, kWh and money a year, as the hub counts it, and by device", async () => {
    const { page, complaints, context } = await open();
    const told = await panel.hub.json<{
      house: { watts: number; kwh_per_year: number; cost_per_year: number };
    }>("api/v1/energy/always-on");
    const { watts, kwh_per_year, cost_per_year } = told.house;
    // The router and such, the television that waits, and the fridge with its pauses.
    assert.ok(watts > REST_WATTS + TV_WATTS && watts < REST_WATTS + TV_WATTS + 50, `${watts} W`);
    assert.ok(Math.abs(kwh_per_year - watts * 8.766) < watts * 0.02, `${watts} W are ${kwh_per_year} kWh a year`);
    const always = page.getByRole("region", { name: "Always on" });
    const figure = (label: string) => always.locator(".figure", { hasText: label }).locator("dd");
    await figure("Taken all the time")
      .getByText(`${Math.round(watts)} W`)
      .waitFor();
    const kwh = kwh_per_year.toLocaleString("en-GB", { maximumFractionDigits: 0 });
    assert.equal(await figure("In a year").textContent(), `${kwh} kWh`);
    assert.ok((await figure("Cost a year").textContent())?.startsWith(`€${Math.floor(cost_per_year)}`));
    await always
      .getByRole("row", { name: /^Tv corner/i })
      .getByText(`${TV_WATTS} W`)
      .waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("what switching a lamp does to the house is worked out from a week, with how sure that is", async () => {
    const { page, complaints, context } = await open();
    const effects = page.getByRole("region", { name: "What switching does" });
    await effects.getByRole("button", { name: "Work it out" }).click();
    for (const [entity, { watts }] of Object.entries(LAMPS)) {
      const { attributes } = await panel.hub.json<{ attributes: { friendly_name: string } }>(`api/v1/states/${entity}`);
      const row = effects.getByRole("row", { name: attributes.friendly_name });
      await row.waitFor();
      const seen = Number(/(\d+) W/.exec((await row.textContent()) ?? "")?.[1]);
      assert.ok(Math.abs(seen - watts) < watts * 0.15, `${entity}: ${seen} W instead of ${watts}`);
      await row.getByText(/^\d\d %$/).waitFor();
    }
    await assertGoodPage(page, "effects");
    await takePicture(page, "energy-past-effects");
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("it says which meters all this is of, and on whose word; others are chosen here, and dropped again", async () => {
    const { page, complaints, context } = await open({ quiet: /400/ });
    const meters = page.getByRole("region", { name: "Meters in use" });
    await meters.getByText("Home Assistant’s energy dashboard names these meters.").waitFor();
    await meters
      .getByRole("row", { name: /Energy from the grid/ })
      .getByRole("link")
      .waitFor();
    await meters.getByRole("button", { name: "Choose others here" }).click();
    const dialog = page.getByRole("dialog");
    const solar = dialog.getByRole("group", { name: /^Solar/ });
    assert.equal(await dialog.getByLabel("Use these instead of the energy dashboard").isChecked(), true);
    await assertGoodPage(page, "choosing meters");
    await solar.getByRole("button", { name: "Take out of Solar: 1" }).click();
    await dialog.getByRole("button", { name: "Use these" }).click();
    await dialog.waitFor({ state: "detached" });
    await meters.getByText("These meters were chosen here.").waitFor();
    await eventually(20, async () => assert.equal(await meters.getByText("Solar power").count(), 0));
    await meters.getByRole("button", { name: "Change the choice" }).click();
    await dialog.getByLabel("Use these instead of the energy dashboard").uncheck();
    await dialog.getByRole("button", { name: "Use these" }).click();
    await meters.getByText("Others were chosen here; as long as the dashboard is set up, they are not used.").waitFor();
    await meters.getByText("Solar power").waitFor();
    await meters.getByRole("button", { name: "Drop the choice" }).click();
    await dialog.getByRole("button", { name: "Drop the choice" }).click();
    await meters.getByRole("button", { name: "Choose others here" }).waitFor();
    await meters.getByText("Solar power").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("it fits, and axe-core finds nothing", async () => {
    for (const colorScheme of THEMES)
      for (const viewport of [SMALL, PHONE, DESKTOP]) {
        const { page, complaints, context } = await open({ viewport, colorScheme });
        await page.getByRole("region", { name: "A usual day" }).getByRole("button").click();
        await assertGoodPage(page, "energy", { touch: viewport !== DESKTOP });
        await page.getByRole("button", { name: "Choose others here" }).click();
        await assertGoodPage(page, "choosing meters", { touch: viewport !== DESKTOP });
        await takePicture(page, `energy-past-${viewport.width}-${colorScheme}`);
        assert.deepEqual(complaints, []);
        await context.close();
      }
  });
});
