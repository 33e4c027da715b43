import { currentIdentity, type Identity } from "../../../domain/data/series.ts";
import { traitsOf } from "../../../domain/home/selector.ts";
import type { Taken } from "../../../retention/counting/previews.ts";
import type { Registries, SeriesBook, States } from "../../ports/ports.ts";
import type { TopShape } from "./storage.ts";

export const GROUPS = ["entity", "device", "domain", "integration", "device_class", "area"] as const;
type Group = (typeof GROUPS)[number];

/** Who writes most, by entity or by what entities have in common. */
export function topOf(
  usage: readonly Taken[],
  asked: { by: "bytes" | "readings"; group: Group; limit: number },
  needs: { series: SeriesBook; states: States; registries: Registries },
): TopShape {
  const { by, group, limit } = asked;
  const { series, states, registries } = needs;
  const total = { readings: 0, bytes: 0 };
  const sums = new Map<string, { of: Identity | undefined; series: Set<number>; readings: number; bytes: number }>();
  for (const row of usage) {
    const known = series.get(row.series);
    const identity = known && currentIdentity(known);
    const key = keyOf(row.series, identity, group, states);
    const sum = sums.get(key) ?? { of: identity, series: new Set(), readings: 0, bytes: 0 };
    sum.series.add(row.series);
    sum.readings += row.readings;
    sum.bytes += row.bytes;
    total.readings += row.readings;
    total.bytes += row.bytes;
    sums.set(key, sum);
  }
  const top = [...sums]
    .sort(([, a], [, b]) => b[by] - a[by])
    .slice(0, limit)
    .map(([key, { of, series: ids, readings, bytes }]) => ({
      key: group === "entity" ? (of?.entityId ?? key) : key,
      name: group === "entity" ? (of?.name ?? null) : nameOf(group, key, registries),
      ...(group === "entity" ? { entity_id: of?.entityId ?? key, series: [...ids][0] as number } : {}),
      entities: ids.size,
      readings,
      bytes: Math.round(bytes),
      share: total[by] === 0 ? 0 : (by === "bytes" ? bytes : readings) / total[by],
    }));
  return { by, group, total: { readings: total.readings, bytes: Math.round(total.bytes) }, top };
}

function keyOf(id: number, identity: Identity | undefined, group: Group, states: States): string {
  if (group === "entity" || !identity) return `#${id}`;
  if (group === "device") return identity.deviceId ?? "";
  if (group === "area") return identity.areaId ?? "";
  const { domain, integration, deviceClass } = traitsOf(id, identity, states.get(id)?.attributes);
  return (group === "domain" ? domain : group === "integration" ? integration : deviceClass) ?? "";
}

function nameOf(group: Group, key: string, registries: Registries): string | null {
  if (group !== "device" && group !== "area") return null;
  const entry = registries.current(group).get(key);
  const name = entry?.name_by_user ?? entry?.name;
  return typeof name === "string" ? name : null;
}
