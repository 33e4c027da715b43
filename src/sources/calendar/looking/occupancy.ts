import type { OccupancyRule, Occurrence } from "../../../domain/outside/occurrence.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { DAY_MS, ianaZone, wallOfDate, type Zone } from "../ics/time/wall.ts";

/** An event that says something of who is home, and why it is taken to. */
export type Evidence = {
  readonly occurrence: Occurrence;
  readonly rule: OccupancyRule;
  /** Of the rule's words, the one that was found. */
  readonly found: string;
  /** The time for which it counts. */
  readonly window: Window;
};

export type OccupancySlot = Window & {
  readonly expected: "home" | "away" | "unknown";
  /** What decided, or what contradicts itself. */
  readonly evidence: readonly Evidence[];
  readonly why?: string;
};

export const NOTHING_SAID = "No event of this time says who is home";
const CONTRADICTED = "Events of this time contradict each other";

/**
 * Who is expected to be home, by what the events of a window mean. An event with a time of its own is worth more than
 * one of whole days, a user's own rule more than a word of a list, and what contradicts itself says nothing. No event
 * says nothing either: that somebody is home is not assumed.
 */
export function occupancy(needs: {
  readonly occurrences: readonly Occurrence[];
  readonly rules: (occurrence: Occurrence) => readonly OccupancyRule[];
  readonly window: Window;
  readonly timeZone: string;
}): OccupancySlot[] {
  const { window, rules } = needs;
  const zone = ianaZone(needs.timeZone);
  const all = needs.occurrences
    .flatMap((occurrence) => evidenceOf(occurrence, rules(occurrence), zone))
    .flatMap((evidence) => clipped(evidence, window));
  const edges = [...new Set([window.from, window.to, ...all.flatMap(({ window: own }) => [own.from, own.to])])].sort(
    (a, b) => a - b,
  );
  const slots: OccupancySlot[] = [];
  for (const [at, from] of edges.slice(0, -1).entries()) {
    const to = edges[at + 1] as Micros;
    const slot = { from, to, ...decide(all.filter(({ window: own }) => own.from < to && own.to > from)) };
    const last = slots.at(-1);
    if (last && isSame(last, slot)) slots[slots.length - 1] = { ...last, to };
    else slots.push(slot);
  }
  return slots;
}

/** The most telling of what an event says; of an event of whole days, for each of its days. */
function evidenceOf(occurrence: Occurrence, rules: readonly OccupancyRule[], zone: Zone): Evidence[] {
  if (occurrence.status === "cancelled" || occurrence.end <= occurrence.start) return [];
  const matches = rules
    .flatMap((rule) => {
      const text = occurrence[rule.where];
      const found = text === null ? [] : rule.words.filter((words) => holdsWords(text, words));
      return found.map((words) => ({ rule, found: words }));
    })
    // "home office" is no office.
    .sort((a, b) => weightOf(b.rule) - weightOf(a.rule) || b.found.length - a.found.length);
  const [best] = matches;
  if (!best) return [];
  return windowsOf(occurrence, best.rule.wholeDays, zone).map((window) => ({ occurrence, ...best, window }));
}

const weightOf = ({ by }: OccupancyRule): number => (by === "rule" ? 1 : 0);

function windowsOf(occurrence: Occurrence, wholeDays: OccupancyRule["wholeDays"], zone: Zone): Window[] {
  if (occurrence.dates === null || wholeDays === "all") return [{ from: occurrence.start, to: occurrence.end }];
  if (wholeDays === "none") return [];
  const windows: Window[] = [];
  for (let day = wallOfDate(occurrence.dates.from); day < wallOfDate(occurrence.dates.to); day += DAY_MS) {
    const at = (minutes: number) => zone.instant(day + minutes * 60_000) * 1000;
    windows.push({ from: at(wholeDays.from), to: at(wholeDays.to) });
  }
  return windows;
}

function clipped(evidence: Evidence, { from, to }: Window): Evidence[] {
  const window = { from: Math.max(from, evidence.window.from), to: Math.min(to, evidence.window.to) };
  return window.from < window.to ? [{ ...evidence, window }] : [];
}

function decide(all: readonly Evidence[]): Omit<OccupancySlot, "from" | "to"> {
  const timed = all.filter(({ occurrence }) => occurrence.dates === null);
  const near = timed.length > 0 ? timed : all;
  const own = near.filter(({ rule }) => rule.by === "rule");
  const evidence = own.length > 0 ? own : near;
  const [first] = evidence;
  if (!first) return { expected: "unknown", evidence, why: NOTHING_SAID };
  if (evidence.some(({ rule }) => rule.means !== first.rule.means))
    return { expected: "unknown", evidence, why: CONTRADICTED };
  return { expected: first.rule.means, evidence };
}

const isSame = (a: OccupancySlot, b: OccupancySlot): boolean =>
  a.expected === b.expected &&
  a.why === b.why &&
  a.evidence.length === b.evidence.length &&
  a.evidence.every(({ occurrence }, at) => occurrence === b.evidence[at]?.occurrence);

const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");

/** Whether a text holds these words as words: `reise` is not in "Preisestimmung". */
export function holdsWords(text: string, words: string): boolean {
  const [where, what] = [plain(text), plain(words).trim()];
  if (what === "") return false;
  const isLetter = (at: number) => /[\p{L}\p{N}]/u.test(where[at] ?? "");
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + 1))
    if (!isLetter(at - 1) && !isLetter(at + what.length)) return true;
  return false;
}
