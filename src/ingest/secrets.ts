import type { Attributes } from "../domain/data/reading.ts";

/** What stands in a masked value's place. */
export const MASKED = "***";

const IN_ATTRIBUTES = new Set(["access_token", "token", "password"]);
const IN_SERVICE_CALLS = new Set(["code", "pin", "password", "token", "secret", "access_token", "api_key"]);
/** Cameras and media players carry a token in the picture's address. */
const PICTURE_TOKEN = /([?&](?:token|access_token|authSig|key)=)[^&]+/g;

/** Attributes without the secrets that Home Assistant puts in them; the same object where there are none. */
export function maskAttributes(attributes: Attributes): Attributes {
  let masked: { [name: string]: unknown } | undefined;
  for (const name in attributes) {
    const value = attributes[name];
    const next = IN_ATTRIBUTES.has(name)
      ? maskValue(value)
      : name.startsWith("entity_picture") && typeof value === "string" && value.includes("=")
        ? value.replace(PICTURE_TOKEN, `$1${MASKED}`)
        : value;
    if (next === value) continue;
    masked ??= { ...attributes };
    masked[name] = next;
  }
  return masked ?? attributes;
}

/** An event's data without codes, passwords and tokens at any depth; the same object where there are none. */
export function maskEvent(type: string, data: Attributes): Attributes {
  return type === "call_service" || type === "script_started" || type === "automation_triggered"
    ? (maskDeep(data, 0) as Attributes)
    : maskAttributes(data);
}

const maskValue = (value: unknown): unknown => (value === null || value === undefined || value === "" ? value : MASKED);

function maskDeep(value: unknown, depth: number): unknown {
  // Deeper data than Home Assistant itself takes; hidden whole rather than searched.
  if (depth > 32) return MASKED;
  if (Array.isArray(value)) {
    const next = value.map((item) => maskDeep(item, depth + 1));
    return next.some((item, i) => item !== value[i]) ? next : value;
  }
  if (typeof value !== "object" || value === null || JSON.stringify(value)?.startsWith("{") !== true) return value;
  let masked: { [name: string]: unknown } | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const next = IN_SERVICE_CALLS.has(name.toLowerCase()) ? maskValue(inner) : maskDeep(inner, depth + 1);
    if (next === inner) continue;
    masked ??= { ...value };
    masked[name] = next;
  }
  return masked ?? value;
}
