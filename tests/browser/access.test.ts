import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertGoodPage, type Panel, PHONE, skip, startPanel } from "../support/tools/panel.ts";

describe("Access in a browser", { skip }, () => {
  let panel: Panel;
  before(async () => {
    panel = await startPanel();
    await panel.signIn();
  });
  after(() => panel?.close());

  const ask = (token: string) =>
    fetch(new URL("api/v1/info", panel.hub.url), { headers: { authorization: `Bearer ${token}` } });

  test("a token is made, shown once, used, and revoked after a question, by keyboard alone", async () => {
    // What a busy machine is too slow for is given up and asked again.
    const quiet = /ERR_ABORTED/;
    const { page, complaints, context } = await panel.open({ url: `${panel.hub.url}#/access`, viewport: PHONE, quiet });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByLabel("Name").fill("Kitchen tablet");
    await page.getByLabel("Name").press("Enter");
    const secret = await page.getByRole("textbox", { name: "Token" }).inputValue();
    assert.match(secret, /^hi_/);
    await assertGoodPage(page, "access with a new token", { touch: true });
    await page.getByRole("button", { name: "Copy", exact: true }).press("Enter");
    await page.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), secret);
    assert.equal((await ask(secret)).status, 200);

    await page.getByRole("button", { name: "I have copied it" }).press("Enter");
    await page.reload();
    const row = page.locator(".listed-row").filter({ hasText: "Kitchen tablet" });
    await row.getByText("last used").waitFor();
    assert.ok(!(await page.content()).includes(secret));

    await row.getByRole("button", { name: "Revoke Kitchen tablet" }).press("Enter");
    await page.getByRole("heading", { name: "Revoke “Kitchen tablet”?" }).waitFor();
    await assertGoodPage(page, "access with a question", { touch: true });
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal((await ask(secret)).status, 200);
    await row.getByRole("button", { name: "Revoke Kitchen tablet" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).press("Enter");
    await row.waitFor({ state: "detached" });
    assert.equal((await ask(secret)).status, 401);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("who may only read is told why there is nothing to press", async () => {
    const made = await panel.hub.post("api/v1/tokens", { name: "a reader", scope: "read" });
    const { token } = (await made.json()) as { token: string };
    const { page, complaints, context } = await panel.open({ url: panel.hub.url, cookies: false, quiet: /401/ });
    await page.getByLabel(/access token/).fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Access", exact: true }).click();
    await page.getByText("Tokens are seen and made by administrators only.").waitFor();
    await page.getByText("You came with the scope read").waitFor();
    assert.equal(await page.getByRole("button", { name: "Create token" }).count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
