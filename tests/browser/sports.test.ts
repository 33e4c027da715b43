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
  takePictures,
  untilDrawn,
} from "../support/tools/panel.ts";

const NHL = "site.api.espn.com/apis/site/v2/sports/hockey/nhl";
const OILERS = { id: "6", abbreviation: "EDM", displayName: "Edmonton Oilers" };
const PANTHERS = { id: "26", abbreviation: "FLA", displayName: "Florida Panthers" };

describe("Sports in a browser", { skip }, () => {
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

  const game = (score: string) => {
    const status = {
      period: 2,
      displayClock: "12:03",
      type: { name: "STATUS_IN_PROGRESS", state: "in", completed: false, detail: "12:03 - 2nd" },
    };
    return {
      id: "1",
      date: new Date(Date.now() - 3_600_000).toISOString(),
      name: "Florida Panthers at Edmonton Oilers",
      status,
      competitions: [
        {
          timeValid: true,
          status,
          format: { regulation: { periods: 3 } },
          competitors: [
            { id: "6", homeAway: "home", team: OILERS, score, winner: false },
            { id: "26", homeAway: "away", team: PANTHERS, score: "1", winner: false },
          ],
        },
      ],
    };
  };
  const league = (score: string) => {
    const teams = [OILERS, PANTHERS].map((team) => ({ team }));
    gateway.answer(`${NHL}/teams?`, 200, { sports: [{ leagues: [{ teams }] }] });
    gateway.answer(`${NHL}/scoreboard`, 200, { events: [game(score)] });
    gateway.answer(`${NHL}/teams/6`, 200, { team: { ...OILERS, standingSummary: "1st in Pacific", nextEvent: [] } });
    gateway.answer(`${NHL}/teams/6/schedule`, 200, {
      requestedSeason: { year: 2026 },
      team: { ...OILERS, recordSummary: "12-3-1", standingSummary: "1st in Pacific" },
      events: [game(score)],
    });
  };
  const open = async (more: Partial<Parameters<Panel["open"]>[0]> = {}) => {
    const opened = await panel.open({ url: `${panel.hub.url}#/sports`, ...more });
    await untilDrawn(opened.page);
    return opened;
  };

  test("a team is chosen from its league and followed; its game is seen with the score, its course and its season", async () => {
    league("3");
    const { page, complaints, context } = await open();
    await page.getByText("No team is followed yet").waitFor();
    assert.deepEqual(gateway.asked, []);
    await page.getByLabel("League").selectOption({ label: "NHL" });
    await page.getByRole("checkbox", { name: "Edmonton Oilers" }).check();
    await page.getByRole("button", { name: "Follow these teams" }).click();
    const card = page.getByRole("region", { name: "NHL" });
    await card.getByText("12:03 - 2nd").waitFor();
    await card.getByText("On now", { exact: true }).first().waitFor();
    await card.locator(".game-teams dd", { hasText: "3" }).waitFor();
    league("4");
    const refreshed = await panel.hub.post("api/v1/sources/sports_nhl/refresh", {});
    assert.equal(refreshed.status, 200, await refreshed.text());
    await card.locator(".game-teams dd", { hasText: "4" }).waitFor();
    await card.getByRole("button", { name: /^Course of/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "Course of Florida Panthers at Edmonton Oilers" }).waitFor();
    await dialog.getByText("Scored", { exact: true }).waitFor();
    await assertGoodPage(page, "course");
    await dialog.getByRole("button", { name: "Close" }).click();
    await card.getByRole("button", { name: "Season of Edmonton Oilers" }).click();
    await dialog.getByText("12-3-1").waitFor();
    await assertGoodPage(page, "season");
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("it fits, and axe-core finds nothing", async () => {
    for (const colorScheme of THEMES)
      for (const viewport of [SMALL, DESKTOP]) {
        const { page, complaints, context } = await open({ viewport, colorScheme });
        await page.getByLabel("League").selectOption({ label: "NHL" });
        await page.getByRole("checkbox", { name: "Florida Panthers" }).waitFor();
        assert.equal(await page.getByRole("checkbox", { name: "Edmonton Oilers" }).isChecked(), true);
        await assertGoodPage(page, "sports", { touch: viewport === SMALL });
        assert.deepEqual(complaints, []);
        await context.close();
      }
    const { context } = await open();
    await takePictures(panel.browser, context, panel.hub.url, ["sports"]);
    await context.close();
  });
});
