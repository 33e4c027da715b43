import { forecastName, outsideName } from "../../domain/outside/names.ts";
import type { OutsidePresent, OutsideReading, OutsideSubject } from "../../domain/outside/outside.ts";
import type { OutsideItem } from "../../domain/outside/record.ts";
import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import { QUANTITIES } from "../quantities.ts";
import type { AnyProvider } from "../source.ts";
import type { SourceConfig } from "../sources.ts";
import { endsAreHard, type Held, type Knowledge, nameOf, type Piece, presentOf, saysTheSame } from "./knowledge.ts";

/** Whose a value is. */
type Whose = Pick<Held, "quantity" | "of" | "provider" | "unit">;

/** What was told of a quantity: the last piece, or since when nothing is known. */
type Told = { readonly piece: Piece } | { readonly silentSince: Micros; readonly isGap: boolean };

/**
 * Makes of what a source knows what is to be stored, in order of time: what began, what is no longer known, and the
 * holes that this left. What was told in this run is not told again; what was told before it the store knows.
 */
export function createTelling(needs: {
  readonly config: Pick<SourceConfig, "id" | "kind" | "name">;
  readonly providerOf: (id: string) => AnyProvider | undefined;
  /** What is older came before anybody asked for it. */
  readonly created: Micros;
  /** The latest that is stored under a name. */
  readonly latest: (entityId: string) => { readonly time: Micros; readonly state: string | null } | undefined;
}) {
  const { config, providerOf, created } = needs;
  const { id, kind, name } = config;
  const told = new Map<string, Told>();
  const said = new Map<string, Set<string>>();

  /** An earlier run told the store. */
  const toldOf = (quantity: string): Told | undefined => {
    const known = told.get(quantity);
    if (known) return known;
    const stored = needs.latest(outsideName(id, quantity));
    if (!stored) return undefined;
    const { time, state } = stored;
    const isSilent = state === null || state === "unavailable";
    const found = isSilent ? { silentSince: time, isGap: state !== null } : { piece: { from: time, value: state } };
    told.set(quantity, found);
    return found;
  };
  const isInterval = (quantity: string) => QUANTITIES[kind][quantity]?.interval === true;
  const originOf = (time: Micros) => (time < created ? ("imported" as const) : ("late" as const));
  const attributesOf = ({ quantity, of: subject, provider, unit }: Whose, piece?: Piece) => {
    const { name: of, deviceClass, stateClass } = QUANTITIES[kind][quantity] ?? { name: quantity };
    return {
      ...(unit === null ? {} : { unit_of_measurement: unit }),
      ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
      ...(stateClass === undefined ? {} : { state_class: stateClass }),
      friendly_name: `${subject?.name ?? name} ${of}`,
      ...(subject === undefined ? {} : { of: subject.key }),
      provider,
      attribution: providerOf(provider)?.attribution ?? "",
      ...(piece?.quality === undefined ? {} : { quality: piece.quality }),
      ...(piece?.until === undefined ? {} : { until: microsToRfc3339(piece.until) }),
    };
  };
  const reading = (whose: Whose, piece: Piece, isNow: boolean): OutsideItem => ({
    kind: "reading",
    entityId: outsideName(id, nameOf(whose.quantity, whose.of)),
    time: piece.from,
    state: String(piece.value),
    attributes: attributesOf(whose, piece),
    origin: isNow ? "live" : originOf(piece.from),
    ...(isInterval(whose.quantity) ? { replaces: true } : {}),
  });
  const nothing = (whose: Whose, time: Micros, isNow: boolean): OutsideItem => ({
    kind: "reading",
    entityId: outsideName(id, nameOf(whose.quantity, whose.of)),
    time,
    state: "unavailable",
    attributes: attributesOf(whose),
    origin: isNow ? "live" : originOf(time),
  });
  const gapUntil = (quantity: string, before: Told | undefined, to: Micros): OutsideItem[] =>
    before && "silentSince" in before && before.isGap && to > before.silentSince + 1
      ? [{ kind: "gap", entityId: outsideName(id, quantity), from: before.silentSince, to }]
      : [];

  /** Of slots that are over: each once, at its own time. That one is missing says nothing of now. */
  const tellIntervals = (quantity: string, held: Held, now: Micros): OutsideItem[] => {
    const keys = said.get(quantity) ?? new Set<string>();
    said.set(quantity, keys);
    const fresh = held.pieces.filter(({ from, until = from, value }) => until <= now && !keys.has(`${from} ${value}`));
    for (const { from, value } of fresh) keys.add(`${from} ${value}`);
    if (keys.size > MOST_KEYS) said.set(quantity, new Set([...keys].slice(-MOST_KEYS / 2)));
    return fresh.map((piece) => reading(held, piece, false));
  };
  const tellQuantity = (quantity: string, held: Held, now: Micros): OutsideItem[] => {
    if (isInterval(held.quantity)) return tellIntervals(quantity, held, now);
    const provider = providerOf(held.provider);
    if (!provider) return [];
    const present = presentOf(held, now, kind, provider.tooOldMs);
    const items: OutsideItem[] = [];
    const keys = said.get(quantity) ?? new Set<string>();
    said.set(quantity, keys);
    const begun = held.pieces.filter(({ from }) => from <= now);
    for (const [i, piece] of begun.entries()) {
      const isNow = i === begun.length - 1;
      const key = `${piece.from} ${piece.value}`;
      const isKnownNow = isNow && present.known;
      const before = toldOf(quantity);
      // Also what was told already, where the store was told since that nothing is known.
      if (!keys.has(key) || (isKnownNow && before !== undefined && "silentSince" in before)) {
        keys.add(key);
        // It was so before the store was told that nothing is known: it is said anew, now.
        const isAgain =
          isKnownNow && before !== undefined && "silentSince" in before && piece.from <= before.silentSince;
        const at = isAgain ? Math.max(now, before.silentSince + 1) : piece.from;
        items.push(...gapUntil(quantity, before, at), reading(held, { ...piece, from: at }, isKnownNow));
        if (!before || ("silentSince" in before ? at > before.silentSince : at >= before.piece.from))
          told.set(quantity, { piece });
      }
      const next = begun[i + 1];
      if (!next || piece.until === undefined || piece.until >= next.from || !endsAreHard(kind)) continue;
      const silent = `${piece.until} -`;
      if (keys.has(silent)) continue;
      keys.add(silent);
      items.push(nothing(held, piece.until, false));
    }
    if (!present.known && begun.length > 0) {
      const before = toldOf(quantity);
      if (!before || "piece" in before) {
        items.push(nothing(held, present.since, true));
        keys.add(`${present.since} -`);
        told.set(quantity, { silentSince: present.since, isGap: true });
      }
    }
    // What is longer over than any answer repeats need not be remembered.
    if (keys.size > MOST_KEYS) said.set(quantity, new Set([...keys].slice(-MOST_KEYS / 2)));
    return items;
  };

  return {
    /** What has begun, or ended, by now. */
    tell: (knowledge: Knowledge, now: Micros): OutsideItem[] =>
      Object.entries(knowledge.quantities).flatMap(([quantity, held]) => tellQuantity(quantity, held, now)),
    /** Issues that say something else than the last ones. */
    tellIssues: (knowledge: Knowledge, before: Knowledge | undefined): OutsideItem[] =>
      Object.entries(knowledge.issues).flatMap(([quantity, { issue, provider, unit, fetched }]) => {
        const last = before?.issues[quantity];
        if (issue.slots.length === 0 || (last?.provider === provider && saysTheSame(issue, last.issue))) return [];
        const { name: of } = QUANTITIES[kind][quantity] ?? { name: quantity };
        return [
          {
            kind: "reading" as const,
            entityId: forecastName(id, quantity),
            // A provider that changes what it said without another time of issue said it when we heard of it.
            time: last?.issue.issued === issue.issued ? fetched : Math.min(issue.issued, fetched),
            state: microsToRfc3339(issue.issued),
            attributes: {
              friendly_name: `${name} ${of} forecast`,
              ...(unit === null ? {} : { unit }),
              provider,
              slots: issue.slots.map(({ from, to, value }) => [from / 1_000_000, to / 1_000_000, value]),
            },
            origin: "live" as const,
          },
        ];
      }),
    /** Values of the past, in whatever order. */
    tellPast: (
      readings: readonly OutsideReading[],
      held: Pick<Held, "provider">,
      units: { [quantity: string]: string } = {},
    ) =>
      readings
        .toSorted((a, b) => a.time - b.time)
        .flatMap(({ quantity, of, time, ...rest }) => {
          const unit = units[quantity] ?? QUANTITIES[kind][quantity]?.unit ?? null;
          const name = nameOf(quantity, of);
          const before = toldOf(name);
          const piece = { ...rest, from: time };
          if (before && "silentSince" in before && time > before.silentSince) told.set(name, { piece });
          const whose = { ...held, quantity, unit, ...(of === undefined ? {} : { of }) };
          return [...gapUntil(name, before, time), reading(whose, piece, false)];
        }),
    /** From now on nothing is known: the source rests (`unavailable`), or is gone (null). */
    end: (knowledge: Knowledge, now: Micros, state: "unavailable" | null): OutsideItem[] => {
      const ending = Object.entries(knowledge.quantities).filter(
        ([, held]) => state === null || !isInterval(held.quantity),
      );
      const names = [
        ...ending.map(([quantity]) => outsideName(id, quantity)),
        ...(state === null ? Object.keys(knowledge.issues).map((quantity) => forecastName(id, quantity)) : []),
      ];
      for (const [quantity] of ending) told.set(quantity, { silentSince: now, isGap: true });
      return names.map((entityId) => ({
        kind: "reading",
        entityId,
        time: now,
        state,
        attributes: {},
        origin: "live",
      }));
    },
    present: (knowledge: Knowledge, now: Micros): OutsidePresent[] =>
      Object.values(knowledge.quantities).map((held) => {
        const { quantity, of, unit, fetched } = held;
        const whose: { of?: OutsideSubject } = of === undefined ? {} : { of };
        const known = { source: id, kind, quantity, ...whose, unit, fetched, provider: held.provider };
        const provider = providerOf(held.provider);
        const present = provider
          ? presentOf(held, now, kind, provider.tooOldMs)
          : { known: false as const, why: "Its provider is no longer known here." };
        return present.known
          ? { ...known, value: present.piece.value, time: present.piece.from }
          : { ...known, value: null, time: null, why: present.why };
      }),
    /** When something begins or ends by itself. */
    nextChange: (knowledge: Knowledge, now: Micros): Micros | undefined => {
      const times = Object.values(knowledge.quantities).flatMap((held) => {
        const provider = providerOf(held.provider);
        return provider ? (presentOf(held, now, kind, provider.tooOldMs).next ?? []) : [];
      });
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

const MOST_KEYS = 4_000;
