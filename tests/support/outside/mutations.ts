import assert from "node:assert/strict";
import { Failure } from "../../../src/domain/failure.ts";
import type { Answered } from "../../../src/sources/source.ts";
import { smlMutations, tableMutations, telegramMutations } from "./meter-mutations.ts";
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
  if (/^\/.*\r?\n/.test(text)) yield* telegramMutations(text);
  if (text.startsWith("\u001b")) yield* smlMutations(text);
  if (/^[\w ]+;/.test(text)) yield* tableMutations(text);
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
  ...["nothing_known", "entity_absent", "unknown_team", "unknown_unit", "impossible_value", "refused", "limited"],
  ...["damaged", "no_mapping"],
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
  const known = new Set(also(whole));
  assert.ok(whole.readings.length + whole.issues.length > 0, "the whole answer tells something");
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
    const others = also(answered).filter((one) => !known.has(one));
    assert.deepEqual([...madeUp(answered, whole, mayDiffer), ...others], [], `${what} makes something up`);
  }
  return counts;
}

/**
 * What the whole answer does not say. Slots are known by their beginning: one whose end is not said any more may end
 * with the next, and one that lost its neighbour of the same value may begin later.
 */
function madeUp(answered: Answered<unknown>, whole: Answered<unknown>, mayDiffer: readonly string[]): string[] {
  const isOther = ({ quantity }: { readonly quantity: string }) => !mayDiffer.includes(quantity);
  const readings = answered.readings
    .filter(isOther)
    .filter(
      ({ quantity, of, time, until = null, value }) =>
        !whole.readings.some(
          (one) =>
            one.quantity === quantity &&
            one.of?.key === of?.key &&
            one.time === time &&
            one.value === value &&
            (until === null ? one.until === undefined : one.until !== undefined && until <= one.until),
        ),
    );
  const slots = answered.issues.filter(isOther).flatMap(({ quantity, slots: said }) => {
    const all = whole.issues.filter((one) => one.quantity === quantity).flatMap((one) => one.slots);
    return said
      .filter(({ from, value }) => !all.some((one) => one.value === value && one.from <= from && from < one.to))
      .map((slot) => ({ quantity, ...slot }));
  });
  return [...readings, ...slots].map((one) => JSON.stringify(one));
}
