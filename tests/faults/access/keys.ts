import assert from "node:assert/strict";
import { createRandom } from "../../support/data/random.ts";
import { openSimulatedHome } from "../../support/home/simulated-home.ts";
import { clientFrom } from "../../support/hub/request-from.ts";
import type { Fault } from "../runner/fault.ts";

/** Past so many wrong keys a minute an address is told to wait. */
const PER_ADDRESS = 20;
const ADDRESSES = 200;
/** Beyond this a difference of two means is taken for real in tests for leaks by timing. */
const MOST_T = 4.5;

export const timingOfKeys: Fault = {
  id: "R25",
  name: "timing of wrong keys",
  how: `${(ADDRESSES * PER_ADDRESS) / 2} keys that are right but for their last two letters against as many by chance, from ${ADDRESSES} addresses, in turn; Welch's t-test`,
  home: "simulated",
  runs: "table",
  run: async (row) => {
    await using home = await openSimulatedHome();
    const { hub } = home;
    const random = createRandom(25);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const letter = () => letters[Math.floor(random() * letters.length)] as string;
    // Both kinds are made before, and each key once: making or repeating one must not show in the times.
    const flat = (text: string) => Buffer.from(text).toString();
    const pairs = Array.from({ length: ADDRESSES * PER_ADDRESS }, () => ({
      near: flat(`${hub.token.slice(0, -2)}${letter()}${letter()}`),
      far: flat(`hi_${Array.from({ length: hub.token.length - 3 }, letter).join("")}`),
    })).filter(({ near }) => near !== hub.token);
    const times: { near: number[]; far: number[] } = { near: [], far: [] };
    const url = new URL("api/v1/info", hub.url);
    for (let address = 0; address < ADDRESSES; address++) {
      using client = clientFrom(`127.1.${Math.floor(address / 200)}.${1 + (address % 200)}`);
      await client.ask(new URL("health", hub.url));
      for (let i = 0; i < PER_ADDRESS; i++) {
        const kind = random() < 0.5 ? "near" : "far";
        const { status, ms } = await client.ask(url, {
          headers: { authorization: `Bearer ${pairs.pop()?.[kind]}` },
        });
        assert.equal(status, 401);
        times[kind].push(ms);
      }
    }
    const t = welch(withoutOutliers(times.near), withoutOutliers(times.far));
    row.emitted = times.near.length + times.far.length;
    row.lost = 0;
    row.notes.push(`t = ${t.toFixed(2)} (a signal from ${MOST_T}); means ${us(times.near)} and ${us(times.far)}`);
    assert.ok(Math.abs(t) < MOST_T, `t = ${t}`);
  },
};

const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
const us = (list: readonly number[]) => `${Math.round(mean(withoutOutliers(list)) * 1000)} µs`;
/** What the machine did meanwhile says nothing of the keys. */
const withoutOutliers = (list: readonly number[]) =>
  list.toSorted((a, b) => a - b).slice(0, Math.floor(list.length * 0.9));

function welch(a: readonly number[], b: readonly number[]): number {
  const variance = (list: readonly number[]) => {
    const middle = mean(list);
    return list.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (list.length - 1);
  };
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}
