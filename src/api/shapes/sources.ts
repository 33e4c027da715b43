import * as v from "valibot";
import { SOURCE_KINDS } from "../../domain/outside/outside.ts";
import type { SourceNow } from "../../domain/outside/source-now.ts";
import { PART_STATES } from "../../domain/status.ts";
import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import type { FormField } from "../../platform/settings/form.ts";
import type {
  KindDescription,
  ProviderStatus,
  RawAnswerAt,
  SourceConfig,
  SourceStatus,
  Tried,
} from "../../sources/sources.ts";
import { countSchema, type Shape, timeSchema } from "./answers.ts";

const text = v.exactOptional(v.string());
const settingsSchema = v.pipe(v.record(v.string(), v.unknown()), v.description("Secrets are ***."));
const chosenSchema = v.array(v.object({ provider: v.string(), settings: settingsSchema }));

const budgetSchema = v.object({
  calls: v.pipe(countSchema, v.description("At most so many in per_seconds.")),
  per_seconds: v.number(),
  used: countSchema,
  left: countSchema,
});

const providerStatusSchema = v.object({
  provider: v.string(),
  name: v.string(),
  attribution: v.string(),
  state: v.picklist(["unasked", "ok", "resting", "refused", "unfit"]),
  why: text,
  fix: text,
  resting_until: v.exactOptional(timeSchema),
  last_success: v.nullable(timeSchema),
  last_failure: v.nullable(timeSchema),
  calls: v.pipe(countSchema, v.description("Since the hub started.")),
  budgets: v.array(budgetSchema),
});

export const sourceSchema = v.pipe(
  v.object({
    id: v.string(),
    kind: v.picklist(SOURCE_KINDS),
    name: v.string(),
    enabled: v.boolean(),
    providers: v.pipe(chosenSchema, v.description("In the order of preference.")),
    state: v.picklist(PART_STATES),
    why: text,
    fix: text,
    in_use: v.pipe(v.nullable(v.string()), v.description("The provider whose answer holds now.")),
    last_success: v.nullable(timeSchema),
    age_seconds: v.pipe(v.nullable(v.number()), v.description("Since the last good answer.")),
    next_read: v.nullable(timeSchema),
    waits_for: text,
    statuses: v.array(providerStatusSchema),
  }),
  v.title("Source"),
);
export type SourceShape = Shape<typeof sourceSchema>;

const proposalSchema = v.object({
  id: v.string(),
  kind: v.picklist(SOURCE_KINDS),
  name: v.string(),
  enabled: v.boolean(),
  providers: chosenSchema,
});
export const sourcesSchema = v.pipe(
  v.object({
    sources: v.array(sourceSchema),
    proposed: v.pipe(
      v.array(proposalSchema),
      v.description(
        "What this home could use as it is: what Home Assistant has already, else a provider without a key. Nobody is asked before it is added.",
      ),
    ),
  }),
  v.title("Sources"),
);
export type SourcesShape = Shape<typeof sourcesSchema>;

type FieldShape = {
  readonly name: string;
  readonly type: FormField["type"];
  readonly title: string;
  readonly description?: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly unit?: string;
  readonly secret?: boolean;
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly item?: readonly FieldShape[];
  readonly fields?: readonly FieldShape[];
};
const inner = v.exactOptional(
  v.pipe(
    v.array(v.record(v.string(), v.unknown())),
    v.description("Fields like this one; of a list of plain values one, called value."),
  ),
);
const fieldSchema = v.pipe(
  v.object({
    name: v.string(),
    type: v.picklist(["text", "number", "integer", "truth", "choice", "list", "group"]),
    title: v.string(),
    description: text,
    required: v.boolean(),
    default: v.exactOptional(v.unknown()),
    unit: text,
    secret: v.exactOptional(v.boolean()),
    choices: v.exactOptional(v.array(v.string())),
    least: v.exactOptional(v.number()),
    most: v.exactOptional(v.number()),
    item: inner,
    fields: inner,
  }),
  v.title("Field"),
  v.description("One setting, as a form asks for it."),
);

export const kindsSchema = v.pipe(
  v.object({
    kinds: v.array(
      v.object({
        kind: v.picklist(SOURCE_KINDS),
        providers: v.array(
          v.object({
            id: v.string(),
            name: v.string(),
            homepage: v.string(),
            attribution: v.string(),
            terms: text,
            works_unset: v.pipe(v.boolean(), v.description("It needs neither a key nor settings.")),
            every_seconds: v.number(),
            limits: v.array(v.object({ calls: countSchema, per_seconds: v.number() })),
            form: v.array(fieldSchema),
            file_types: v.exactOptional(
              v.pipe(v.array(v.string()), v.description("Endings of the files that it reads; it is handed them.")),
            ),
            unfit: v.exactOptional(
              v.pipe(v.object({ why: v.string(), fix: v.string() }), v.description("Why it cannot be used here.")),
            ),
          }),
        ),
      }),
    ),
  }),
  v.title("SourceKinds"),
);
export type KindsShape = Shape<typeof kindsSchema>;

export const triedSchema = v.pipe(
  v.object({
    ok: v.pipe(v.boolean(), v.description("Each of the providers answered.")),
    providers: v.array(
      v.object({
        provider: v.string(),
        ok: v.boolean(),
        readings: countSchema,
        issues: countSchema,
        facts: v.boolean(),
        why: text,
        fix: text,
      }),
    ),
  }),
  v.title("SourceTest"),
);
export type TriedShape = Shape<typeof triedSchema>;

export const rawSchema = v.pipe(
  v.object({
    answers: v.array(
      v.object({
        time: timeSchema,
        provider: v.string(),
        where: v.pipe(v.string(), v.description("Host and path, without the query.")),
        status: v.number(),
        text: v.string(),
      }),
    ),
  }),
  v.title("RawAnswers"),
);
export type RawShape = Shape<typeof rawSchema>;

const time = (micros: Micros | null) => (micros === null ? null : microsToRfc3339(micros));

const providerStatusShape = ({ until, lastSuccess, lastFailure, budgets, ...status }: ProviderStatus) => ({
  ...status,
  ...(until === undefined ? {} : { resting_until: microsToRfc3339(until) }),
  last_success: time(lastSuccess),
  last_failure: time(lastFailure),
  budgets: budgets.map(({ perMs, ...budget }) => ({ ...budget, per_seconds: perMs / 1000 })),
});

export const sourceShape = (
  { inUse, lastSuccess, nextRead, waitsFor, statuses, providers, ...source }: SourceStatus,
  now: Micros,
): SourceShape => ({
  ...source,
  providers: providers.map(({ provider, settings }) => ({ provider, settings: { ...settings } })),
  in_use: inUse,
  last_success: time(lastSuccess),
  age_seconds: lastSuccess === null ? null : Math.max(0, Math.round((now - lastSuccess) / 1_000_000)),
  next_read: time(nextRead),
  ...(waitsFor === undefined ? {} : { waits_for: waitsFor }),
  statuses: statuses.map(providerStatusShape),
});

/** How a source is doing, on the live stream; of what more is known of it nothing is told there. */
export const sourceNowShape = ({ id, kind, name, state, ...more }: SourceNow) => ({
  ...{ id, kind, name, state },
  ...(more.why === undefined ? {} : { why: more.why }),
  ...(more.fix === undefined ? {} : { fix: more.fix }),
  in_use: more.inUse,
  last_success: time(more.lastSuccess),
  ...(more.waitsFor === undefined ? {} : { waits_for: more.waitsFor }),
  ...(more.removed === undefined ? {} : { removed: more.removed }),
});

export const proposalShape = ({ providers, ...config }: SourceConfig): Shape<typeof proposalSchema> => ({
  ...config,
  providers: providers.map(({ provider, settings }) => ({ provider, settings: { ...settings } })),
});

export const kindsShape = (kinds: readonly KindDescription[]): KindsShape => ({
  kinds: kinds.map(({ kind, providers }) => ({
    kind,
    providers: providers.map(({ worksUnset, everyMs, limits, form, fileTypes, ...provider }) => ({
      ...provider,
      works_unset: worksUnset,
      every_seconds: everyMs / 1000,
      limits: limits.map(({ calls, perMs }) => ({ calls, per_seconds: perMs / 1000 })),
      ...(fileTypes === undefined ? {} : { file_types: [...fileTypes] }),
      form: form as readonly FieldShape[] as KindsShape["kinds"][number]["providers"][number]["form"],
    })),
  })),
});

export const triedShape = (tried: readonly Tried[]): TriedShape => ({
  ok: tried.every(({ ok }) => ok),
  providers: tried.map((one) => ({ ...one })),
});

export const rawShape = (answers: readonly RawAnswerAt[]): RawShape => ({
  answers: answers.map(({ time: at, ...answer }) => ({ ...answer, time: microsToRfc3339(at) })),
});
