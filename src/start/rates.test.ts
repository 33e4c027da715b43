import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_METERS } from "../domain/home/energy.ts";
import { isUnknown } from "../energy/needs.ts";
import type { SourceStatus } from "../sources/sources.ts";
import { rateOf } from "./rates.ts";

const HOUR = 3_600_000_000;
const NOW = 100 * HOUR;
const status = (id: string, kind: "pricing" | "carbon", more: Partial<SourceStatus> = {}): SourceStatus => ({
  ...{ id, kind, name: id, enabled: true, providers: [], state: "ok", inUse: null },
  ...{ lastSuccess: null, nextRead: null, statuses: [] },
  ...more,
});
type Slots = readonly (readonly [from: number, to: number, value: number])[];

function rate(
  kind: "price" | "carbon",
  source: string | undefined,
  set: readonly SourceStatus[],
  issues: Readonly<Record<string, Slots>>,
  fixed: number | null = null,
) {
  const price = { entityId: null, fixed };
  return rateOf(kind, source, {
    sources: {
      list: () => set,
      issue: (id, quantity) => {
        const slots = issues[`${id} ${quantity}`]?.map(([from, to, value]) => ({
          from: from * HOUR,
          to: to * HOUR,
          value,
        }));
        return slots && { issue: { quantity, issued: 0, slots }, provider: "p", fetched: 0, unit: "EUR/kWh" };
      },
    },
    meters: {
      ...NO_METERS,
      grid: [{ imported: null, exported: null, power: [], price, exportPrice: price }],
    },
    facts: undefined,
    named: () => undefined,
    latest: () => undefined,
    now: NOW,
  });
}
const named = (found: ReturnType<typeof rate>) => (isUnknown(found) ? found.why : [found.source, found.quantity]);

test("what the home pays comes before the market's price, a source before the dashboard", () => {
  const set = [status("pricing", "pricing"), status("other", "pricing")];
  const market = { "pricing market_price": [[100, 101, 0.1]] as Slots };
  assert.deepEqual(named(rate("price", undefined, set, market, 0.3)), ["pricing", "market_price"]);
  const both = { ...market, "pricing price": [[100, 101, 0.3]] as Slots };
  assert.deepEqual(named(rate("price", undefined, set, both)), ["pricing", "price"]);
  assert.deepEqual(named(rate("price", undefined, set, {}, 0.3)), [null, "price"]);
  assert.deepEqual(named(rate("price", "other", set, { "other price": [[100, 102, 1]] })), ["other", "price"]);
});

test("a source that is off, of another kind, or whose prices are over says nothing", () => {
  const old = { "pricing price": [[90, 100, 0.1]] as Slots };
  assert.match(String(named(rate("price", undefined, [status("pricing", "pricing")], old))), /time to come/);
  const off = [status("pricing", "pricing", { enabled: false })];
  assert.match(String(named(rate("price", undefined, off, { "pricing price": [[100, 101, 1]] }))), /No source/);
  assert.match(String(named(rate("carbon", undefined, [status("pricing", "pricing")], {}, 0.3))), /emits/);
  assert.match(String(named(rate("price", "nobody", [], {}, 0.3))), /no source nobody/);
});
