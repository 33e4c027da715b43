import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as v from "valibot";
import type { AnyProvider, Place } from "../../../src/sources/source.ts";
import { asked } from "./asked.ts";
import { type Told, told } from "./told.ts";

type Expected = Told & {
  /** The fact that the case shows, and where it is documented. */
  readonly shows: string;
  readonly now: string;
  readonly settings?: object;
  readonly place?: Partial<Place> & { readonly timeZone?: string };
};

/**
 * A test for each folder `<provider>-<what>` beside a provider's kind: `answer.json` (or, where a provider asks several
 * times, `answer-<last word of the path>.json`) must be read as `expected.json` says.
 */
export function testCases(folder: string, provider: AnyProvider): void {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${provider.id.replaceAll("_", "-")}-`));
  assert.ok(names.length > 0, `there is no case of ${provider.id}`);
  for (const name of names) {
    const file = (which: string) => join(folder, name, which);
    const {
      shows,
      now,
      settings = {},
      place,
      ...expected
    }: Expected = JSON.parse(readFileSync(file("expected.json"), "utf8"));
    test(`${provider.id}: ${shows}`, async () => {
      const needs = asked(
        ({ at }) => {
          const own = file(`answer-${at.pathname.split("/").filter(Boolean).at(-1)}.json`);
          return readFileSync(existsSync(own) ? own : file("answer.json"), "utf8");
        },
        { settings: v.parse(provider.settings, settings), now, ...(place ? { place } : {}) },
      );
      assert.deepEqual(JSON.parse(JSON.stringify(told(await provider.read(needs)))), expected);
    });
  }
}
