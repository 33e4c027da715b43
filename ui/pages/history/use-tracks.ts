import { useEffect, useReducer, useRef } from "preact/hooks";
import { loadTrack } from "../../data/tracks.ts";
import { useHub } from "../../parts/hub.ts";
import type { Seconds, Span } from "../../shape/chart-data.ts";
import type { Track } from "../../shape/explorer/tracks.ts";

export type TrackState = {
  /** What came last; kept, as far as it reaches, while another window is on its way. */
  readonly track: Track | null;
  readonly problem: unknown;
  readonly loading: boolean;
};

/** A hub on a small machine answers a few questions at a time better than twelve. */
const AT_ONCE = 3;
const NOTHING: TrackState = { track: null, problem: null, loading: true };

type Known = TrackState & { readonly key: string };

/** Loads what is asked of each entity; what is no longer wanted is given up, what is there is not asked for again. */
export function useTracks(asked: {
  entities: readonly string[];
  /** null: nothing is wanted. */
  window: Span | null;
  now: Seconds;
  pixels: number;
  hasUnit: (entity: string) => boolean;
  round: number;
}): ReadonlyMap<string, TrackState> {
  const { api } = useHub();
  const { entities, window, pixels, round } = asked;
  const known = useRef(new Map<string, Known>());
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const latest = useRef(asked);
  latest.current = asked;
  const key = window ? `${window.from} ${window.to} ${pixels} ${round}` : "";

  useEffect(() => {
    for (const entity of known.current.keys()) if (!entities.includes(entity)) known.current.delete(entity);
    const { window: wanted, now, hasUnit } = latest.current;
    if (!wanted) return;
    const control = new AbortController();
    const put = (entity: string, state: TrackState) => {
      known.current.set(entity, { ...state, key });
      redraw(undefined);
    };
    const waiting = entities.filter((entity) => {
      const state = known.current.get(entity);
      return !state || state.key !== key || state.loading;
    });
    for (const entity of waiting) put(entity, { ...(known.current.get(entity) ?? NOTHING), loading: true });
    const work = async () => {
      for (let entity = waiting.shift(); entity !== undefined; entity = waiting.shift()) {
        const question = { entity, window: wanted, now, pixels, hasUnit: hasUnit(entity) };
        const state = await loadTrack(api, question, control.signal).then(
          (track): TrackState => ({ track, problem: null, loading: false }),
          (problem: unknown): TrackState => ({ track: null, problem, loading: false }),
        );
        if (control.signal.aborted) return;
        put(entity, state);
      }
    };
    for (let worker = 0; worker < AT_ONCE; worker++) void work();
    return () => control.abort();
  }, [api, entities.join(","), key]);

  return known.current;
}
