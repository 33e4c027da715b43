import type { Gap, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Series } from "../../domain/data/series.ts";
import type { Exclusion } from "../../domain/home/exclusion.ts";
import type { HomeFacts, RegistryKind, RegistryRecord } from "../../domain/home/home.ts";
import type { RecorderLook } from "../../domain/home/setup.ts";
import type { ThinningRule } from "../../domain/home/thinning.ts";
import type { UserAnswer } from "../../domain/home/user.ts";
import type { PublishedEntry } from "../../domain/published.ts";
import type { ConnectionStatus, PartStatus, ServiceAction } from "../../domain/status.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Jobs as AllJobs } from "../../platform/jobs/jobs.ts";
import type { Quarantined } from "../../store/store.ts";

/** What the API asks of the rest, named by the API; main.ts fills these. A route takes only those it needs. */

/** The present, from memory. */
export type States = {
  /** The latest reading of a series. */
  get(series: SeriesId): Stored<Reading> | undefined;
  all(): Iterable<Stored<Reading>>;
};

export type SeriesBook = {
  get(id: SeriesId): Series | undefined;
  all(): Iterable<Series>;
  /** By `entity_id`, present or former; present names win. */
  named(entityId: string): Series | undefined;
};

export type Gaps = (window: Window, series?: SeriesId) => readonly Stored<Gap>[];

/** Everything up to here is found by a query. */
export type CurrentPosition = () => Position;

export type Readiness = () => { readonly ready: true } | { readonly ready: false; readonly why: string };

export type Facts = {
  readonly version: string;
  /** This hub's own id, for good. */
  readonly serverId: string;
  readonly started: Micros;
  readonly storeEngine: string;
  readonly simulated: boolean;
  /** undefined: Home Assistant has not said yet. */
  readonly home: () => HomeFacts | undefined;
};

/** What the hub shows in Home Assistant, as it is now. */
export type Published = () => readonly PublishedEntry[];

export type Parts = () => readonly PartStatus[];

/** The ways to Home Assistant, in the order of preference. */
export type Connections = {
  list(): { readonly paused: boolean; readonly connections: readonly ConnectionStatus[] };
  /** Undefined: there is no such connection. @throws Failure `action_unavailable` */
  act(id: string, action: ServiceAction): ConnectionStatus | undefined;
};

/** By part: what may be done to it. @throws Failure `action_unavailable` */
export type Services = { readonly [part: string]: (action: ServiceAction) => void | Promise<void> };

/** What is not recorded, by choice. */
export type Excluding = {
  list(): readonly Exclusion[];
  has(series: SeriesId): boolean;
  replace(patterns: readonly string[]): Promise<void>;
};

/** What is recorded less, by choice. */
export type ThinningBook = {
  list(): readonly (ThinningRule & { readonly since: Micros })[];
  /** Since the hub started. */
  dropped(): number;
  replace(rules: readonly ThinningRule[]): Promise<void>;
};

export type SetAside = Omit<Quarantined, "kind"> & { readonly kind: Quarantined["kind"] | "settings" };

export type DiskSpace = {
  /** The room that recording leaves. */
  readonly reserve: number;
  /** Since when nothing is recorded for want of room. */
  stoppedSince(): Micros | undefined;
  /** What could not be read and was set aside, of the store and of app.db. */
  quarantined(): Promise<readonly SetAside[]>;
};

export type Setup = {
  /** undefined: not yet. */
  finished(): Micros | undefined;
  finish(): void;
  recorder(): RecorderLook;
  /** Asks Home Assistant anew; a failure is part of what was found. */
  lookAtRecorder(): Promise<unknown>;
};

/** Long work in the background. */
export type Jobs = Pick<AllJobs, "list" | "get" | "start" | "startable" | "act">;

export type Figures = () => {
  readonly changesPerSecond: number;
  readonly eventsPerSecond: number;
  readonly totals: {
    readonly changes: number;
    readonly events: number;
    readonly gaps: number;
    readonly series: number;
    readonly bytes: number;
  };
  readonly recordedSince: Micros | null;
  readonly lastChange: Micros | null;
};

/** Home Assistant's registries as they are now: each entry as Home Assistant gives it, by its id. */
export type Registries = { current(kind: RegistryKind): ReadonlyMap<string, RegistryRecord["content"]> };

/** Around a copy of the data folder. Neither fails: a backup of Home Assistant must not. */
export type BackupHold = {
  begin(): Promise<{ readonly until: Micros; readonly problems: readonly string[] }>;
  end(): boolean;
};

/** Has Home Assistant asked again for what damage took. @throws Failure `action_unavailable` */
export type Refetch = () => { readonly holes: number; readonly entities: number };
/** Packs what was recorded into its lasting form now; the answer is what the store is then. */
export type Seal = () => Promise<{ readonly readings: number; readonly bytes: number; readonly files: number }>;

/** Home Assistant's users, as far as it could be asked. */
export type Users = {
  lookUp(id: string): Promise<UserAnswer>;
  /** Without asking. */
  last(id: string): UserAnswer;
};
