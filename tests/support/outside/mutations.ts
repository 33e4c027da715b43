import assert from "node:assert/strict";
import { Failure } from "../../../src/domain/failure.ts";
import type { Answered } from "../../../src/sources/source.ts";
import { calendarMutations, xmlMutations } from "./text-mutations.ts";

/** The ways in which one thing of an answer, or all of it, is not as it should be. */
export const HOW = ["missing", "null", "another type", "cut", "another answer"] as const;
export type How = (typeof HOW)[number];
export type Mutation = { readonly what: string; readonly how: How; readonly text: string };
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

function* jsonMutations(whole: unknown): Generator<Mutation> {
  for (const path of paths(whole)) {
    for (const [what, how, value] of [
      ["missing", "missing", undefined],
      ["null", "null", null],
      ["a text", "another type", "nonsense"],
      ["a list", "another type", []],
      ["an object", "another type", {}],
      ["a truth", "another type", true],
    ] as const) {
      const copy = structuredClone(whole);
      const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], copy);
      const key = path.at(-1) as string | number;
      if (value !== undefined) (parent as Record<string | number, unknown>)[key] = value;
      else if (Array.isArray(parent)) parent.splice(key as number, 1);
      else delete (parent as Record<string | number, unknown>)[key];
      yield { what: `${path.join(".")}: ${what}`, how, text: JSON.stringify(copy) };
    }
  }
}

/** An answer with one thing of it missing, null, or of another type; and what is no answer at all. */
export function* mutationsOf(text: string): Generator<Mutation> {
  if (/^\s*[[{]/.test(text)) yield* jsonMutations(JSON.parse(text));
  if (/^\s*</.test(text)) yield* xmlMutations(text);
  if (text.includes("BEGIN:VCALENDAR")) yield* calendarMutations(text);
  for (const end of [0, 1, Math.floor(text.length / 2), text.trimEnd().length - 1])
    yield { what: `cut after ${end} characters`, how: "cut", text: text.slice(0, end) };
  for (const other of OTHERS) yield { what: other, how: "another answer", text: other };
}
const OTHERS = [
  "<html><body>Maintenance</body></html>",
  '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Sign in</p></body></html>',
  "{}",
  "[]",
  "null",
  "0",
  '"ok"',
  '{"error":"x"}',
];

const FAILURES = new Set([
  ...["changed_shape", "not_json", "not_xml", "no_calendar", "bad_answer", "unexpected_status"],
  ...["nothing_known", "unknown_team", "unknown_unit", "impossible_value", "refused", "limited"],
]);

/**
 * Reads each mutation. Each must end in a failure that names what is wrong, or in values all of which the whole answer
 * holds too: nothing is made up.
 *
 * @param mayDiffer quantities that are worked out from others, and so may come out different where one of those is missing
 * @param also what else of an answer must be in the whole one: of games, of events of a calendar
 */
export async function nothingIsMadeUp(
  text: string,
  read: (text: string) => Promise<Answered<unknown>>,
  mayDiffer: readonly string[] = [],
  also: (answered: Answered<unknown>) => readonly string[] = () => [],
): Promise<{ readonly read: number; readonly refused: number; readonly tried: ReadonlySet<How> }> {
  const whole = await read(text);
  const known = new Set([...valuesOf(whole), ...also(whole)]);
  assert.ok(known.size > 0, "the whole answer tells something");
  const counts = { read: 0, refused: 0, tried: new Set<How>() };
  for (const { what, how, text: mutated } of mutationsOf(text)) {
    counts.tried.add(how);
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
    for (const value of [...valuesOf(answered), ...also(answered)])
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
