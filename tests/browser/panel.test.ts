import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildUi } from "../../scripts/build-ui.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub.ts";
import { startPrefixProxy } from "../support/prefix-proxy.ts";

const executable = findChromium();
if (!executable && process.env.REQUIRE_SUITES === "1")
  throw new Error("No Chromium was found; install it, or name one in CHROMIUM");
const skip = executable ? false : "no Chromium was found; name one in CHROMIUM";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };
const PROBE = "sensor.panel_probe";
const SWITCH = "input_boolean.panel_switch";

describe("the panel in a browser", { skip }, () => {
  let browser: Browser;
  let home: Simulator;
  let hub: Hub;
  let dataDir: string;
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;

  const tell = (entity: string, state: string, attributes: object = {}) =>
    fetch(`${home.url}/api/states/${entity}`, {
      method: "POST",
      headers: { authorization: `Bearer ${home.token}` },
      body: JSON.stringify({ state, attributes }),
    }).then((answer) => assert.ok(answer.ok, `${entity}: ${answer.status}`));

  before(async () => {
    await buildUi({ outdir: join(import.meta.dirname, "../../dist/ui") });
    home = await startSimulator({ seed: "panel" });
    dataDir = mkdtempSync(join(tmpdir(), "panel-"));
    hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir });
    browser = await launchChromium(executable as string);
  });
  after(async () => {
    await browser?.close();
    await hub?.stop();
    await home?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("the setup link signs in, and the code leaves the address and the history", async () => {
    const { page, complaints, context } = await open({ url: hub.setupUrl, cookies: false });
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    assert.equal(page.url(), hub.url);
    assert.ok(!(await page.evaluate<string>("JSON.stringify(Object.entries(sessionStorage))")).includes("setup"));
    signedIn = await context.storageState();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a code that was used is refused with an explanation and a way on", async () => {
    const { page, context } = await open({ url: hub.setupUrl, cookies: false });
    await page.getByRole("alert").waitFor();
    assert.match((await page.getByRole("alert").textContent()) ?? "", /code/i);
    await page.getByText("#setup=…").waitFor();
    assert.ok(!page.url().includes("setup"));

    await page.getByLabel(/access token/).fill("hi_not-a-token-of-this-hub");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("does not know this token").waitFor();
    await page.getByLabel(/access token/).fill(hub.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Following").or(page.getByText("Everything works").first()).first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Open the panel" }).waitFor();
    assert.equal(await page.evaluate<number>("sessionStorage.length"), 0);
    await context.close();
  });

  test("Overview tells that it works, the home, its rate and its parts", async () => {
    const { page, complaints, context } = await open({ url: hub.url });
    await page.getByText("Everything works: every change is being recorded").waitFor();
    await page.getByText(/Home Assistant \d{4}\.\d+/).waitFor();
    await rateAboveNothing(page);
    assert.ok((await page.getByRole("list").filter({ hasText: "Home Assistant" }).count()) > 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("the simulated home is marked as such on every page", async () => {
    const demo = await startHub({ env: { HA_INGESTOR_SIMULATOR_SPEED: "20" } });
    try {
      const { page, complaints, context } = await open({ url: demo.setupUrl, cookies: false });
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await rateAboveNothing(page);
      for (const name of ["Live", "Entities", "Overview"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { name, exact: true }).waitFor();
        await page.getByText("Simulated home.").waitFor();
      }
      await takePictures(context, demo.url);
      assert.deepEqual(complaints, []);
      await context.close();
    } finally {
      await demo.stop();
    }
  });

  test("a change made in the home appears on Live; a pause holds what comes, a filter narrows", async () => {
    const { page, complaints, context } = await open({ url: `${hub.url}#/live` });
    const row = (text: string) => page.locator(".row").filter({ hasText: text });
    await page.getByText("Following").waitFor();
    await tell(SWITCH, "on", { friendly_name: "Panel switch" });
    await row(SWITCH).first().waitFor();

    await page.getByLabel("Entity").fill("input_boolean.panel_*");
    await page.getByRole("radio", { name: "Changes" }).check();
    await holds(page, `[...document.querySelectorAll(".row")].every((row) => row.textContent.includes("${SWITCH}"))`);
    assert.equal(await page.locator(".row").count(), 1);

    await page.getByRole("button", { name: "Pause" }).click();
    await tell(SWITCH, "off", { friendly_name: "Panel switch" });
    await page.locator("[data-waiting='1']").waitFor();
    assert.equal(await page.locator(".row").count(), 1);
    await page.getByRole("button", { name: "Resume" }).click();
    await holds(page, `document.querySelectorAll(".row").length === 2`);
    assert.match((await page.locator(".row").first().textContent()) ?? "", /on.*off/);

    await page.locator(".row-head").first().click();
    await page.getByText("Heard live from Home Assistant.").waitFor();
    await page.getByText("Paused while a row is open").waitFor();
    await page.locator(".row-head").first().click();
    await page.getByText("Following").waitFor();

    await page.getByLabel("Text").fill("no such text");
    await page.getByText("Nothing that passes the filter").waitFor();
    assert.match(page.url(), /text=no\+such\+text/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("Entities finds an entity; its page draws its history and lists its readings", async () => {
    for (const state of ["10", "90", "30", "unavailable", "70"])
      await tell(PROBE, state, { friendly_name: "Panel probe", unit_of_measurement: "W" });
    const { page, complaints, context } = await open({ url: `${hub.url}#/entities` });
    await page.getByLabel("Search").fill("panel PROBE");
    await holds(page, `document.querySelectorAll("tbody tr").length === 1`);
    await page.getByRole("link", { name: "Panel probe" }).click();
    await page.getByRole("heading", { name: "Panel probe" }).waitFor();
    await page.locator(".latest", { hasText: "70 W" }).waitFor();
    await page.getByText("lowest 10, highest 90 W").waitFor();
    await holds(page, DRAWN);
    assert.equal(await page.locator(".rows tbody tr").count(), 5);
    await page.locator(".rows .missing", { hasText: "Unavailable" }).waitFor();

    await tell(PROBE, "55.5", { friendly_name: "Panel probe", unit_of_measurement: "W" });
    await page.locator(".latest", { hasText: "55.5 W" }).waitFor();
    await page.locator(".rows tbody tr", { hasText: "55.5" }).waitFor();
    for (const range of ["1 h", "7 d"]) {
      await page.getByRole("radio", { name: range }).check();
      await holds(page, `!document.querySelector(".is-loading") && ${DRAWN}`);
    }

    await page.goto(`${hub.url}#/entities/${SWITCH}`);
    await page.getByRole("heading", { name: "Panel switch" }).waitFor();
    await page.getByRole("img", { name: /Timeline of Panel switch/ }).waitFor();
    assert.deepEqual(complaints, []);

    await page.goto(`${hub.url}#/entities/sensor.never_seen`);
    await page.getByRole("alert").filter({ hasText: "sensor.never_seen" }).waitFor();
    await context.close();
  });

  test("no page is wider than a phone or calls for what it does not get, in light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints, context } = await open({ url: hub.url, viewport: PHONE, colorScheme });
      for (const path of ["overview", "live", "entities", `entities/${PROBE}`, `entities/${SWITCH}`, "nowhere"]) {
        await page.goto(`${hub.url}#/${path}`);
        await page.locator("h1").waitFor();
        await holds(page, `!document.querySelector(".skeleton")`);
        const excess = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
        assert.ok(excess <= 0, `${path} is ${excess} px too wide`);
        const small = await page.evaluate<string[]>(TOO_SMALL_TO_TOUCH);
        assert.deepEqual(small, [], `${path} has targets under 44 px`);
      }
      assert.equal(await page.evaluate("document.documentElement.dataset.theme"), colorScheme);
      await page.getByRole("button", { name: /^Colours: system/ }).click();
      assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "light");
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });

  test("the panel works under a path prefix, its live stream included", async () => {
    const proxy = await startPrefixProxy({ target: hub.url, prefix: "/api/ingress/a1b2c3" });
    try {
      const { page, complaints, context } = await open({ url: proxy.url, cookies: false, quiet: /401/ });
      await page.getByLabel(/access token/).fill(hub.token);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await page.getByRole("link", { name: "Live", exact: true }).click();
      await page.getByText("Following").waitFor();
      await tell(SWITCH, `at ${proxy.url}`);
      await page.locator(".row").filter({ hasText: SWITCH }).first().waitFor();
      assert.deepEqual(complaints, []);
      await context.close();
    } finally {
      await proxy.close();
    }
  });

  test("a hub that goes away is told, and the page goes on by itself when it is back", async () => {
    const { page, context } = await open({ url: `${hub.url}#/live` });
    await page.getByText("Following").waitFor();
    const port = Number(new URL(hub.url).port);
    await hub.stop();
    await page.getByText("Reconnecting.").waitFor();
    hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir, port });
    await page.getByText("Following").waitFor();
    await page.getByText("Reconnecting.").waitFor({ state: "detached" });
    await page.getByText(/This page was not connected from/).waitFor();
    await context.close();
  });

  /** A page that takes down every console error, failed request and refused answer. */
  async function open(more: {
    url: string;
    viewport?: typeof PHONE;
    colorScheme?: "light" | "dark";
    cookies?: boolean;
    /** Complaints that this story means to cause. */
    quiet?: RegExp;
  }) {
    const { url, viewport = DESKTOP, colorScheme = "light", cookies = true, quiet } = more;
    const context = await browser.newContext({
      viewport,
      colorScheme,
      locale: "en-GB",
      reducedMotion: "reduce",
      ...(cookies ? { storageState: signedIn } : {}),
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const complain = (text: string) => {
      if (!quiet?.test(text)) complaints.push(text);
    };
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complain(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => complain(`error: ${error.message}`));
    page.on("requestfailed", (request) => complain(`failed: ${request.url()} ${request.failure()?.errorText}`));
    page.on("response", (response) => {
      if (response.status() >= 400) complain(`${response.status()}: ${response.url()}`);
    });
    await page.goto(url);
    return { page, context, complaints };
  }

  /** For looking at; only where a folder is named in SCREENSHOTS. */
  async function takePictures(from: BrowserContext, url: string) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    for (const viewport of [PHONE, DESKTOP])
      for (const colorScheme of ["light", "dark"] as const) {
        const context = await browser.newContext({
          viewport,
          colorScheme,
          locale: "en-GB",
          storageState: await from.storageState(),
        });
        const page = await context.newPage();
        for (const path of ["overview", "live", "entities"]) {
          await page.goto(`${url}#/${path}`);
          await holds(page, `document.querySelector("h1") && !document.querySelector(".skeleton")`);
          if (path === "live") await holds(page, `document.querySelectorAll(".row").length > 5`);
          await page.screenshot({ path: join(folder, `${path}-${viewport.width}-${colorScheme}.png`) });
        }
        await context.close();
      }
  }
});

/** Asked from outside, because the panel's security policy allows the page itself no evaluated text. */
const holds = (page: Page, expression: string) =>
  eventually(20, async () => assert.ok(await page.evaluate(expression), `never true: ${expression}`));

const rateAboveNothing = (page: Page) =>
  holds(page, `parseFloat(document.querySelector("[data-figure=rate]")?.textContent ?? "0") > 0`);

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

/** What can be touched, is shown and has less than 44 px to be touched on (a link in a row counts with its row). */
const TOO_SMALL_TO_TOUCH = `[...document.querySelectorAll("a, button, select, input, summary")]
  .map((element) => ({ element, at: (element.matches(".entity-link") ? element.closest("tr") : element).getBoundingClientRect() }))
  .filter(({ at }) => at.width > 0 && at.bottom > 0 && (at.height < 44 || at.width < 44))
  .map(({ element, at }) => element.outerHTML.slice(0, 80) + " " + at.width + "x" + at.height)`;
