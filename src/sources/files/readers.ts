import { greenButton } from "../smart_meter/green_button/green-button.ts";
import { meterCsv } from "../smart_meter/meter_csv/meter-csv.ts";
import type { AnyProvider } from "../source.ts";

/** The providers that read files: all that the worker needs to know of them. */
export const FILE_READERS: readonly AnyProvider[] = [greenButton, meterCsv];
