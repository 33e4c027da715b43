import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Panel, skip, startPanel } from "../support/tools/panel.ts";

type Connections = { paused: boolean; connections: { id: string; paused: boolean; connected_since?: string }[] };

describe("Services and Connections in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
  });
  after(() => panel?.close());

  const known = () => panel.hub.json<Connections>("api/v1/connections");

  test("the link is paused after a question and resumed; each time the page tells it", async () => {
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/services` });
    const part = page
      .locator(".part")
      .filter({ has: page.getByRole("heading", { name: "Home Assistant", exact: true }) });
    await part.getByText("Works").waitFor();
    await part.getByRole("button", { name: "Pause Home Assistant" }).click();
    await page.getByRole("dialog").getByText("events are not").waitFor();
    assert.equal((await known()).paused, false);
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await part.getByText("Paused: nothing is recorded from Home Assistant.").waitFor();
    assert.equal((await known()).paused, true);

    await page.getByRole("link", { name: "Connections", exact: true }).click();
    await page.getByText("The link as a whole is paused.").waitFor();
    await page.getByRole("link", { name: "Resume it under Services." }).click();
    await part.getByRole("button", { name: "Resume Home Assistant" }).click();
    await part.getByText("Works").waitFor();
    assert.equal((await known()).paused, false);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a connection shows how it does, and is paused and resumed by itself", async () => {
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/connections` });
    const [first] = (await known()).connections;
    assert.ok(first);
    const card = page.locator(".connection-card");
    await card.getByText("In use").waitFor();
    await card.locator(".address", { hasText: new URL(panel.home.url).host }).waitFor();
    await card.getByRole("button", { name: /^Pause/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await card.getByText("Paused: not tried until it is resumed.").waitFor();
    assert.equal((await known()).connections[0]?.paused, true);
    await card.getByRole("button", { name: /^Resume/ }).click();
    await card.getByText("In use").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("who may only read sees how everything is, and why there is nothing to press", async () => {
    const made = await panel.hub.post("api/v1/tokens", { name: "a reader", scope: "read" });
    const { token } = (await made.json()) as { token: string };
    const { page, complaints, context } = await panel.open({ url: panel.hub.url, cookies: false, quiet: /401/ });
    await page.getByLabel(/access token/).fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    for (const name of ["Services", "Connections"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await page.getByText("Pausing and restarting is for administrators.").waitFor();
      assert.equal(await page.getByRole("button", { name: /^(Pause|Resume|Restart)/ }).count(), 0);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
