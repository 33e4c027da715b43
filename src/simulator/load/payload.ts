import type { Attributes } from "../../domain/data/reading.ts";

export type Mix = "numeric" | "mixed";

/** What a load entity does at one step. `state` null: it is removed. */
export type Step = {
  readonly state: string | null;
  readonly attributes: Attributes;
  readonly force?: boolean;
  readonly byUser?: boolean;
  readonly hasParent?: boolean;
};

/** One shared object: a numeric load changes states only. */
const NUMERIC: Attributes = {
  state_class: "measurement",
  unit_of_measurement: "W",
  device_class: "power",
  friendly_name: "Load",
};

const LONGEST = 255;
const STRANGE = [
  "Grüße, 世界",
  "Ω ≈ 3 µA",
  "نص من اليمين",
  "🔥🏡 zwölf °C",
  'quote " and \\ slash',
  "tab\tline\nbreak",
];

/** Steps of the mixed load, in a circle; each names what it is for. */
const CIRCLE: readonly ((seq: number, before: Step) => Step)[] = [
  (seq) => ({ state: String(seq), attributes: { ...NUMERIC, seq, extra: "here" } }),
  (seq, before) => ({ state: String(seq), attributes: { ...before.attributes, seq } }),
  // Attributes alone.
  (seq, before) => ({ state: before.state, attributes: { ...before.attributes, seq } }),
  // The same again, forced.
  (_, before) => ({ ...before, force: true, byUser: false, hasParent: false }),
  (seq, before) => ({ state: String(seq / 2), attributes: { ...before.attributes, seq }, byUser: true }),
  (seq, before) => ({ state: String(seq), attributes: { ...before.attributes, seq }, byUser: true }),
  // An attribute vanishes.
  (seq, before) => {
    const { extra, ...rest } = before.attributes;
    return { state: before.state, attributes: { ...rest, seq } };
  },
  (seq, before) => ({ state: `${seq} `.padEnd(LONGEST, "long text "), attributes: { ...before.attributes, seq } }),
  (seq, before) => ({ state: `${STRANGE[seq % STRANGE.length]} ${seq}`, attributes: { ...before.attributes, seq } }),
  (seq, before) => ({
    state: String(-seq),
    attributes: { ...before.attributes, seq, nested: { list: [1, seq, null], text: "ä" }, extra: null },
    hasParent: true,
  }),
  (seq, before) => ({ state: before.state, attributes: { ...before.attributes, seq, nested: { list: [] } } }),
  (seq, before) => ({ state: "", attributes: { ...before.attributes, seq } }),
  (seq, before) => ({ state: "unavailable", attributes: { ...before.attributes, seq } }),
  () => ({ state: null, attributes: {} }),
];

export function nextStep(mix: Mix, seq: number, round: number, before: Step | undefined): Step {
  if (mix === "numeric") return { state: String(seq), attributes: NUMERIC };
  const at = round % CIRCLE.length;
  const make = CIRCLE[at] as (seq: number, before: Step) => Step;
  // After a removal (or at first sight) only the first step makes sense.
  if (before === undefined || before.state === null)
    return (CIRCLE[0] as typeof make)(seq, { state: "", attributes: {} });
  return make(seq, before);
}
