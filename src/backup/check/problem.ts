import { Failure } from "../../domain/failure.ts";

/** What is wrong with a backup or a store, and what to do. */
export type Problem = {
  readonly code:
    | "file_missing"
    | "file_damaged"
    | "app_db_damaged"
    | "store_unreadable"
    | "count_differs"
    | "store_damaged";
  /** null: no single one. */
  readonly file: string | null;
  readonly why: string;
  readonly fix: string;
};

/** What came of reading everything back. */
export type Verified = {
  /** True: everything is there as it was. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly readings: number;
  readonly events: number;
  readonly gaps: number;
  /** One of each series, period and start; null: it was read back before statistics were. */
  readonly statistics: number | null;
  readonly files: number;
  readonly bytes: number;
};

export type OnProgress = (phase: "checking" | "reading" | "copying", done: number, total: number) => void;

const CANCELLED = "backup_cancelled";

/** Thrown by whoever is told of progress, to end the work. */
export const cancelled = () => new Failure(CANCELLED, "It was cancelled", { fix: "Begin it again when it is wanted." });

export const isCancelled = (error: unknown): boolean => error instanceof Failure && error.code === CANCELLED;
