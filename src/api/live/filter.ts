import type { SeriesId } from "../../domain/data/reading.ts";
import { currentIdentity, domainOf, type Identity, type Series } from "../../domain/data/series.ts";
import type { Message } from "../../live/bus.ts";
import type { Topics } from "../../live/topics.ts";
import type { Subscribe } from "./frames.ts";

export type LiveMessage = Message<Topics, keyof Topics>;

/** What a subscription lets through. */
export type LiveFilter = {
  series(series: Series): boolean;
  message(message: LiveMessage): boolean;
};

export function createFilter(asked: Subscribe, seriesOf: (id: SeriesId) => Series | undefined): LiveFilter {
  const tests: ((identity: Identity) => boolean)[] = [];
  const { entities, domains, areas, event_types: types } = asked;
  if (entities) {
    const exact = new Set(entities.filter((name) => !name.includes("*")));
    const globs = entities.filter((name) => name.includes("*")).map(globMatcher);
    tests.push(({ entityId }) => exact.has(entityId) || globs.some((matches) => matches(entityId)));
  }
  if (domains) {
    const wanted = new Set(domains);
    tests.push(({ entityId }) => wanted.has(domainOf(entityId)));
  }
  if (areas) {
    const wanted = new Set<string | null>(areas);
    tests.push(({ areaId }) => wanted.has(areaId));
  }
  const wantedTypes = types && new Set(types);
  // An identity never changes, so each is judged once, at 5,000 changes a second.
  const judged = new WeakMap<Identity, boolean>();
  const series = (of: Series) => {
    if (tests.length === 0) return true;
    const identity = currentIdentity(of);
    let passes = judged.get(identity);
    if (passes === undefined) {
      passes = tests.every((test) => test(identity));
      judged.set(identity, passes);
    }
    return passes;
  };
  return {
    series,
    message: ({ topic, item }) => {
      if (topic === "change") return series(item.series);
      if (topic === "event") return !wantedTypes || wantedTypes.has(item.type);
      if (topic !== "gap" || item.series === null) return true;
      const of = seriesOf(item.series);
      return of !== undefined && series(of);
    },
  };
}

/** `*` stands for any run of characters. Matched piece by piece: no pattern can make this slow. */
function globMatcher(glob: string): (text: string) => boolean {
  const pieces = glob.split("*");
  const first = pieces[0] as string;
  const last = pieces[pieces.length - 1] as string;
  const middle = pieces.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
