import { AssertionError } from "node:assert";
import type { TestEvent } from "node:test/reporters";

/** What the seeded run wants to know of a test, one line of JSON each. */
export type Told = {
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed; `assertion`: by an assertion, wherever in the chain of causes that stands. */
  readonly assertion?: boolean;
  readonly why?: string;
};

type Caused = Error & { cause?: unknown; code?: unknown };

const isAssertion = (error: unknown): boolean => {
  for (let one = error as Caused | undefined; one instanceof Object; one = one.cause as Caused | undefined)
    if (one instanceof AssertionError || one.code === "ERR_ASSERTION") return true;
  return false;
};

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.skip !== undefined && data.skip !== false) continue;
    // A file is told as a test of its own where something failed outside of all tests.
    const { error } = data.details as { error?: Caused };
    const why = error && String((error.cause as Caused | undefined)?.message ?? error.message).split("\n")[0];
    const told: Told = {
      name: data.name,
      passed: type === "test:pass",
      ...(error && { assertion: isAssertion(error), why: why ?? "" }),
    };
    yield `${JSON.stringify(told)}\n`;
  }
}
