import { parentPort } from "node:worker_threads";
import { describeError, Failure } from "../../domain/failure.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import { giveWay } from "../../platform/give-way.ts";
import type { FromFileWorker, ToFileWorker } from "./file-reader.ts";
import { readFile } from "./read-file.ts";
import { FILE_READERS } from "./readers.ts";

giveWay("upkeep");

/** Entry of the worker that reads files: a year of quarter hours keeps a thread for seconds. */

const say = (message: FromFileWorker): void => parentPort?.postMessage(message);

parentPort?.on("message", ({ provider: wanted, bytes, place, timeZone, ...given }: ToFileWorker) => {
  try {
    const provider = FILE_READERS.find(({ kind, id }) => kind === wanted.kind && id === wanted.id);
    if (!provider) throw new Error(`${wanted.id} reads no files`);
    const whole = { ...place, calendar: createCalendar(timeZone) };
    say({ kind: "found", found: readFile(provider, bytes, { ...given, place: whole }) });
  } catch (error) {
    const { message, fix, cause } = error instanceof Failure ? error : new Failure("", describeError(error));
    say({ kind: "failed", message, ...(fix ? { fix } : {}), ...(cause ? { cause: describeError(cause) } : {}) });
  }
});
