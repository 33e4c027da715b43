import type { Context } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";

/** An option of a command; `flag` takes no value, `list` may be given more than once or hold commas. */
export type Option = {
  readonly kind: "flag" | "text" | "list";
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
  readonly choices?: readonly string[];
};
export type Options = { readonly [name: string]: Option };

export type Given = {
  readonly names: readonly string[];
  flag(option: string): boolean;
  text(option: string): string | undefined;
  /** undefined: not given. */
  list(option: string): readonly string[] | undefined;
};

export type Command = {
  /** One or two words: `status`, `retention preview`. */
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name: `[ENTITY …]`. */
  readonly operands?: { readonly shown: string; readonly least: number; readonly most: number };
  readonly options: Options;
  readonly details?: string;
  /** Each with what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly run: (context: Context, given: Given) => Promise<ExitCode>;
};

/** Every command has these. */
export const COMMON: Options = {
  data: {
    kind: "text",
    value: "FOLDER",
    help: "The hub's data folder, whose socket file is asked (HA_INGESTOR_DATA, else .data)",
  },
  url: {
    kind: "text",
    value: "ADDRESS",
    help: "A hub elsewhere, such as http://homeassistant.local:8098 (HA_INGESTOR_URL)",
  },
  "token-file": { kind: "text", value: "FILE", help: "A file that holds the token for --url (else HA_INGESTOR_TOKEN)" },
  json: { kind: "flag", help: "JSON, also on a terminal" },
  table: { kind: "flag", help: "A table, also in a pipe" },
  help: { kind: "flag", help: "This help" },
};
