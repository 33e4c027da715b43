import assert from "node:assert/strict";
import { Failure } from "../../../src/domain/failure.ts";
import type { Answered } from "../../../src/sources/source.ts";

type Mutation = { readonly what: string; readonly text: string };
type Path = readonly (string | number)[];

/** Elements of a list that are changed: the first two and the last. */
const changedOf = (list: readonly unknown[]) =>
  [...new Set([0, 1, list.length - 1])].filter((at) => list[at] !== undefined);

function* paths(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (Array.isArray(value)) for (const at of changedOf(value)) yield* paths(value[at], [...path, at]);
  else if (typeof value === "object" && value !== null)
    for (const [name, one] of Object.entries(value)) yield* paths(one, [...path, name]);
}

/** An answer with one thing of it missing, null, or of another type; and what is no answer at all. */
export function* mutationsOf(text: string): Generator<Mutation> {
  const whole: unknown = JSON.parse(text);
  for (const path of paths(whole)) {
    for (const [how, value] of [
      ["missing", undefined],
      ["null", null],
      ["a text", "nonsense"],
      ["a list", []],
      ["an object", {}],
      ["a truth", true],
    ] as const) {
      const copy = structuredClone(whole);
      const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], copy);
      const key = path.at(-1) as string | number;
      if (value !== undefined) (parent as Record<string | number, unknown>)[key] = value;
      else if (Array.isArray(parent)) parent.splice(key as number, 1);
      else delete (parent as Record<string | number, unknown>)[key];
      yield { what: `${path.join(".")}: ${how}`, text: JSON.stringify(copy) };
    }
  }
  for (const end of [0, 1, Math.floor(text.length / 2), text.trimEnd().length - 1])
    yield { what: `cut after ${end} characters`, text: text.slice(0, end) };
  for (const other of ["<html><body>Maintenance</body></html>", "{}", "[]", "null", "0", '"ok"', '{"error":"x"}'])
    yield { what: other, text: other };
}

const FAILURES = new Set(["changed_shape", "not_json", "nothing_known", "unknown_team", "refused", "limited"]);

/**
 * Reads each mutation. Each must end in a failure that names what is wrong, or in values all of which the whole answer
 * holds too: nothing is made up.
 *
 * @param mayDiffer quantities that are worked out from others, and so may come out different where one of those is missing
 */
export async function nothingIsMadeUp(
  text: string,
  read: (text: string) => Promise<Answered<unknown>>,
  mayDiffer: readonly string[] = [],
): Promise<{ readonly read: number; readonly refused: number }> {
  const known = valuesOf(await read(text));
  const counts = { read: 0, refused: 0 };
  for (const { what, text: mutated } of mutationsOf(text)) {
    let answered: Answered<unknown>;
    try {
      answered = await read(mutated);
    } catch (error) {
      assert.ok(error instanceof Failure, `${what}: ${error}`);
      assert.ok(FAILURES.has(error.code), `${what}: ${error.code}: ${error.message}`);
      counts.refused++;
      continue;
    }
    counts.read++;
    for (const value of valuesOf(answered))
      assert.ok(known.has(value) || mayDiffer.includes(value.split(" ")[1] as string), `${what} makes up ${value}`);
  }
  return counts;
}

/** Slots by their beginning: one whose end is not said any more may end with the next. */
const valuesOf = ({ readings, issues }: Answered<unknown>): ReadonlySet<string> =>
  new Set([
    ...readings.map(
      ({ quantity, of, time, until, value }) =>
        `reading ${quantity} ${time} ${until} ${value}${of ? ` ${of.key}` : ""}`,
    ),
    ...issues.flatMap(({ quantity, slots }) => slots.map(({ from, value }) => `slot ${quantity} ${from} ${value}`)),
  ]);
