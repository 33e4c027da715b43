import type { PartState, Time } from "./api-types.ts";

/** The world outside and what it means for the home, as docs/api.md has it. */

export type Settings = { readonly [name: string]: unknown };
export type ChosenProvider = { readonly provider: string; readonly settings: Settings };

/** What somebody chose: whom to ask, the preferred one first. */
export type SourceChoice = {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly providers: readonly ChosenProvider[];
};

export type Budget = {
  readonly calls: number;
  readonly per_seconds: number;
  readonly used: number;
  readonly left: number;
};

export type ProviderStatus = {
  readonly provider: string;
  readonly name: string;
  readonly attribution: string;
  readonly state: "unasked" | "ok" | "resting" | "refused" | "unfit";
  readonly why?: string;
  readonly fix?: string;
  readonly resting_until?: Time;
  readonly last_success: Time | null;
  readonly last_failure: Time | null;
  readonly calls: number;
  readonly budgets: readonly Budget[];
};

export type Source = SourceChoice & {
  readonly state: PartState;
  readonly why?: string;
  readonly fix?: string;
  readonly in_use: string | null;
  readonly last_success: Time | null;
  readonly next_read: Time | null;
  readonly waits_for?: string;
  readonly statuses: readonly ProviderStatus[];
};
export type Sources = { readonly sources: readonly Source[]; readonly proposed: readonly SourceChoice[] };

/** One setting, as a form asks for it. A list of plain values has one field in `item`, called `value`. */
export type Field = {
  readonly name: string;
  readonly type: "text" | "number" | "integer" | "truth" | "choice" | "list" | "group";
  readonly title: string;
  readonly description?: string;
  readonly required: boolean;
  /** That it is optional is not said, since everything in its form is. */
  readonly untold?: boolean;
  readonly default?: unknown;
  readonly unit?: string;
  readonly secret?: boolean;
  readonly choices?: readonly string[];
  /** How choices are called, where the panel itself knows better than what is sent. */
  readonly choice_names?: { readonly [choice: string]: string };
  readonly least?: number;
  readonly most?: number;
  readonly item?: readonly Field[];
  readonly fields?: readonly Field[];
};

export type ProviderKind = {
  readonly id: string;
  readonly name: string;
  readonly homepage: string;
  readonly attribution: string;
  readonly terms?: string;
  readonly works_unset: boolean;
  /** Of files that it reads and is handed, such as `.xml`. */
  readonly file_types?: readonly string[];
  readonly every_seconds: number;
  readonly form: readonly Field[];
  readonly unfit?: { readonly why: string; readonly fix: string };
};
export type SourceKind = { readonly kind: string; readonly providers: readonly ProviderKind[] };

export type SourceTest = {
  readonly ok: boolean;
  readonly providers: readonly {
    readonly provider: string;
    readonly ok: boolean;
    readonly readings: number;
    readonly issues: number;
    readonly facts: boolean;
    readonly why?: string;
    readonly fix?: string;
  }[];
};

export type RawAnswer = {
  readonly time: Time;
  readonly provider: string;
  /** Host and path, without the query. */
  readonly where: string;
  readonly status: number;
  readonly text: string;
};

/** What a file brought, or with `preview` would bring. */
export type FileImport = {
  readonly provider: string;
  readonly preview: boolean;
  readonly readings: number;
  readonly from: Time | null;
  readonly to: Time | null;
  readonly sums: readonly {
    readonly quantity: string;
    readonly name: string;
    readonly unit: string | null;
    readonly readings: number;
    readonly from: Time;
    readonly to: Time;
    readonly sum: number;
  }[];
  readonly left_out: readonly { readonly why: string; readonly count: number; readonly where?: string }[];
  readonly notes: readonly string[];
  /** Settings that the file seems to want, to be confirmed before it is read. */
  readonly proposed?: Settings;
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
};
