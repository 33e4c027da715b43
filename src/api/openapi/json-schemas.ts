import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { QuerySchema } from "./describe.ts";

export type JsonSchema = { readonly [keyword: string]: unknown };

/** valibot schemas as JSON Schema, those with a title as components that the others refer to. */
export type JsonSchemas = {
  of(schema: v.GenericSchema, mode: "input" | "output"): JsonSchema;
  /** One parameter of a query: its schema, and whether it must be given. */
  parameter(schema: v.GenericSchema): { readonly schema: JsonSchema; readonly required: boolean };
  readonly components: JsonSchema;
};

/** What a transformation makes is the hub's own business; a caller sees what it checks before. */
const OWN_BUSINESS = ["transform", "raw_transform", "trim", "check", "raw_check"];

/** @param roots every schema that will be asked for: what is titled in them becomes a component. */
export function createJsonSchemas(roots: readonly v.GenericSchema[]): JsonSchemas {
  const definitions: Record<string, v.GenericSchema> = {};
  const seen = new Set<unknown>();
  for (const root of roots) collectTitled(root, definitions, seen);
  const config = (typeMode: "input" | "output"): ConversionConfig => ({
    typeMode,
    target: "draft-2020-12",
    ignoreActions: OWN_BUSINESS,
    definitions,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  });
  const of: JsonSchemas["of"] = (schema, mode) => {
    const { $schema, $defs, ...rest } = toJsonSchema(schema, config(mode)) as JsonSchema;
    return rest;
  };
  return {
    of,
    parameter: (schema) => {
      const required = schema.type !== "optional";
      const wrapped = (required ? schema : (schema as unknown as { wrapped: v.GenericSchema }).wrapped) as Piped;
      // A parameter given at most once is read as a list of one (input/schemas.ts): what is inside counts.
      const inner = wrapped.pipe?.slice(1).find((step) => step.kind === "schema") as v.GenericSchema | undefined;
      return { required, schema: of(inner ?? wrapped, inner ? "output" : "input") };
    },
    components: toJsonSchemaDefs(definitions, config("output")) as JsonSchema,
  };
}

type Piped = v.GenericSchema & { readonly pipe?: readonly { readonly kind: string }[] };

export const entriesOf = (query: QuerySchema | undefined): readonly [string, v.GenericSchema][] =>
  Object.entries(query?.entries ?? {});

function collectTitled(value: unknown, definitions: Record<string, v.GenericSchema>, seen: Set<unknown>): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  const schema = value as Piped & { readonly [key: string]: unknown };
  const title = schema.pipe?.find((step) => (step as { type?: string }).type === "title") as
    | { readonly title: string }
    | undefined;
  if (title) {
    const known = definitions[title.title];
    if (known !== undefined && known !== schema) throw new Error(`Two schemas are called ${title.title}`);
    definitions[title.title] = schema;
  }
  for (const key of ["entries", "item", "items", "options", "wrapped", "value", "pipe", "rest"]) {
    const inner = schema[key];
    if (Array.isArray(inner)) for (const one of inner) collectTitled(one, definitions, seen);
    else if (key === "entries" && typeof inner === "object" && inner !== null)
      for (const one of Object.values(inner)) collectTitled(one, definitions, seen);
    else collectTitled(inner, definitions, seen);
  }
}
