import type { Worker } from "node:worker_threads";
import { describeError, Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Chosen } from "../settings/check.ts";
import type { AnyProvider, Place } from "../source.ts";
import { type FileFound, type FileGiven, readFile } from "./read-file.ts";

/** Reads a file by a provider. @throws Failure `unreadable_file` */
export type ReadFile = (provider: AnyProvider, bytes: Uint8Array, given: FileGiven) => Promise<FileFound>;

export type ToFileWorker = Omit<FileGiven, "place"> & {
  readonly provider: Pick<AnyProvider, "kind" | "id">;
  readonly bytes: Uint8Array;
  /** Functions do not reach another thread. */
  readonly place: Omit<Place, "calendar">;
  readonly timeZone: string;
};
export type FromFileWorker =
  | { readonly kind: "found"; readonly found: FileFound }
  | { readonly kind: "failed"; readonly message: string; readonly fix?: string; readonly cause?: string };

/** A file that takes longer is none that anybody means. */
const WITHIN_MS = 120_000;

/** In this thread: for small files, as in tests. */
export const readFileHere: ReadFile = async (...given) => readFile(...given);

/** In a thread of its own, one file after another, so that recording and answering go on. */
export function createFileReader(needs: { readonly startWorker: () => Worker; readonly clock: Clock }): ReadFile {
  const read: ReadFile = (provider, bytes, { place, ...given }) =>
    new Promise((resolve, reject) => {
      const worker = needs.startWorker();
      const end = (settle: () => void) => {
        cancel();
        worker.removeAllListeners();
        worker.on("error", () => {});
        void worker.terminate();
        settle();
      };
      const fail = (message: string, fix?: string, cause?: unknown) =>
        end(() =>
          reject(new Failure("unreadable_file", message, { ...(fix ? { fix } : {}), ...(cause ? { cause } : {}) })),
        );
      const tooMuch = "Hand in the file in parts.";
      const cancel = needs.clock.after(WITHIN_MS, () =>
        fail(`The file could not be read within ${WITHIN_MS / 1000} s`, tooMuch),
      );
      worker.once("message", (said: FromFileWorker) =>
        said.kind === "found" ? end(() => resolve(said.found)) : fail(said.message, said.fix, said.cause),
      );
      worker.once("error", (error) => fail(`The file could not be read: ${describeError(error)}`, tooMuch, error));
      worker.once("exit", () => fail("The file could not be read", tooMuch));
      const { calendar, ...rest } = place;
      const { kind, id } = provider;
      const message: ToFileWorker = {
        ...given,
        provider: { kind, id },
        bytes,
        place: rest,
        timeZone: calendar.timeZone,
      };
      worker.postMessage(message);
    });
  let last: Promise<unknown> = Promise.resolve();
  return (...given) => {
    const found = last.then(() => read(...given));
    last = found.catch(() => {});
    return found;
  };
}

/** The provider of a source that reads files. @throws Failure `action_unavailable` */
export function fileReaderOf(chosen: readonly Chosen[], wanted: string | undefined): Chosen {
  const readers = chosen.filter(({ provider }) => provider.readFile);
  const [first] = readers;
  if (!first)
    throw new Failure("action_unavailable", "No provider of this source reads files", {
      fix: "Add a source of the kind smart_meter with a provider that does.",
    });
  if (wanted === undefined && readers.length === 1) return first;
  const found = readers.find(({ provider }) => provider.id === wanted);
  if (found) return found;
  const ids = readers.map(({ provider }) => provider.id).join(", ");
  throw new Failure("action_unavailable", "It is not said which of the source's providers is to read the file", {
    fix: `Name one of ${ids} as provider.`,
  });
}
