import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildUi } from "../../../scripts/build-ui.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/simulator.ts";
import { eventually } from "../eventually.ts";
import { recordEnergyPast } from "../home/energy-past.ts";
import { recordPast } from "../home/past.ts";
import { type Hub, startHub } from "../hub/hub.ts";
import { findChromium, launchChromium } from "./chromium.ts";

export const executable = findChromium();
if (!executable && process.env.REQUIRE_SUITES === "1")
  throw new Error("No Chromium was found; install it, or name one in CHROMIUM");
export const skip = executable ? false : "no Chromium was found; name one in CHROMIUM";

export const PHONE = { width: 390, height: 844 };
/** The smallest phone that is thought of. */
export const SMALL = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 900 };
export const THEMES = ["light", "dark"] as const;

export type OpenPage = {
  readonly url: string;
  readonly viewport?: typeof PHONE;
  readonly colorScheme?: (typeof THEMES)[number];
  readonly cookies?: boolean;
  /** Complaints that this story means to cause. */
  readonly quiet?: RegExp;
};

export type PanelOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly simulator?: SimulatorOptions;
};

/** A home, a hub on it and a browser that is signed in: what every story of the panel begins with. */
export async function startPanel(more: PanelOptions = {}) {
  const { env = {}, simulator = {} } = more;
  await using starting = new AsyncDisposableStack();
  await buildUi({ outdir: join(import.meta.dirname, "../../../dist/ui") });
  const home: Simulator = starting.adopt(await startSimulator({ seed: "panel", ...simulator }), (it) => it.close());
  const dataDir = mkdtempSync(join(tmpdir(), "panel-"));
  starting.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const start = (port?: number) => startHub({ haUrl: home.url, haToken: home.token, dataDir, port, env });
  let hub: Hub = await start();
  starting.defer(async () => void (await hub.stop()));
  const browser: Browser = starting.adopt(await launchChromium(executable as string), (it) => it.close());
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;

  /** A page that takes down every console error, failed request and refused answer. */
  const open = async (more: OpenPage) => {
    const { url, viewport = DESKTOP, colorScheme = "light", cookies = true, quiet } = more;
    const context = await browser.newContext({
      viewport,
      colorScheme,
      locale: "en-GB",
      reducedMotion: "reduce",
      ...(cookies && signedIn ? { storageState: signedIn } : {}),
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
  };

  const restarted = async (between: () => Promise<void>) => {
    await hub.stop();
    await between();
    hub = await start(Number(new URL(hub.url).port));
  };

  const running = starting.move();
  return {
    home,
    browser,
    get hub() {
      return hub;
    },
    open,
    /** By the one-time link, as a person does; later pages are signed in. */
    signIn: async () => {
      const first = await open({ url: hub.setupUrl, cookies: false });
      await first.page.getByRole("heading", { name: "Overview" }).waitFor();
      signedIn = await first.context.storageState();
      return first;
    },
    /** Until the hub has asked for the energy dashboard, which it does soon after it is connected. */
    metersKnown: () => eventually(60, async () => assert.equal((await hub.get("api/v1/energy/days")).status, 200)),
    stopHub: () => hub.stop(),
    /** So many days of a past, written while the hub is not running. */
    recordPast: (days: number) => restarted(() => recordPast({ dataDir, days })),
    /** So many days of what its meters told. */
    recordEnergyPast: (days: number) => restarted(() => recordEnergyPast({ dataDir, days })),
    startHub: async (port: number) => {
      hub = await start(port);
    },
    /** Sets a state in the home. */
    tell: (entity: string, state: string, attributes: object = {}) =>
      fetch(`${home.url}/api/states/${entity}`, {
        method: "POST",
        headers: { authorization: `Bearer ${home.token}` },
        body: JSON.stringify({ state, attributes }),
      }).then((answer) => assert.ok(answer.ok, `${entity}: ${answer.status}`)),
    close: () => running.disposeAsync(),
  };
}

export type Panel = Awaited<ReturnType<typeof startPanel>>;

/** Asked from outside, because the panel's security policy allows the page itself no evaluated text. */
export const holds = (page: Page, expression: string) =>
  eventually(20, async () => assert.ok(await page.evaluate(expression), `never true: ${expression}`));

/** A page is drawn once its heading is there and nothing waits for the hub. */
export const untilDrawn = async (page: Page) => {
  await page.locator("h1").waitFor();
  await holds(page, `!document.querySelector(".skeleton")`);
};

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHECK = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ": " + html.slice(0, 160) + " " + failureSummary)))`;

/** Nothing wider than the window, nothing too small to touch (on a phone), nothing that axe-core complains about. */
export async function assertGoodPage(page: Page, path: string, { touch = false } = {}): Promise<void> {
  const excess = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  if (excess > 0) assert.fail(`${path} is ${excess} px too wide: ${await page.evaluate<string>(TOO_WIDE)}`);
  if (touch) assert.deepEqual(await page.evaluate<string[]>(TOO_SMALL_TO_TOUCH), [], `${path} has targets under 44 px`);
  if (!(await page.evaluate<boolean>("typeof axe !== 'undefined'"))) await page.evaluate(AXE);
  assert.deepEqual(await page.evaluate<string[]>(CHECK), [], `${path}: axe-core`);
}

/** The innermost of what reaches beyond the window. */
const TOO_WIDE = `[...document.querySelectorAll("main *")]
  .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
  .slice(-3).map((element) => element.outerHTML.slice(0, 120)).join(" ")`;

/** What can be touched, is shown and has less than 44 px to be touched on (a link in a row or box counts with it). */
const TOO_SMALL_TO_TOUCH = `[...document.querySelectorAll("a, button, select, input, summary")]
  .map((element) => ({ element, at: (element.closest(".choice") ?? (element.matches(".entity-link") ? element.closest("tr") : element)).getBoundingClientRect() }))
  .filter(({ at }) => at.width > 0 && at.bottom > 0 && (at.height < 44 || at.width < 44))
  .map(({ element, at }) => element.outerHTML.slice(0, 80) + " " + at.width + "x" + at.height)`;

/** For looking at; only where a folder is named in SCREENSHOTS. */
export async function takePictures(browser: Browser, from: BrowserContext, url: string, paths: readonly string[]) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const viewport of [PHONE, DESKTOP])
    for (const colorScheme of THEMES) {
      const storageState = await from.storageState();
      const context = await browser.newContext({ viewport, colorScheme, locale: "en-GB", storageState });
      const page = await context.newPage();
      for (const path of paths) {
        await page.goto(`${url}#/${path}`);
        await untilDrawn(page);
        if (path === "live") await holds(page, `document.querySelectorAll(".row").length > 5`);
        await holds(page, `!document.querySelector("[aria-busy=true]")`);
        const file = `${path.replace(/\W+/g, "-").slice(0, 60)}-${viewport.width}-${colorScheme}.png`;
        await page.screenshot({
          path: join(folder, file),
          fullPage: path.startsWith("history") || ["energy", "sources", "storage"].includes(path),
        });
      }
      await context.close();
    }
}

/** Of a page as it stands, such as with a dialog open; only where a folder is named in SCREENSHOTS. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
