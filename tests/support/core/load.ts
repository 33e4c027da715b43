import { type ControlClient, microsOf, type SentContext } from "./control-client.ts";

/** What the integration `ingestor_load` inside the test Core is asked for (tests/core/custom_components). */
export type LoadOptions = {
  count: number;
  /** Changes per second; absent or 0: as fast as Core takes them. */
  rate?: number;
  entities?: number;
  /** The entities are `sensor.<prefix>_0`, `sensor.<prefix>_1`, … */
  prefix?: string;
  /** Instead of those: entities made by `ingestor_load.add_entities`. */
  unique_ids?: readonly string[];
  /** Weights by kind of change; the default has every kind. */
  mix?: Partial<Record<LoadKind, number>>;
  seed?: number;
  /** Keep what was made, for `madeBy`. */
  keep?: boolean;
};

export type LoadKind =
  | "number"
  | "forced"
  | "attributes"
  | "vanished"
  | "removed"
  | "user"
  | "child"
  | "shared"
  | "long"
  | "text";

export type LoadProgress = {
  run: number;
  state: "running" | "ended" | "failed";
  error: string | null;
  asked: number;
  made: number;
  by_kind: Partial<Record<LoadKind | "readded", number>>;
  seconds: number;
  rate: number;
  entities: string[];
};

export type MadeChange = {
  entityId: string;
  state: string | null;
  context: SentContext;
  attributes?: Record<string, unknown>;
  changed?: number;
  updated?: number;
};

/** Starts a run and does not wait. */
export const startLoad = (control: ControlClient, options: LoadOptions): Promise<LoadProgress> =>
  control.action<LoadProgress>("ingestor_load.run", options);

export async function waitForLoad(control: ControlClient, run: number): Promise<LoadProgress> {
  for (;;) {
    const progress = await control.action<LoadProgress>("ingestor_load.wait", { run });
    if (progress.state === "failed") throw new Error(`the load failed: ${progress.error}`);
    if (progress.state === "ended") return progress;
  }
}

/** Starts a run and resolves when all of it was made; every change has then been sent or queued by Core. */
export async function runLoad(control: ControlClient, options: LoadOptions): Promise<LoadProgress> {
  const { run } = await startLoad(control, options);
  return waitForLoad(control, run);
}

/** What a run with `keep` made, in order, told by Core's own state objects. */
export async function madeBy(control: ControlClient, run: number): Promise<MadeChange[]> {
  type Told = {
    entity_id: string;
    state: string | null;
    attributes: Record<string, unknown>;
    last_changed: string;
    last_updated: string;
    context: { id: string; parent_id: string | null; user_id: string | null };
  };
  const made: MadeChange[] = [];
  for (;;) {
    const page = await control.action<{ total: number; changes: Told[] }>("ingestor_load.made", {
      run,
      offset: made.length,
    });
    for (const told of page.changes) {
      const { id, parent_id, user_id } = told.context;
      const context = { id, parentId: parent_id, userId: user_id };
      const common = { entityId: told.entity_id, state: told.state, context };
      const times = () => ({ changed: microsOf(told.last_changed), updated: microsOf(told.last_updated) });
      made.push(told.state === null ? common : { ...common, attributes: told.attributes, ...times() });
    }
    if (made.length >= page.total) return made;
  }
}
