import { createContext } from "preact";
import { useContext, useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { Me } from "../api-admin-types.ts";
import type { Info, LiveFrame, Subscription } from "../api-types.ts";
import type { Cell } from "../data/cell.ts";
import type { HubClock } from "../data/clock.ts";
import type { States } from "../data/states.ts";
import type { StatusWatch } from "../data/status.ts";
import type { Live } from "../live.ts";
import type { Router } from "../router.ts";
import type { Session } from "../session.ts";
import type { Theme } from "./theme.ts";

/** Everything a page may use, made once in main.tsx. */
export type Hub = {
  readonly api: Api;
  readonly session: Session;
  readonly live: Live;
  readonly status: StatusWatch;
  readonly states: States;
  readonly info: Cell<Info | null>;
  readonly router: Router;
  readonly theme: Theme;
  readonly clock: HubClock;
};

export const HubContext = createContext<Hub | null>(null);

export function useHub(): Hub {
  const hub = useContext(HubContext);
  if (!hub) throw new Error("A page was drawn outside of the panel");
  return hub;
}

export function useCell<T>(cell: Cell<T>): T {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const seen = cell.get();
    const stop = cell.watch(() => redraw(undefined));
    // It may have been set between drawing and watching.
    if (!Object.is(seen, cell.get())) redraw(undefined);
    return stop;
  }, [cell]);
  return cell.get();
}

/** The hub's time, redrawn every `everyMs`; for ages. */
export function useNow(everyMs = 1_000): number {
  const { clock } = useHub();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    let cancel = () => {};
    const tick = () => {
      setNow(clock.now());
      cancel = clock.after(everyMs, tick);
    };
    tick();
    return () => cancel();
  }, [clock, everyMs]);
  return now;
}

export type Loaded<T> = {
  /** What came last, kept while a newer answer is on its way. */
  readonly data: T | null;
  readonly problem: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
};

/** Loads anew whenever `key` changes; an answer that is no longer wanted is let go. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  type Answer = { key: string; data: T | null; problem: unknown };
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [loading, setLoading] = useState(true);
  const [round, again] = useReducer((n: number) => n + 1, 0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let wanted = true;
    setLoading(true);
    latest
      .current()
      .then(
        (data) => wanted && setAnswer({ key, data, problem: null }),
        (problem: unknown) => wanted && setAnswer((before) => ({ key, data: before?.data ?? null, problem })),
      )
      .finally(() => wanted && setLoading(false));
    return () => {
      wanted = false;
    };
  }, [key, round]);
  return {
    data: answer?.data ?? null,
    problem: answer?.problem ?? null,
    loading: loading || answer?.key !== key,
    reload: () => again(undefined),
  };
}

/** Looks again and again while the page is on show; not while its tab is hidden. */
export function useEvery(everyMs: number, run: () => void): void {
  const { clock } = useHub();
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    let cancel = () => {};
    const wait = () => {
      cancel = clock.after(everyMs, () => {
        if (!document.hidden) latest.current();
        wait();
      });
    };
    wait();
    return () => cancel();
  }, [clock, everyMs]);
}

/** Who looks; null while nobody is signed in. */
export function useMe(): Me | null {
  const state = useCell(useHub().session.state);
  return state.name === "in" ? state.me : null;
}

export type Action = {
  readonly busy: boolean;
  readonly problem: unknown;
  /** One at a time; answers whether it went well. */
  run(work: () => Promise<unknown>): Promise<boolean>;
};

/** Something that a person asked for: busy while it runs, and its problem until the next try. */
export function useAction(): Action {
  const [state, setState] = useState<{ busy: boolean; problem: unknown }>({ busy: false, problem: null });
  const running = useRef(false);
  return {
    ...state,
    run: async (work) => {
      if (running.current) return false;
      running.current = true;
      setState({ busy: true, problem: null });
      try {
        await work();
        setState({ busy: false, problem: null });
        return true;
      } catch (problem) {
        setState({ busy: false, problem });
        return false;
      } finally {
        running.current = false;
      }
    },
  };
}

/** Calls back at each frame of a kind. */
export function useFrames(type: LiveFrame["type"], run: () => void): void {
  const { live } = useHub();
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => live.listen((frame) => frame.type === type && latest.current()), [live, type]);
}

/** Calls back after the live stream was lost and is back: what happened in between was not seen here. */
export const useReconnected = (run: () => void): void => useFrames("hello", run);

/** What this page wants of the live stream, for as long as it is on show; long work is told on every page. */
export function useWanted(subscription: Subscription): void {
  const { live } = useHub();
  const text = JSON.stringify({ ...subscription, topics: [...subscription.topics, "jobs"] });
  useEffect(() => live.want(JSON.parse(text) as Subscription), [live, text]);
}
