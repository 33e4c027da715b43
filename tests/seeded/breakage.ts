import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One line of the store's code, said wrongly: whoever breaks it so by accident must be told by a test. */
export type Breakage = {
  readonly name: string;
  /** What the product says and would no longer hold. */
  readonly promise: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** At least one test of each must fail, by an assertion. */
  readonly caughtBy: readonly Suite[];
};

/** A test file, or those of its tests whose names match. */
export type Suite = string | { readonly file: string; readonly only: string };

export const fileOf = (suite: Suite): string => (typeof suite === "string" ? suite : suite.file);
export const onlyOf = (suite: Suite): string | undefined => (typeof suite === "string" ? undefined : suite.only);
export const nameOf = (suite: Suite): string => (typeof suite === "string" ? suite : `${suite.file} (/${suite.only}/)`);

/** Why a breakage does not fit the code as it is; undefined: it fits. */
export function misfit(root: string, { file, from, to }: Breakage): string | undefined {
  const found = readFileSync(join(root, file), "utf8").split(from).length - 1;
  if (found !== 1)
    return `the code this breakage was made for has changed: ${JSON.stringify(from)} stands ${found} times in ${file}`;
  return from === to ? "it changes nothing" : undefined;
}

/** Breaks the file; the answer mends it again. */
export function apply(root: string, { file, from, to }: Breakage): () => void {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return () => writeFileSync(path, text);
}
