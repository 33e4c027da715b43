import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Recorded answers of providers that lie beside the project where there are any; they are read, never copied. */
const PROVIDERS = join(import.meta.dirname, "../../../../shared/fixtures/providers");

/** Why no recorded answer can be read; false: they can. */
export const recordedAreAbsent: string | false = existsSync(PROVIDERS)
  ? false
  : "the recorded answers are not beside the project";

/** The text of one of them, such as `awattar/at_2026-08-20_normal.json`. */
export const recorded = (name: string): string => readFileSync(join(PROVIDERS, name), "utf8");
/** Where it lies, for programs that read it themselves. */
export const recordedFile = (name: string): string => join(PROVIDERS, name);
export const recordedBytes = (name: string): Buffer => readFileSync(join(PROVIDERS, name));
