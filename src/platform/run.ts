import { describeError, Failure } from "../domain/failure.ts";

/**
 * Runs the program until SIGTERM or SIGINT, then closes it and exits with 0; with 1 if it cannot start or close. Signals
 * are heard from the first moment: the first process of a container ignores those that it does not listen to. One that
 * comes while the program is still opening is heeded once it has opened.
 */
export function runUntilSignal(start: () => Promise<{ close(): Promise<void> }>): void {
  const starting = start().catch((error: unknown) => {
    const fix = error instanceof Failure && error.fix ? ` ${error.fix}` : "";
    process.stderr.write(`The hub cannot start: ${describeError(error)}.${fix}\n`);
    process.exit(1);
  });
  const shutDown = () =>
    starting
      .then((running) => running.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`The hub did not close cleanly: ${describeError(error)}\n`);
          process.exit(1);
        },
      );
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, shutDown);
}
