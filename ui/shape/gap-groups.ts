import type { Gap } from "../api-types.ts";
import { hasText, t } from "../text/text.ts";
import { millisOf, readable } from "./format.ts";

/** Gaps with the same bounds and cause, told once: a restart of the hub is one line, not one per entity. */
export type GapGroup = {
  readonly key: string;
  readonly kind: Gap["kind"];
  readonly cause: string;
  readonly from: number;
  readonly to: number;
  /** Empty: every entity (or all events). */
  readonly entities: readonly string[];
};

/** Newest first. Bounds are compared by whole seconds, since each entity's gap starts at its own last reading. */
export function groupGaps(gaps: readonly Gap[]): readonly GapGroup[] {
  const groups = new Map<string, { group: GapGroup; entities: string[]; everything: boolean }>();
  for (const gap of gaps) {
    const from = millisOf(gap.from);
    const to = millisOf(gap.to);
    const key = `${gap.kind} ${gap.cause} ${Math.floor(to / 1000)} ${gap.entity_id === null ? Math.floor(from / 1000) : ""}`;
    const known = groups.get(key);
    const name = gap.entity_id;
    if (known) {
      known.group = { ...known.group, from: Math.min(known.group.from, from), to: Math.max(known.group.to, to) };
      if (name === null) known.everything = true;
      else known.entities.push(name);
    } else {
      const group = { key, kind: gap.kind, cause: gap.cause, from, to, entities: [] };
      groups.set(key, { group, entities: name === null ? [] : [name], everything: name === null });
    }
  }
  return [...groups.values()]
    .map(({ group, entities, everything }) => ({ ...group, entities: everything ? [] : entities }))
    .sort((a, b) => b.to - a.to || b.from - a.from);
}

/** Why something was not recorded, in plain words. */
export function explainCause(cause: string): string {
  const key = `gap.cause.${cause}`;
  return hasText(key) ? t(key) : readable(cause);
}

/** The holes that a chart shows, grouped likewise; `everything`: so many names are all that it shows. */
export function groupSpans(
  spans: readonly { readonly from: number; readonly to: number; readonly cause: string; readonly name: string }[],
  everything: number,
): readonly GapGroup[] {
  const groups = new Map<string, { group: GapGroup; names: Set<string> }>();
  for (const { from, to, cause, name } of spans) {
    const key = `${cause} ${Math.floor(to)}`;
    const known = groups.get(key);
    const bounds = { from: Math.min(known?.group.from ?? Number.POSITIVE_INFINITY, from * 1000), to: to * 1000 };
    const group: GapGroup = { key, kind: "states", cause, ...bounds, entities: [] };
    groups.set(key, { group, names: (known?.names ?? new Set()).add(name) });
  }
  return [...groups.values()]
    .map(({ group, names }) => ({ ...group, entities: names.size >= everything && everything > 1 ? [] : [...names] }))
    .sort((a, b) => b.to - a.to || b.from - a.from);
}
