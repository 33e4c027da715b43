import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { buildUi } from "../../scripts/build-ui.ts";
import { type Core, coreUnavailable, startCore } from "../support/core/core.ts";
import { addCoreUser } from "../support/core/core-user.ts";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { openWire, type WireClient } from "../support/hub/wire-client.ts";
import { type Supervisor, startSupervisor } from "../support/supervisor/supervisor.ts";
import { launchChromium } from "../support/tools/chromium.ts";
import { executable, holds, skip as noBrowser } from "../support/tools/panel.ts";

/** The panel in a real browser, through real Core's own ingress view. */
const skip = noBrowser || (await coreUnavailable());

let supervisor: Supervisor;
let core: Core;
let hub: Hub;
let wire: WireClient;
let browser: Browser;

before(async () => {
  if (skip) return;
  await buildUi({ outdir: join(import.meta.dirname, "../../dist/ui") });
  supervisor = await startSupervisor();
  core = await startCore({ name: "ingress-panel", env: supervisor.coreEnv });
  supervisor.attachCore(core);
  hub = await startHub({ env: supervisor.hubEnv });
  wire = await openWire(core);
  browser = await launchChromium(executable as string);
});
after(async () => {
  if (skip) return;
  await browser.close();
  wire.close();
  await hub.stop();
  await core.stop();
  await supervisor.close();
});

/** A page as the frontend shows it, with a session of whoever asks Core for one. */
async function openPanel(asker: WireClient): Promise<{ page: Page; complaints: string[] }> {
  const request = { endpoint: "/ingress/session", method: "post", data: {} };
  const { session } = await asker.result<{ session: string }>("supervisor/api", request);
  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
  await context.addCookies([
    { name: "ingress_session", value: session, url: `${core.url}/api/hassio_ingress/`, sameSite: "Strict" },
  ]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${core.url}${supervisor.ingressPath}`);
  return { page, complaints };
}
const setState = (entityId: string, state: string) =>
  fetch(`${core.url}/api/states/${entityId}`, {
    method: "POST",
    headers: { authorization: `Bearer ${core.token}` },
    body: JSON.stringify({ state, attributes: { friendly_name: `Named ${entityId}` } }),
  });
/** The page shows what happens from its subscription on, so the change is made until it is seen. */
const untilSeenLive = (page: Page, entityId: string) =>
  eventually(20, async () => {
    await setState(entityId, crypto.randomUUID());
    const named = page.locator(".row", { hasText: `Named ${entityId}` });
    await named.first().waitFor({ timeout: 1_000 });
  });

test("the panel opens without signing in, follows the home, and goes on after its stream is cut", {
  skip,
}, async () => {
  const { page, complaints } = await openPanel(wire);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("Everything works").first().waitFor();
  await page.getByRole("link", { name: "Live", exact: true }).click();
  await untilSeenLive(page, "sensor.seen_live");
  assert.deepEqual(complaints, []);

  supervisor.ingress.cut();
  await setState("sensor.after_the_cut", "second");
  await setState("sensor.after_the_cut", "third");
  await page.getByRole("link", { name: "Entities", exact: true }).click();
  await page.getByLabel("Search").fill("after_the_cut");
  await page.locator("tbody tr", { hasText: "third" }).waitFor();
  await page.getByRole("link", { name: "Live", exact: true }).click();
  await untilSeenLive(page, "sensor.live_again");
  await page.context().close();
});

test("an administrator makes a token in it; who is none is told why that is not possible", { skip }, async () => {
  const { page } = await openPanel(wire);
  await page.getByRole("link", { name: "Access", exact: true }).click();
  await page.getByRole("heading", { name: "Access", exact: true }).waitFor();
  await holds(page, `document.body.textContent.includes("Home Assistant integration")`);
  await page.context().close();

  const ben = await openWire(await addCoreUser(core, wire, { name: "Ben", admin: false }));
  const { page: his } = await openPanel(ben);
  await his.getByRole("heading", { name: "Overview" }).waitFor();
  await his.getByRole("link", { name: "Access", exact: true }).click();
  await his.getByRole("heading", { name: "Access", exact: true }).waitFor();
  await holds(his, `/administrator/i.test(document.body.textContent)`);
  assert.ok(!(await his.evaluate<string>("document.body.textContent")).includes("Home Assistant integration"));
  await his.context().close();
  ben.close();
});

test("a session that Home Assistant ended is told, and the page goes on where it was once there is a new one", {
  skip,
}, async () => {
  const { page } = await openPanel(wire);
  await page.getByRole("link", { name: "Entities", exact: true }).click();
  await page.locator("tbody tr").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0);
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  supervisor.ingress.cut();
  await page.getByText("Reconnecting", { exact: false }).first().waitFor();
  await page.getByText("Reconnecting: the page goes on by itself.").waitFor();
  await page.context().addCookies(cookies);
  await page.getByRole("heading", { name: "Entities", exact: true }).waitFor();
  await page.locator("tbody tr").first().waitFor();
  await page.context().close();
});
