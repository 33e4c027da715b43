import type { Clock } from "../../platform/time/clock.ts";
import { createProgress, type Progress } from "./progress.ts";
import { type Cell, table } from "./table.ts";

/** Where a command writes; `terminal`: a person reads along there. */
export type Stream = {
  write(text: string | Uint8Array): boolean;
  once(event: "drain", then: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export type Output = {
  /** JSON is wanted, not tables. */
  readonly json: boolean;
  /** The answer, whole. */
  text(text: string): Promise<void>;
  bytes(bytes: Uint8Array): Promise<void>;
  /** The value as JSON, or the table of it, whichever is wanted. */
  answer(value: unknown, shown: () => string): Promise<void>;
  table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string;
  /** For the person: never part of the answer. */
  note(text: string): void;
  /** A bar where a person sees it, else nothing. */
  progress(label: string): Progress;
  readonly terminal: boolean;
};

const USUAL_WIDTH = 80;
/** In a pipe nothing is cut. */
const NO_LIMIT = 100_000;

export function createOutput(needs: {
  stdout: Stream;
  stderr: Stream;
  clock: Clock;
  asked: "json" | "table" | undefined;
}): Output {
  const { stdout, stderr, clock, asked } = needs;
  const terminal = stdout.isTTY === true;
  const json = asked === undefined ? !terminal : asked === "json";
  const bytes = (given: string | Uint8Array) =>
    stdout.write(given) ? Promise.resolve() : new Promise<void>((resolve) => void stdout.once("drain", resolve));
  return {
    json,
    terminal,
    text: bytes,
    bytes,
    answer: (value, shown) => bytes(json ? `${JSON.stringify(value)}\n` : shown()),
    table: (heads, rows) => table(heads, rows, terminal ? (stdout.columns ?? USUAL_WIDTH) : NO_LIMIT),
    note: (text) => void stderr.write(`${text}\n`),
    progress: (label) => createProgress({ stream: stderr, clock, label, width: stderr.columns ?? USUAL_WIDTH }),
  };
}
