import type { Attributes, Context } from "../../../domain/data/reading.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Service, ServiceCall, Services } from "../../core/services.ts";

/** What a service does to one entity of the home, by its key. */
export type Act = (key: string, data: Attributes, context: Context) => void;

type Field = "number" | "text" | "any";
export type Spec = {
  readonly name: string;
  readonly description: string;
  readonly fields?: { readonly [name: string]: Field };
  readonly act: Act;
};

/** Registers services that work on entities of one domain, as `light.turn_on` does. */
export function registerEntityServices(
  services: Services,
  keyOf: (entityId: string) => string | undefined,
  domain: string,
  specs: { readonly [service: string]: Spec },
): void {
  for (const [name, spec] of Object.entries(specs))
    services.register(domain, name, {
      needsTarget: true,
      response: "none",
      description: {
        name: spec.name,
        description: spec.description,
        fields: describe(spec.fields),
        target: { entity: [{ domain: [domain] }] },
      },
      run(call) {
        checkFields(call, spec.fields);
        for (const entityId of call.entityIds) {
          const key = keyOf(entityId);
          if (key !== undefined) spec.act(key, call.data, call.context);
        }
        return undefined;
      },
    });
}

/** A service without targets. */
export const plainService = (name: string, description: string, run: (call: ServiceCall) => void): Service => ({
  needsTarget: false,
  response: "none",
  description: { name, description, fields: {} },
  run: (call) => {
    run(call);
    return undefined;
  },
});

const describe = (fields: Spec["fields"] = {}) =>
  Object.fromEntries(
    Object.entries(fields).map(([field, kind]) => [
      field,
      { required: false, selector: kind === "number" ? { number: {} } : { text: {} } },
    ]),
  );

function checkFields({ data }: ServiceCall, fields: Spec["fields"] = {}): void {
  for (const [name, value] of Object.entries(data)) {
    const kind = fields[name];
    if (kind === undefined) throw new Failure("invalid_format", `extra keys not allowed @ data['${name}']`);
    if (kind === "number" && !Number.isFinite(Number(value)))
      throw new Failure("invalid_format", `expected int at '${name}'`);
  }
}

export const optionalNumber = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
