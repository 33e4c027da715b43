import { type EnergyMeters, NO_METERS } from "../domain/home/energy.ts";
import type { HomeFacts } from "../domain/home/home.ts";
import { outsideName } from "../domain/outside/names.ts";
import type { Micros } from "../domain/time/time.ts";
import { isUnknown, type Named, type Rate, type RateKind, type Unknown } from "../energy/needs.ts";
import type { Sources } from "../sources/sources.ts";

const HOUR: Micros = 3_600_000_000;
const DAY: Micros = 24 * HOUR;

/** Of each kind what is preferred comes first: what the home pays, and what the average kWh emits. */
const QUANTITIES = {
  price: { kind: "pricing", quantities: ["price", "market_price"] },
  carbon: { kind: "carbon", quantities: ["intensity", "marginal_intensity"] },
} as const;

type Needs = {
  readonly sources: Pick<Sources, "list" | "issue">;
  readonly meters: EnergyMeters | Unknown;
  readonly facts: HomeFacts | undefined;
  readonly named: (entityId: string) => Named | undefined;
  readonly latest: (series: number) => { readonly state: string | null } | undefined;
  readonly now: Micros;
};

/** What a kWh costs or emits: by the source asked for, else by the first that knows, else by the energy dashboard. */
export function rateOf(kind: RateKind, source: string | undefined, needs: Needs): Rate | Unknown {
  const { kind: sourceKind, quantities } = QUANTITIES[kind];
  const set = needs.sources.list().filter((one) => one.kind === sourceKind && one.enabled);
  const asked = source === undefined ? set : set.filter(({ id }) => id === source);
  for (const { id } of asked)
    for (const quantity of quantities) {
      const known = needs.sources.issue(id, quantity);
      const slots = (known?.issue.slots ?? []).flatMap(({ from, to, value }) =>
        typeof value === "number" ? [{ from, to, value }] : [],
      );
      if (!known || !slots.some(({ to }) => to > needs.now)) continue;
      return { source: id, quantity, unit: known.unit ?? "", slots, series: needs.named(outsideName(id, quantity)) };
    }
  if (source !== undefined && asked.length === 0)
    return { why: `There is no source ${source} of this kind`, fix: "Data sources lists those that are set up." };
  const [first] = asked;
  if (source === undefined && kind === "price") {
    const own = dashboardPrice(needs);
    if (own) return own;
  }
  if (first)
    return { why: `${first.name} says nothing of the time to come`, fix: first.fix ?? "Data sources says more." };
  return {
    why: kind === "price" ? "No source says what power costs" : "No source says what power emits",
    fix: "Add one under Data sources.",
  };
}

function dashboardPrice({ meters, facts, named, latest, now }: Needs): Rate | undefined {
  const { grid } = isUnknown(meters) ? NO_METERS : meters;
  const price = grid.find((one) => one.price.fixed !== null || one.price.entityId !== null)?.price;
  if (!price) return undefined;
  const rate = { source: null, quantity: "price", unit: `${facts?.currency ?? "?"}/kWh` };
  // A fixed price was always so, as far as anybody knows.
  if (price.fixed !== null)
    return { ...rate, slots: [{ from: 0, to: now + 2 * DAY, value: price.fixed }], series: undefined };
  const series = price.entityId === null ? undefined : named(price.entityId);
  const state = series && latest(series.id)?.state;
  if (!series || !state || !Number.isFinite(Number(state))) return undefined;
  // What it will be, an entity does not say: its price holds for this hour alone.
  const from = now - (now % HOUR);
  return { ...rate, slots: [{ from, to: from + HOUR, value: Number(state) }], series };
}
