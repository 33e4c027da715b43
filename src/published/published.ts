import type { Gap, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import { currentIdentity, type Series } from "../domain/data/series.ts";
import { isOutside } from "../domain/outside/names.ts";
import type { Firing, PublishedEntry } from "../domain/published.ts";
import type { PartStatus } from "../domain/status.ts";
import { ALL_TIME, type Micros, type Window } from "../domain/time/time.ts";
import type { LiveBus } from "../live/topics.ts";
import type { Clock } from "../platform/time/clock.ts";
import { completenessOf, type Followed } from "./completeness.ts";
import { firingsOf } from "./gap-firings.ts";
import { healthEntries } from "./health.ts";
import { type Outside, outsideEntries } from "./outside.ts";

export type PublishedNeeds = {
  readonly clock: Clock;
  readonly bus: LiveBus;
  readonly parts: () => readonly PartStatus[];
  /** Whether Home Assistant is connected now. */
  readonly connected: () => boolean;
  /** Over the last minute. */
  readonly perMinute: () => { readonly changes: number; readonly events: number };
  readonly series: () => ReadonlyMap<SeriesId, Series>;
  /** The present state of what is recorded; undefined: there is none, or it is excluded by choice. */
  readonly latest: (series: SeriesId) => Stored<Reading> | undefined;
  readonly gaps: (window: Window) => readonly Stored<Gap>[];
  readonly outside: () => Outside;
  readonly stats: () => { readonly bytes: number; readonly oldest: Micros | null; readonly newest: Micros | null };
  /** Times that are not heard and not yet filled or given up; `to: null` reaches to now. */
  readonly openHoles: () => readonly { readonly from: Micros; readonly to: Micros | null }[];
};

/** The one list of what the hub offers to be shown in Home Assistant. */
export type Published = {
  /** As it is now. */
  list(): readonly PublishedEntry[];
  close(): void;
};

const DAY: Micros = 24 * 3600 * 1_000_000;
/** Home Assistant's recorder keeps every change that is pushed, so figures are pushed once a minute. */
const FIGURES_EVERY_MS = 60_000;
/** What happens together is told together, and never more often than this. */
const GATHER_MS = 1_000;
const MOST_RECENT = 20;
const GONE = "It is offered no longer.";
/** More gaps than this between two looks are told as the last of them. */
const QUEUE = 10_000;

export function createPublished(needs: PublishedNeeds): Published {
  const { clock, bus } = needs;
  const told = new Map<string, { readonly text: string; readonly entry: PublishedEntry }>();
  let recent: readonly Firing[] = [];
  let lostAt: Micros | undefined = needs.stats().newest ?? clock.now();
  let cancelLook: (() => void) | undefined;
  let states = stateOf(needs.parts());

  const nameOf = (id: SeriesId): string | null => {
    const series = needs.series().get(id);
    return series ? currentIdentity(series).entityId : null;
  };
  const present = (): Followed[] => {
    const followed: Followed[] = [];
    for (const series of needs.series().values()) {
      const { holdsName, entityId } = currentIdentity(series);
      if (!holdsName || isOutside(entityId) || needs.latest(series.id)?.state == null) continue;
      followed.push({ id: series.id, since: (series.identities[0] as Series["identities"][0]).from });
    }
    return followed;
  };
  /** A source that was silent is told by its own status. */
  const isOfHome = ({ cause }: Gap) => cause !== "source_silent";
  const list = (): readonly PublishedEntry[] => {
    const now = clock.now();
    const connected = needs.connected();
    lostAt = connected ? undefined : (lostAt ?? now);
    const window = { from: now - DAY, to: now };
    const open = needs.openHoles().map(({ from, to }) => ({ from, to: to ?? now }));
    if (lostAt !== undefined) open.push({ from: lostAt, to: now });
    const followed = present();
    const { bytes, oldest } = needs.stats();
    const lastGap = latestOf(needs.gaps(ALL_TIME).filter(isOfHome));
    const health = healthEntries({
      connected,
      parts: needs.parts(),
      perMinute: needs.perMinute(),
      completeness: completenessOf({ series: followed, gaps: needs.gaps(window), open, window }),
      entities: followed.length,
      series: needs.series().size,
      bytes,
      recordedSince: oldest,
      lastGap: lastGap && { ...lastGap, entityId: lastGap.series === null ? null : nameOf(lastGap.series) },
      firings: recent,
    });
    return [...health, ...outsideEntries(needs.outside())];
  };

  const look = () => {
    cancelLook = undefined;
    const { messages } = heard.take();
    states = stateOf(needs.parts());
    const gaps = messages.flatMap((message) => (message.topic === "gap" ? [message.item] : []));
    const firings = firingsOf(gaps.filter(isOfHome), (id) => nameOf(id) ?? undefined, clock.now());
    recent = [...recent, ...firings].slice(-MOST_RECENT);
    const changed: PublishedEntry[] = [];
    const now = list();
    for (const entry of now) {
      const text = JSON.stringify({ ...entry, recent: undefined });
      if (told.get(entry.key)?.text !== text) changed.push(entry);
      told.set(entry.key, { text, entry });
    }
    const offered = new Set(now.map(({ key }) => key));
    for (const [key, { entry }] of told) {
      if (offered.has(key)) continue;
      // Whoever shows it would go on showing its last value.
      const { value: _, attributes: __, ...known } = entry;
      changed.push({ ...known, available: false, why: GONE });
      told.delete(key);
    }
    bus.publish("published", changed);
    bus.publish("firing", firings);
  };
  const lookSoon = () => {
    cancelLook ??= clock.after(GATHER_MS, look);
  };
  let cancelRound = () => {};
  const nextRound = () => {
    cancelRound = clock.after(FIGURES_EVERY_MS, () => {
      lookSoon();
      nextRound();
    });
  };

  const heard = bus.subscribe(["gap", "status", "change"], {
    queue: QUEUE,
    // Figures of a part change all the time; its state seldom.
    accepts: (message) => {
      if (message.topic === "change") return isOutside(currentIdentity(message.item.series).entityId);
      return message.topic === "gap" || stateOf(needs.parts()) !== states;
    },
    wake: lookSoon,
  });
  lookSoon();
  nextRound();
  return {
    list,
    close: () => {
      heard[Symbol.dispose]();
      cancelLook?.();
      cancelRound();
    },
  };
}

const stateOf = (parts: readonly PartStatus[]): string => parts.map(({ part, state }) => `${part} ${state}`).join();

/** The one that ended last. */
const latestOf = (gaps: readonly Stored<Gap>[]): Stored<Gap> | undefined =>
  gaps.reduce<Stored<Gap> | undefined>((last, gap) => (last && last.to >= gap.to ? last : gap), undefined);
