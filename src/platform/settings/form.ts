import * as v from "valibot";

/** One setting as a form asks for it; the page, the docs and the masking are made from this. */
export type FormField = {
  readonly name: string;
  readonly type: "text" | "number" | "integer" | "truth" | "choice" | "list" | "group";
  readonly title: string;
  readonly description?: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly unit?: string;
  /** Never shown once it is set. */
  readonly secret?: true;
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  /** What each entry of a list is; a list of plain values has one field, named `value`. */
  readonly item?: readonly FormField[];
  /** The fields of a group. */
  readonly fields?: readonly FormField[];
};

type Entries = { readonly [name: string]: v.GenericSchema };
type Loose = v.GenericSchema & {
  readonly wrapped?: v.GenericSchema;
  readonly default?: unknown;
  readonly pipe?: readonly (v.GenericSchema & { readonly requirement?: unknown })[];
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly item?: v.GenericSchema;
  readonly entries?: Entries;
};

/** The form of a schema of settings: its entries in order. */
export const formOf = (schema: { readonly entries: object }): FormField[] =>
  Object.entries(schema.entries as Entries).map(([name, entry]) => fieldOf(name, entry as Loose));

function fieldOf(name: string, entry: Loose): FormField {
  const layers = layersOf(entry);
  const core = layers.at(-1) as Loose;
  const actions = layers.flatMap(({ pipe }) => pipe ?? []);
  const said = (of: (schema: v.GenericSchema) => string | undefined) =>
    layers.map((layer) => of(layer)).find((text) => text !== undefined);
  const description = said(v.getDescription);
  const { secret, unit } = Object.assign({}, ...layers.map((layer) => v.getMetadata(layer))) as {
    secret?: boolean;
    unit?: string;
  };
  const preset = layers.find((layer) => layer.default !== undefined)?.default;
  const bound = (type: string) =>
    actions.find((action) => (action.type as string) === type && typeof action.requirement === "number")?.requirement as
      | number
      | undefined;
  const least = bound("min_value");
  const most = bound("max_value");
  return {
    name,
    ...shapeOf(core, actions),
    title: said(v.getTitle) ?? name,
    ...(description === undefined ? {} : { description }),
    required: !layers.some(({ type }) => OPTIONAL.has(type)),
    ...(preset === undefined ? {} : { default: typeof preset === "function" ? preset() : preset }),
    ...(unit === undefined ? {} : { unit }),
    ...(secret === true ? { secret: true as const } : {}),
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
  };
}

const OPTIONAL = new Set(["optional", "nullish", "nullable", "exact_optional", "undefinedable"]);

/** A schema and what it is wrapped around, outermost first. */
function layersOf(schema: Loose): Loose[] {
  const layers: Loose[] = [];
  for (let at: Loose | undefined = schema; at; at = at.wrapped as Loose | undefined) layers.push(at);
  return layers;
}

function shapeOf(
  core: Loose,
  actions: readonly { readonly type: string }[],
): Partial<FormField> & Pick<FormField, "type"> {
  switch (core.type as string) {
    case "number":
      return { type: actions.some(({ type }) => type === "integer") ? "integer" : "number" };
    case "boolean":
      return { type: "truth" };
    case "picklist":
      return { type: "choice", choices: (core.options ?? []).map(String) };
    case "literal":
      return { type: "choice", choices: [String(core.literal)] };
    case "array":
      return { type: "list", item: itemOf(core.item as Loose) };
    case "object":
    case "strict_object":
      return { type: "group", fields: formOf(core as { entries: object }) };
    default:
      return { type: "text" };
  }
}

const itemOf = (item: Loose): FormField[] =>
  "entries" in item ? formOf(item as { entries: object }) : [fieldOf("value", item)];
