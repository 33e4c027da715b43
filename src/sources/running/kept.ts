import * as v from "valibot";
import type { SourceKind } from "../../domain/outside/outside.ts";
import { QUANTITIES } from "../quantities.ts";
import type { Knowledge } from "./knowledge.ts";

const value = v.union([v.number(), v.string()]);
const held = { provider: v.string(), fetched: v.number(), unit: v.nullable(v.string()) };
const knowledge = v.object({
  provider: v.string(),
  fetched: v.number(),
  quantities: v.record(
    v.string(),
    v.object({
      ...held,
      quantity: v.string(),
      of: v.exactOptional(v.object({ key: v.string(), name: v.string() })),
      pieces: v.array(
        v.object({
          from: v.number(),
          until: v.exactOptional(v.number()),
          value,
          quality: v.exactOptional(v.picklist(["estimated", "preliminary"])),
        }),
      ),
    }),
  ),
  issues: v.record(
    v.string(),
    v.object({
      ...held,
      issue: v.object({
        quantity: v.string(),
        issued: v.number(),
        slots: v.array(v.object({ from: v.number(), to: v.number(), value })),
      }),
    }),
  ),
  facts: v.exactOptional(v.object({ facts: v.unknown(), provider: v.string(), fetched: v.number() })),
  waitsFor: v.exactOptional(v.string()),
  due: v.exactOptional(v.number()),
});

/** What was known when the hub stopped; whatever an older version kept, undefined where it cannot be read. */
export function readKnowledge(kept: unknown, kind: SourceKind): Knowledge | undefined {
  const read = v.safeParse(knowledge, kept);
  if (!read.success) return undefined;
  const known = QUANTITIES[kind];
  const { quantities, issues } = read.output;
  return {
    ...read.output,
    quantities: Object.fromEntries(Object.entries(quantities).filter(([, { quantity }]) => quantity in known)),
    issues: Object.fromEntries(Object.entries(issues).filter(([quantity]) => quantity in known)),
  };
}
