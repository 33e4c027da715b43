import type { Issue, OutsidePresent, SourceId, SourceKind } from "../domain/outside/outside.ts";
import type { SourceNow } from "../domain/outside/source-now.ts";
import type { PartState } from "../domain/status.ts";
import type { Micros } from "../domain/time/time.ts";
import type { FormField } from "../platform/settings/form.ts";
import type { Ask, LeftOut, Limit } from "./source.ts";

/** What a user chose: which providers a source asks, in the order of preference, and with which settings. */
export type SourceConfig = {
  /** A word of `a-z`, `0-9` and `_`: it is in the names of the source's series. */
  readonly id: SourceId;
  readonly kind: SourceKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly providers: readonly ChosenProvider[];
};
export type ChosenProvider = { readonly provider: string; readonly settings: Settings };
/** Secrets of it are told as `***`; a `***` that comes back means what is kept. */
export type Settings = { readonly [name: string]: unknown };

/** How much of a published limit is used. */
export type Budget = Limit & { readonly used: number; readonly left: number };

export type ProviderStatus = {
  readonly provider: string;
  readonly name: string;
  readonly attribution: string;
  /** `resting` after a failure, `refused` until its settings change or it is refreshed. */
  readonly state: "unasked" | "ok" | "resting" | "refused" | "unfit";
  readonly why?: string;
  readonly fix?: string;
  /** Of a rest. */
  readonly until?: Micros;
  readonly lastSuccess: Micros | null;
  readonly lastFailure: Micros | null;
  readonly calls: number;
  readonly budgets: readonly Budget[];
};

export type SourceStatus = SourceConfig & {
  readonly state: PartState;
  readonly why?: string;
  readonly fix?: string;
  /** The provider whose answer holds now. */
  readonly inUse: string | null;
  readonly lastSuccess: Micros | null;
  readonly nextRead: Micros | null;
  /** Nothing is wrong, yet something is missing still. */
  readonly waitsFor?: string;
  readonly statuses: readonly ProviderStatus[];
};

export type RawAnswerAt = {
  readonly time: Micros;
  readonly provider: string;
  readonly where: string;
  readonly status: number;
  readonly text: string;
};

export type Tried = {
  readonly ok: boolean;
  readonly provider: string;
  readonly readings: number;
  readonly issues: number;
  readonly facts: boolean;
  readonly why?: string;
  readonly fix?: string;
};

/** What a file held, or would bring. */
export type FileImport = {
  readonly provider: string;
  /** Nothing was stored. */
  readonly preview: boolean;
  readonly readings: number;
  readonly from: Micros | null;
  readonly to: Micros | null;
  readonly sums: readonly {
    readonly quantity: string;
    readonly name: string;
    readonly unit: string | null;
    readonly readings: number;
    readonly from: Micros;
    readonly to: Micros;
    readonly sum: number;
  }[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
  /** How the file seems to be meant: settings of the provider, for somebody to confirm; in a preview alone. */
  readonly proposed?: Settings;
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
};

/** A provider as somebody who sets up a source sees it. */
export type KindDescription = {
  readonly kind: SourceKind;
  readonly providers: readonly {
    readonly id: string;
    readonly name: string;
    readonly homepage: string;
    readonly attribution: string;
    readonly terms?: string;
    readonly worksUnset: boolean;
    readonly everyMs: number;
    readonly limits: readonly Limit[];
    readonly form: readonly FormField[];
    /** Why it cannot be used at this place, without settings. */
    readonly unfit?: { readonly why: string; readonly fix: string };
    /** Endings of the files that it reads. */
    readonly fileTypes?: readonly string[];
  }[];
};

export type KnownFacts = {
  readonly facts: unknown;
  readonly fetched: Micros;
  readonly provider: string;
};

/** The sources that somebody set up, and what they know. Nothing is asked of anybody before a source is added. */
export type Sources = {
  kinds(): readonly KindDescription[];
  /** What this home could use without a key, and has not set up. */
  proposed(): readonly SourceConfig[];
  list(): readonly SourceStatus[];
  get(id: SourceId): SourceStatus | undefined;
  /** @throws Failure `invalid_request` with the path of what is wrong, `action_unavailable`, `limit_reached` */
  add(config: SourceConfig): Promise<SourceStatus>;
  /** undefined: there is no such source. @throws as `add` */
  replace(id: SourceId, config: SourceConfig): Promise<SourceStatus | undefined>;
  /** False: there is no such source. What was recorded of it stays. */
  remove(id: SourceId): Promise<boolean>;
  /** Asks now, also whom it was told not to ask again. undefined: there is no such source. */
  refresh(id: SourceId): Promise<SourceStatus | undefined>;
  /** Asks each provider of it once and keeps nothing. */
  test(config: SourceConfig): Promise<readonly Tried[]>;
  /**
   * Takes in what a file holds, or only says what would come of it. What is stored already is not stored again. undefined:
   * there is no such source.
   *
   * @throws Failure `action_unavailable` (no provider of it reads files), `unreadable_file`
   */
  importFile(
    id: SourceId,
    bytes: Uint8Array,
    how: { readonly preview: boolean; readonly provider?: string | undefined },
  ): Promise<FileImport | undefined>;
  /** The last answers, newest first, without secrets. */
  raw(id: SourceId): readonly RawAnswerAt[];
  /** What is so now; what is too old is absent, and says why. */
  present(source?: SourceId): readonly OutsidePresent[];
  /** The latest issue, made at `at` or before. Past ones are read from history. */
  issue(
    source: SourceId,
    quantity: string,
    at?: Micros,
  ):
    | { readonly issue: Issue; readonly provider: string; readonly fetched: Micros; readonly unit: string | null }
    | undefined;
  facts(source: SourceId): KnownFacts | undefined;
  /** Told after each answer with facts. @returns ends it */
  onFacts(
    kind: SourceKind,
    listener: (source: SourceId, facts: KnownFacts, before: KnownFacts | undefined) => void,
  ): () => void;
  /** Told when a source is doing otherwise than before, answered anew, was added or removed. @returns ends it */
  onChange(listener: (source: SourceNow) => void): () => void;
  /** Asks one provider of a kind beside its reads, within its limits. */
  askOf(kind: SourceKind, provider: string): Ask;
  /** An entity of Home Assistant has another state: whoever reads it reads it again soon. */
  entityChanged(entityId: string): void;
  /** Home Assistant has said where the home is, or anew. */
  placeChanged(): void;
  close(): Promise<void>;
};
