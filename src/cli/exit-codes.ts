import type { Failure } from "../domain/failure.ts";

/** What the command's exit code says (docs/cli.md); scripts rely on it. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work. */
  failed: 1,
  /** The command line is wrong: nothing was tried. */
  usage: 2,
  /** No hub answers there. */
  notReachable: 3,
  /** The hub does not allow it, does not know what was named, or cannot do it now. */
  refused: 4,
  /** It worked, and what it found is not as it should be. */
  found: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const NOT_REACHABLE = ["unreachable", "no_answer", "not_ready"];

export function exitCodeOf({ code }: Failure, status: number | undefined): ExitCode {
  if (code === "usage") return EXIT.usage;
  if (NOT_REACHABLE.includes(code)) return EXIT.notReachable;
  return status !== undefined && status >= 400 && status < 500 ? EXIT.refused : EXIT.failed;
}
