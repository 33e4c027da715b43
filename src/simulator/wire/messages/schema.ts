import { Failure } from "../../../domain/failure.ts";

/** The little of Home Assistant's command schemas that a client can notice: required, optional and unknown keys, types. */
export type Field = { readonly required: boolean; readonly check: (value: unknown) => string | undefined };
export type Schema = { readonly [name: string]: Field };

type Check = Field["check"];
export const must = (check: Check): Field => ({ required: true, check });
export const may = (check: Check): Field => ({ required: false, check });

export const text: Check = (value) => (typeof value === "string" ? undefined : "expected str");
export const flag: Check = (value) => (typeof value === "boolean" ? undefined : "expected bool");
export const object: Check = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "expected dict";
export const whole: Check = (value) =>
  typeof value === "number" && Number.isInteger(value)
    ? value < 0
      ? "value must be at least 0"
      : undefined
    : "expected int";
export const anything: Check = () => undefined;
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) ? value.map(check).find((problem) => problem !== undefined) : "expected a list";

const ENTITY_ID = /^[\da-z_]+\.[\da-z_]+$/i;
export const entityId: Check = (value) =>
  typeof value === "string" && ENTITY_ID.test(value) ? undefined : `Entity ID ${value} is an invalid entity ID`;
/** Home Assistant takes a list, one id, or ids with commas. */
export const entityIds: Check = (value) => {
  const ids = typeof value === "string" ? value.split(",").map((id) => id.trim()) : value;
  return listOf(entityId)(ids);
};
export const idsOf = (value: unknown): string[] =>
  (typeof value === "string" ? value.split(",").map((id) => id.trim()) : (value as string[])).map((id) =>
    id.toLowerCase(),
  );

export function checkMessage(message: { readonly [name: string]: unknown }, schema: Schema): void {
  const names = Object.keys(message).filter((name) => name !== "id" && name !== "type");
  if (Object.keys(schema).length === 0 && names.length > 0)
    throw new Failure("invalid_format", `extra keys not allowed. Got ${JSON.stringify(message)}`);
  for (const name of names)
    if (!schema[name])
      throw new Failure("invalid_format", `not a valid option at '${name}'. Got ${JSON.stringify(message[name])}`);
  for (const [name, field] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined) {
      if (field.required) throw new Failure("invalid_format", `required key not provided at '${name}'. Got None`);
      continue;
    }
    const problem = field.check(value);
    if (problem) throw new Failure("invalid_format", `${problem} at '${name}'. Got ${JSON.stringify(value)}`);
  }
}
