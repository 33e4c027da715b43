import type { HomeEvent } from "./reading.ts";

/** Data nested deeper than this is not looked at. */
const DEEPEST = 20;

/** Everything that an event's type and data say, keys included. */
export function textsOf({ type, data }: Pick<HomeEvent, "type" | "data">): string[] {
  const texts = [type];
  collect(data, texts, 0);
  return texts;
}

/** Whether one of the names stands among the texts: alone, or in a list with commas, as services take several entities. */
export const mentionsAny = (texts: readonly string[], names: ReadonlySet<string>): boolean =>
  texts.some((text) => names.has(text) || listed(text).some((one) => names.has(one)));

const listed = (text: string): string[] => (text.includes(",") ? text.split(",").map((one) => one.trim()) : []);

function collect(value: unknown, into: string[], depth: number): void {
  if (typeof value === "string") into.push(value);
  else if (typeof value === "number" || typeof value === "boolean") into.push(String(value));
  else if (typeof value === "object" && value !== null && depth < DEEPEST)
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) into.push(key);
      collect(inner, into, depth + 1);
    }
}
