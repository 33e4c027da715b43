import type { Area, Change, State } from "../api-types.ts";
import { type Cell, createCell } from "./cell.ts";
import type { Clock } from "./clock.ts";

/** The latest value of every entity, loaded once and kept up to date by the live stream. */
export type States = {
  /** A new number whenever something below has changed, a few times a second at most. */
  readonly version: Cell<number>;
  readonly problem: Cell<unknown>;
  readonly loaded: boolean;
  /** By series id: a renamed entity stays the same row. */
  readonly bySeries: ReadonlyMap<number, State>;
  readonly areas: ReadonlyMap<string, string>;
  byEntity(entityId: string): State | undefined;
  areaOf(entityId: string): string | null;
  load(): Promise<void>;
  apply(changes: readonly Change[]): void;
  /** Takes over what the hub's snapshot says: nothing falls between it and the changes that follow. */
  adopt(snapshot: readonly State[]): void;
};

const TELL_EVERY_MS = 300;
const RELOAD_AFTER_MS = 1_500;

export function createStates(needs: {
  load: () => Promise<{ states: readonly State[]; areas: readonly Area[] }>;
  clock: Clock;
}): States {
  const { load, clock } = needs;
  const version = createCell(0);
  const problem = createCell<unknown>(null);
  let bySeries = new Map<number, State>();
  let areas: ReadonlyMap<string, string> = new Map();
  let byName: Map<string, State> | null = null;
  let loaded = false;
  let loading: Promise<void> | null = null;
  // Changes that arrive while the answer to `load` is on its way are put on top of it.
  let meanwhile: Change[] = [];
  let telling = false;
  let reloading = false;

  const tell = () => {
    if (telling) return;
    telling = true;
    clock.after(TELL_EVERY_MS, () => {
      telling = false;
      version.set(version.get() + 1);
    });
  };

  const put = (change: Change) => {
    const known = bySeries.get(change.series);
    if (known && !isNewer(change, known)) return;
    if (change.state === null) {
      if (bySeries.delete(change.series)) byName = null;
      return;
    }
    if (!known || known.entity_id !== change.entity_id) reloadSoon();
    const { previous: _, ...reading } = change;
    const next: State = known ? { ...known, ...reading } : { ...NAMELESS, ...reading };
    bySeries.set(change.series, next);
    if (known?.entity_id === change.entity_id) byName?.set(change.entity_id, next);
    else byName = null;
  };

  /** A change tells neither name nor area: what is new or renamed is asked for. */
  const reloadSoon = () => {
    if (reloading || !loaded) return;
    reloading = true;
    clock.after(RELOAD_AFTER_MS, () => {
      reloading = false;
      void refresh();
    });
  };

  const refresh = (): Promise<void> => {
    loading ??= load()
      .then((answer) => {
        bySeries = new Map(answer.states.map((state) => [state.series, state]));
        areas = new Map(answer.areas.map((area) => [area.area_id, area.name]));
        byName = null;
        loaded = true;
        problem.set(null);
        for (const change of meanwhile) put(change);
      })
      .catch((error: unknown) => problem.set(error))
      .finally(() => {
        loading = null;
        meanwhile = [];
        version.set(version.get() + 1);
      });
    return loading;
  };

  const find = (entityId: string) => {
    byName ??= new Map([...bySeries.values()].map((state) => [state.entity_id, state]));
    return byName.get(entityId);
  };

  return {
    version,
    problem,
    get loaded() {
      return loaded;
    },
    get bySeries() {
      return bySeries;
    },
    get areas() {
      return areas;
    },
    byEntity: find,
    areaOf: (entityId) => find(entityId)?.area_id ?? null,
    load: refresh,
    adopt: (snapshot) => {
      const next = new Map<number, State>();
      for (const state of snapshot) {
        const known = bySeries.get(state.series);
        next.set(state.series, known && isNewer(known, state) ? known : state);
      }
      bySeries = next;
      byName = null;
      loaded = true;
      tell();
    },
    apply: (changes) => {
      if (loading) meanwhile.push(...changes);
      if (!loaded) return;
      for (const change of changes) put(change);
      tell();
    },
  };
}

const NAMELESS = {
  name: null,
  device_id: null,
  area_id: null,
  floor_id: null,
  labels: [],
  integration: null,
  category: null,
} as const;

/** The latest is the one with the greatest time, then position: a late or filled reading does not replace it. */
const isNewer = (change: Pick<Change, "time" | "position">, known: State): boolean =>
  change.time > known.time || (change.time === known.time && change.position > known.position);
