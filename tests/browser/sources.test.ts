import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Gateway, openGateway } from "../support/outside/gateway.ts";
import {
  assertGoodPage,
  DESKTOP,
  type Panel,
  SMALL,
  skip,
  startPanel,
  THEMES,
  takePicture,
  takePictures,
  untilDrawn,
} from "../support/tools/panel.ts";

const HOST = "api.open-meteo.com";

describe("Data sources in a browser", { skip }, () => {
  let gateway: Gateway;
  let panel: Panel;
  before(async () => {
    gateway = await openGateway();
    panel = await startPanel({ env: { HA_INGESTOR_GATEWAY: gateway.url } });
    await panel.signIn();
  });
  after(async () => {
    await panel?.close();
    await gateway?.close();
  });

  const measured = (celsius: number, ageSeconds: number) => {
    const time = Math.floor(Date.now() / 1000) - ageSeconds;
    const current = { time, interval: 900, temperature_2m: celsius };
    gateway.answer(HOST, 200, { utc_offset_seconds: 0, current_units: { temperature_2m: "°C" }, current });
  };
  const open = async (more: Partial<Parameters<Panel["open"]>[0]> = {}) => {
    const opened = await panel.open({ url: `${panel.hub.url}#/sources`, ...more });
    await untilDrawn(opened.page);
    return opened;
  };

  test("a source is tried and added by its form; its value and its age are seen, and change when it is refreshed", async () => {
    const { page, complaints, context } = await open();
    await page.getByText("No sources yet").waitFor();
    assert.deepEqual(gateway.asked, [], "nobody is asked before somebody says yes");

    measured(7.5, 60);
    await page.getByRole("button", { name: "Add a source" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What about").selectOption({ label: "Weather" });
    await dialog.getByLabel("Provider").selectOption({ label: "Open-Meteo" });
    await dialog.getByRole("button", { name: "Choose" }).click();
    await dialog.getByLabel(/^Latitude/).fill("north");
    await dialog.getByText("This is not a number that can be used.").waitFor();
    await dialog.getByLabel(/^Latitude/).fill("52,5");
    await dialog.getByLabel(/^Longitude/).fill("13.4");
    await dialog.getByRole("button", { name: "Test", exact: true }).click();
    await dialog.getByText(/Open-Meteo:/).waitFor();
    await dialog.getByText(/it answered with 1 value/).waitFor();
    const { sources } = await panel.hub.json<{ sources: unknown[] }>("api/v1/sources");
    assert.deepEqual(sources, [], "a test keeps nothing");
    await dialog.getByRole("button", { name: "Add source" }).click();

    const card = page.getByRole("region", { name: "Weather", exact: true });
    await card.getByText("Works").first().waitFor();
    await card.getByText("In use", { exact: true }).waitFor();
    await card.getByText("7.5").waitFor();
    await card.getByText(/(ago|just now)$/).waitFor();
    assert.match(gateway.asked[0] ?? "", /latitude=52\.5.*longitude=13\.4/);
    assert.deepEqual(complaints, []);

    measured(8.25, 5);
    await card.getByText(/^\d+ s ago$/).waitFor();
    await card.getByRole("button", { name: "Refresh Weather" }).click();
    await card.getByText("8.25").waitFor();
    await card.getByText(/just now|^[1-3] s ago$/).waitFor();

    measured(9.5, 1);
    const refreshed = await panel.hub.post("api/v1/sources/weather/refresh", {});
    assert.equal(refreshed.status, 200, await refreshed.text());
    await card.getByText("9.5").waitFor({ timeout: 5_000 });

    gateway.answer(HOST, 503, "down for maintenance");
    await card.getByRole("button", { name: "Refresh Weather" }).click();
    await card.getByText(/503/).first().waitFor();
    await card.getByText("9.5").waitFor();
    await card.getByRole("button", { name: "Last answers of Weather" }).click();
    await dialog.getByText("503").first().click();
    await dialog.getByText("down for maintenance").waitFor();
    await assertGoodPage(page, "last answers");
    await dialog.getByRole("button", { name: "Close" }).click();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("providers are put in order, wrong settings are told with their path, and it is disabled and removed after a question", async () => {
    const { page, complaints, context } = await open({ quiet: /400/ });
    const card = page.getByRole("region", { name: "Weather", exact: true });
    await card.getByRole("button", { name: "Change Weather" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Another provider").selectOption({ label: "OpenWeatherMap" });
    await dialog.getByRole("button", { name: "Choose" }).click();
    await dialog.getByRole("button", { name: "OpenWeatherMap: further up" }).click();
    await dialog.getByRole("group", { name: "1. OpenWeatherMap" }).waitFor();
    await dialog
      .getByLabel(/^Latitude/)
      .first()
      .fill("200");
    await dialog
      .getByLabel(/^API key/)
      .first()
      .fill("a secret");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText(/providers\[0\]\.settings\.latitude/).waitFor();
    await assertGoodPage(page, "the form");
    await dialog
      .getByLabel(/^Latitude/)
      .first()
      .fill("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    const source = await panel.hub.json<{ providers: { provider: string; settings: Record<string, unknown> }[] }>(
      "api/v1/sources/weather",
    );
    assert.deepEqual(
      source.providers.map(({ provider }) => provider),
      ["openweathermap", "open_meteo"],
    );
    assert.equal(source.providers[0]?.settings.api_key, "***");
    assert.equal(source.providers[1]?.settings.latitude, 52.5);

    await card.getByRole("button", { name: "Disable Weather" }).click();
    await card.getByRole("button", { name: "Enable Weather" }).waitFor();
    await card.getByRole("button", { name: "Remove Weather" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("No sources yet").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("what needs no key is added with one button; whoever may only read sees it, and nothing to press", async () => {
    measured(4, 30);
    const { page, complaints, context } = await open();
    await page.getByRole("region", { name: "Ready to use" }).getByRole("button", { name: "Add Weather" }).click();
    const card = page.getByRole("region", { name: "Weather", exact: true });
    await card.getByText("In use", { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
    for (const colorScheme of THEMES)
      for (const viewport of [SMALL, DESKTOP]) {
        const looked = await open({ viewport, colorScheme });
        await assertGoodPage(looked.page, "sources", { touch: viewport === SMALL });
        await looked.page.getByRole("button", { name: "Change Weather" }).click();
        await assertGoodPage(looked.page, "the form", { touch: viewport === SMALL });
        await looked.context.close();
      }
    await takePictures(panel.browser, context, panel.hub.url, ["sources"]);
    await context.close();

    const made = await panel.hub.post("api/v1/tokens", { name: "a reader", scope: "read" });
    const { token } = (await made.json()) as { token: string };
    const reader = await panel.open({ url: panel.hub.url, cookies: false, quiet: /401/ });
    await reader.page.getByLabel(/access token/).fill(token);
    await reader.page.getByRole("button", { name: "Sign in" }).click();
    await reader.page.getByRole("link", { name: "Data sources", exact: true }).click();
    await reader.page.getByText("Adding and changing sources is for administrators.").waitFor();
    await reader.page.getByRole("region", { name: "Weather", exact: true }).waitFor();
    assert.equal(await reader.page.getByRole("button", { name: /^(Add|Change|Remove|Refresh|Disable)/ }).count(), 0);
    assert.deepEqual(reader.complaints, []);
    await reader.context.close();
  });

  test("a file of a meter is looked at before it is read: what its columns mean is confirmed, what is left out is told", async () => {
    const added = await panel.hub.post("api/v1/sources", {
      id: "meter",
      kind: "smart_meter",
      name: "Electricity meter",
      providers: [{ provider: "meter_csv", settings: {} }],
    });
    assert.equal(added.status, 201, await added.text());
    const quarter = (n: number) =>
      `01.10.2026 ${String(Math.floor(n / 4)).padStart(2, "0")}:${String((n % 4) * 15).padStart(2, "0")}`;
    const lines = Array.from({ length: 96 }, (_, n) => `${quarter(n)};${n === 40 ? "" : "0,25"}`);
    const text = `Zeitpunkt;Verbrauch [kWh]\n${lines.join("\n")}\n`;
    const file = (name: string, content: string | Buffer) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(content),
    });
    const { page, complaints, context } = await open({ quiet: /422/ });
    const card = page.getByRole("region", { name: "Electricity meter", exact: true });
    await card.getByText("Waits for: a table of your grid operator").waitFor();
    assert.equal(
      await card.getByRole("button", { name: "Refresh Electricity meter" }).count(),
      0,
      "there is nobody to ask",
    );
    await card.getByRole("button", { name: "Import a file into Electricity meter" }).click();
    const dialog = page.getByRole("dialog");
    const input = dialog.getByLabel("File", { exact: true });
    await input.setInputFiles(file("photo.csv", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])));
    await dialog.getByRole("alert").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Import" }).isDisabled(), true);

    await input.setInputFiles(file("october.csv", text));
    await dialog.getByRole("heading", { name: "What the columns mean" }).waitFor();
    await dialog
      .getByRole("region", { name: "First lines of the file" })
      .getByRole("cell", { name: "01.10.2026 00:15" })
      .waitFor();
    for (const viewport of [SMALL, DESKTOP]) {
      await page.setViewportSize(viewport);
      await assertGoodPage(page, "what the columns mean", { touch: viewport === SMALL });
      await takePicture(page, `file-columns-${viewport.width}`);
    }
    const before = await panel.hub.json<{ providers: { settings: object }[] }>("api/v1/sources/meter");
    assert.deepEqual(before.providers[0]?.settings, {}, "nothing is set before somebody says so");
    await dialog.getByRole("button", { name: "Confirm and look again" }).click();
    await dialog.getByRole("heading", { name: "Left out" }).waitFor();
    await assertGoodPage(page, "what would come");
    await takePicture(page, "file-preview");
    await dialog.getByRole("button", { name: "Import 95 values" }).click();
    await dialog.getByText("95 values were imported").waitFor();
    await assertGoodPage(page, "what came");
    await takePicture(page, "file-done");
    await dialog.getByRole("button", { name: "Close" }).click();
    await card.getByText("0.25").waitFor();
    const history = await panel.hub.json<{ series: { points: [time: string, state: string][] }[] }>(
      "api/v1/history/outside.meter_import_interval?from=2026-09-30T00:00:00Z&to=2026-10-03T00:00:00Z",
    );
    const states = history.series.flatMap(({ points }) => points.map(([, state]) => state));
    assert.deepEqual([states.length, ...new Set(states)], [95, "0.25"]);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
