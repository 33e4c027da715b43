import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SERIES_COLOURS } from "../shape/explorer/colours.ts";

const tokens = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const blockOf = (selector: string) => {
  const start = tokens.indexOf(`${selector} {`);
  return tokens.slice(start, tokens.indexOf("\n}", start));
};
const coloursOf = (block: string) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]));
const light = coloursOf(blockOf(":root"));
const dark = { ...light, ...coloursOf(blockOf(':root[data-theme="dark"]')) };

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const BANDS = ["on", "off", "missing", "1", "2", "3", "4", "5", "6"];
/** Text on its ground. */
const TEXTS: [string, string][] = [
  ...["bg", "surface", "sunken", "hover"].flatMap((ground): [string, string][] => [
    ["text", ground],
    ["muted", ground],
  ]),
  ...["surface", "sunken", "bg", "accent-soft"].map((ground): [string, string] => ["accent", ground]),
  ["on-accent", "accent"],
  ...["ok", "warn", "bad", "info"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    ["text", `${tone}-soft`],
    [tone, "surface"],
  ]),
  ...BANDS.map((band): [string, string] => [`band-${band}-text`, `band-${band}`]),
];
/** The frames of fields and buttons, and the line of a chart. */
const SHAPES: [string, string][] = [
  ["line-strong", "surface"],
  ["line-strong", "bg"],
  ["accent", "surface"],
  ["note", "surface"],
  ...Array.from({ length: SERIES_COLOURS }, (_, at): [string, string] => [`series-${at + 1}`, "surface"]),
];

for (const [theme, colours] of Object.entries({ light, dark })) {
  const failing = (pairs: [string, string][], least: number) =>
    pairs
      .map(([ink, ground]) => ({
        pair: `${ink} on ${ground}`,
        is: contrast(colours[ink] ?? "", colours[ground] ?? ""),
      }))
      .filter(({ is }) => !(is >= least))
      .map(({ pair, is }) => `${pair}: ${is.toFixed(2)}`);

  test(`every text keeps a contrast of 4.5 to its ground, in the ${theme} theme`, () => {
    assert.deepEqual(failing(TEXTS, 4.5), []);
  });

  test(`every shape that means something keeps a contrast of 3, in the ${theme} theme`, () => {
    assert.deepEqual(failing(SHAPES, 3), []);
  });
}
