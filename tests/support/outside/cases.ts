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
 * What a case answers: `answer.json`, `answer.txt`, or `answer.hex` (bytes, handed on one character for each); where a
 * provider asks several times, `answer-<last word of the path>.json`.
 */
export function answerOf(folder: string, pathname: string): string {
  const own = join(folder, `answer-${pathname.split("/").filter(Boolean).at(-1)}.json`);
  if (existsSync(own)) return readFileSync(own, "utf8");
  const hex = join(folder, "answer.hex");
  if (existsSync(hex)) return Buffer.from(readFileSync(hex, "utf8").replace(/\s/g, ""), "hex").toString("latin1");
  const text = join(folder, "answer.txt");
  return readFileSync(existsSync(text) ? text : join(folder, "answer.json"), "utf8");
}

/** A test for each folder `<provider>-<what>` beside a provider's kind: its answer must be read as `expected.json` says. */
export function testCases(folder: string, provider: AnyProvider): void {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${provider.id.replaceAll("_", "-")}-`));
  assert.ok(names.length > 0, `there is no case of ${provider.id}`);
  for (const name of names) {
    const {
      shows,
      now,
      settings = {},
      place,
      ...expected
    }: Expected = JSON.parse(readFileSync(join(folder, name, "expected.json"), "utf8"));
    test(`${provider.id}: ${shows}`, async () => {
      const needs = asked(({ at }) => answerOf(join(folder, name), at.pathname), {
        settings: v.parse(provider.settings, settings),
        now,
        ...(place ? { place } : {}),
      });
      assert.deepEqual(JSON.parse(JSON.stringify(told(await provider.read(needs)))), expected);
    });
  }
}
