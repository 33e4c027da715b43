/** What two answers must have in common where their values may differ. */

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const HEX = /^[0-9a-f]{32}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/;

/** The value with its leaves replaced by their kind: `string`, `number`, `id`, `time`, … */
export function shape(value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]) => [key, shape(one)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  if (typeof value === "string")
    return ULID.test(value) || HEX.test(value) ? "id" : TIME.test(value) ? "time" : "string";
  return typeof value;
}

/** Replaces names and ids that differ from peer to peer by words that do not. */
export function rename<T>(value: T, names: Record<string, string>): T {
  let text = JSON.stringify(value);
  for (const [from, to] of Object.entries(names)) text = text.replaceAll(from, to);
  return JSON.parse(text) as T;
}

/** One `subscribe_entities` event with exact states and attributes; times and ids become their kind. */
export function delta(event: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(event), function (this: Record<string, unknown>, key, value) {
    if (key === "lc" || key === "lu") return typeof value === "number" && value > 1e9 ? "seconds" : value;
    if (key === "c" && isState(this)) return shape(value);
    // The names of vanished attributes come in any order.
    if (key === "a" && Array.isArray(value)) return [...value].sort();
    return value;
  });
}

const isState = (holder: Record<string, unknown>) => ["s", "lc", "lu"].some((key) => key in holder);

/** History rows with exact states and attributes; times become their kind. */
export const rows = (answer: Record<string, object[]>): unknown =>
  Object.fromEntries(Object.entries(answer).map(([entity, list]) => [entity, list.map((row) => delta({ ...row }))]));

/** Keys of every entry of a list and the kinds that each was seen with: lists of different lengths can be compared. */
export function kinds(list: readonly object[]): Record<string, string[]> {
  const seen: Record<string, Set<string>> = {};
  for (const entry of list)
    for (const [key, value] of Object.entries(entry)) {
      const kind = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
      seen[key] = (seen[key] ?? new Set()).add(kind);
    }
  return Object.fromEntries(Object.entries(seen).map(([key, set]) => [key, [...set].sort()]));
}
