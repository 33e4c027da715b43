import type { RunStage } from "../../api-energy-types.ts";
import { numberOf } from "../forms/form.ts";

/** In one go at one power, with pauses where they pay, or a programme of stages that take differently much. */
export const WAYS = ["steady", "pauses", "stages"] as const;
export type Way = (typeof WAYS)[number];

export type StageDraft = { readonly minutes: string; readonly watts: string };
export type RunDraft = {
  readonly way: Way;
  /** Not empty; but for a programme only the first counts. */
  readonly stages: readonly StageDraft[];
};

export const FIRST_RUN: RunDraft = { way: "steady", stages: [{ minutes: "120", watts: "1000" }] };
/** As the hub takes them. */
export const MOST_STAGES = 50;
export const MINUTES = { least: 1, most: 7 * 1440 } as const;
export const WATTS = { least: -100_000, most: 100_000 } as const;

export type Range = { readonly least: number; readonly most: number };

/** Why a text cannot be used as a whole number. */
export function wrongWhole(text: string, { least, most }: Range): "number" | "range" | undefined {
  const number = numberOf(text);
  if (number === undefined || !Number.isInteger(number)) return "number";
  return number < least || number > most ? "range" : undefined;
}

/** What is asked for; null while something in it cannot be right. */
export function stagesOf({ way, stages }: RunDraft): readonly RunStage[] | null {
  const used = way === "stages" ? stages : stages.slice(0, 1);
  if (used.some(({ minutes, watts }) => wrongWhole(minutes, MINUTES) || wrongWhole(watts, WATTS))) return null;
  return used.map(({ minutes, watts }) => ({ minutes: Number(minutes), watts: Number(watts) }));
}

/** What a browser's field of a date and time says, in its own zone; undefined: nothing that is a time. */
export function deadlineOf(text: string): string | undefined {
  const ms = text === "" ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
