import type { Time } from "./api-types.ts";

/** The JSON of what concerns the disk: sizes, retention, thinning, backups, checks, long work. */
export const STORED_KINDS = ["readings", "rollups", "events", "statistics", "log"] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

export type Budget = { readonly bytes: number; readonly source: "automatic" | "chosen"; readonly used: number };

export type Storage = {
  readonly as_of: Time;
  readonly disk: { readonly total: number; readonly free: number; readonly reserve: number } | null;
  readonly total: {
    readonly bytes: number;
    readonly files: number;
    readonly readings: number;
    readonly events: number;
  };
  readonly months: readonly {
    /** null: of no month. */
    readonly month: string | null;
    readonly kind: StoredKind;
    readonly files: number;
    readonly bytes: number;
    readonly entries: number;
  }[];
  readonly growth: {
    readonly bytes_per_day: number | null;
    readonly readings_per_day: number;
    readonly days: number;
  } | null;
  readonly budget: Budget;
  /** null: more than 30, or not known. */
  readonly days_left: number | null;
  readonly forecast: readonly { readonly date: string; readonly bytes: number }[];
  readonly quarantined: readonly {
    readonly file: string;
    readonly bytes: number;
    readonly why: string | null;
    readonly kind: StoredKind | "settings" | null;
    readonly month: string | null;
    readonly fix: string;
  }[];
  readonly recording: { readonly stopped: boolean; readonly since?: Time };
};

export const WRITER_GROUPS = ["entity", "device", "domain", "integration", "device_class", "area"] as const;
export type WriterGroup = (typeof WRITER_GROUPS)[number];
export type Writer = {
  readonly key: string;
  readonly name: string | null;
  readonly entity_id?: string;
  readonly entities: number;
  readonly readings: number;
  readonly bytes: number;
  readonly share: number;
};
export type Writers = {
  readonly total: { readonly readings: number; readonly bytes: number };
  readonly top: readonly Writer[];
};

export const SELECTOR_KINDS = ["entity", "pattern", "device_class", "label", "integration", "domain"] as const;
export type Selector = { readonly kind: (typeof SELECTOR_KINDS)[number]; readonly value: string };
/** Days, or a word. */
export type Keep = "for_ever" | "within_budget" | number;

/** What a rule may be about. */
export const RULED = ["readings", "rollups"] as const;
export type Ruled = (typeof RULED)[number];
export type RetentionRule = { readonly select: Selector; readonly what: Ruled; readonly keep: Keep };
export type RetentionChoice = {
  readonly defaults: { readonly readings: Keep; readonly events: Keep; readonly rollups: Keep };
  readonly rules: readonly RetentionRule[];
  /** null: chosen by the hub. */
  readonly budget_bytes: number | null;
};
export type Announced = {
  readonly what: "readings" | "events" | "rollups";
  readonly before: Time;
  readonly announced: Time;
  readonly due: Time;
  readonly bytes: number;
};
export type Retention = Omit<RetentionChoice, "rules"> & {
  readonly rules: readonly (RetentionRule & { readonly entities: number })[];
  readonly budget: Budget;
  readonly clock: { readonly trusted: boolean; readonly why?: string; readonly fix?: string };
  readonly announced: readonly Announced[];
  readonly next_run: Time | null;
  readonly last_run: {
    readonly began: Time;
    readonly ended: Time;
    readonly state: "done" | "failed" | "refused";
    readonly why?: string;
    readonly readings: number;
    readonly events: number;
    readonly bytes: number;
  } | null;
  readonly running: boolean;
};
export type RetentionPreview = {
  readonly plan: string;
  readonly as_of: Time;
  readonly steps: readonly {
    readonly what: "readings" | "events" | "rollups";
    readonly before: Time;
    readonly reason: "rule" | "default" | "budget";
    readonly rule: Selector | null;
    readonly series: number;
    readonly readings: number;
    readonly events: number;
    readonly rollups: number;
    readonly bytes: number;
    readonly lost: string;
    readonly stays: string;
  }[];
  readonly total: {
    readonly readings: number;
    readonly events: number;
    readonly rollups: number;
    readonly bytes: number;
  };
  readonly top: readonly {
    readonly entity_id: string;
    readonly before: Time;
    readonly readings: number;
    readonly bytes: number;
  }[];
  readonly announced: readonly Announced[];
  readonly forecast: { readonly bytes_in_30_days: number | null; readonly days_left: number | null };
  readonly refused: { readonly why: string; readonly fix: string } | null;
};

export type Erasure = {
  readonly id: string;
  readonly state: "running" | "done" | "failed";
  readonly asked: Time;
  readonly entities: readonly { readonly entity_id: string }[];
  /** null: without end. */
  readonly from: Time | null;
  readonly to: Time | null;
  readonly removed: {
    readonly readings: number;
    readonly statistics: number;
    readonly rollups: number;
    readonly events: number;
  };
  /** Ids of those that hold it still. */
  readonly backups: { readonly held: readonly string[] };
  readonly why?: string;
  readonly fix?: string;
};

export type ThinningRule = {
  readonly select: Selector;
  readonly min_change: number | null;
  readonly min_interval_seconds: number | null;
};
export type Recording = {
  readonly thinning: readonly (ThinningRule & { readonly since: Time; readonly entities: number })[];
  readonly dropped: number;
};

export type Trouble = {
  readonly code: string;
  readonly file: string | null;
  readonly why: string;
  readonly fix: string;
};
export type Backup = {
  readonly id: string;
  /** null, as all that it would say of itself: it is unreadable. */
  readonly made: Time | null;
  readonly by: "user" | "schedule" | null;
  readonly bytes: number;
  /** What it added to those before. */
  readonly copied_bytes: number;
  readonly readings: number;
  readonly events: number;
  readonly state: "whole" | "damaged" | "unreadable";
  readonly why: string | null;
  readonly fix: string | null;
  readonly verified: { readonly time: Time; readonly ok: boolean; readonly problems: readonly Trouble[] } | null;
};
export type BackupSchedule = {
  readonly on: boolean;
  readonly at: string;
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
};
export type Backups = {
  readonly folder: string;
  readonly free_bytes: number | null;
  readonly under_way: {
    readonly kind: "backup" | "verification" | "removal" | "tidying" | "store_verification";
    readonly id: string;
    readonly done: number;
    /** 0: not known yet. */
    readonly total: number;
  } | null;
  readonly last_failure: {
    readonly time: Time;
    readonly code: string;
    readonly why: string;
    readonly fix: string;
  } | null;
  readonly schedule: BackupSchedule & { readonly next: Time | null; readonly proposed: boolean };
  readonly backups: readonly Backup[];
};
export type StoreCheck = {
  readonly under_way: { readonly done: number; readonly total: number } | null;
  readonly last: {
    readonly time: Time;
    readonly ok: boolean;
    readonly problems: readonly Trouble[];
    readonly readings: number;
    readonly events: number;
    readonly gaps: number;
  } | null;
};

/** Long work. */
export type Job = {
  readonly id: string;
  readonly kind: string;
  readonly state: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly created: Time;
  readonly since: Time;
  readonly progress: { readonly done: number; readonly total: number | null; readonly unit: string };
  readonly why?: string;
  readonly fix?: string;
  readonly outcome: { readonly [name: string]: number | string | boolean | null };
  readonly actions: readonly ("cancel" | "resume")[];
};
export type Jobs = { readonly jobs: readonly Job[]; readonly startable: readonly string[] };
