import * as v from "valibot";
import type { OccupancyRule } from "../../domain/outside/occurrence.ts";
import { LANGUAGES, rulesOfLanguage } from "./looking/words.ts";

const clock = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "is no time of day such as 08:30"));

const rule = v.pipe(
  v.strictObject({
    means: v.pipe(v.picklist(["home", "away"]), v.title("Means")),
    where: v.pipe(v.picklist(["summary", "location", "calendar"]), v.title("Found in")),
    words: v.pipe(
      v.array(v.pipe(v.string(), v.trim(), v.minLength(1, "is empty"), v.maxLength(100, "is too long"))),
      v.minLength(1, "names no words"),
      v.maxLength(50, "names too many words"),
      v.title("Words"),
      v.description("Any of them, as whole words; capital letters make no difference."),
    ),
    from: v.optional(v.pipe(clock, v.title("From"), v.description("For events of whole days: the hours that count."))),
    to: v.optional(v.pipe(clock, v.title("To"))),
  }),
  v.check(({ from, to }) => (from === undefined) === (to === undefined), "has only one end of its hours"),
  v.check(({ from, to }) => from === undefined || to === undefined || from < to, "ends before it begins"),
);

/** What every provider of calendars is asked for beside its address. */
export const COMMON_ENTRIES = {
  rules: v.pipe(
    v.optional(v.array(rule), []),
    v.maxLength(100, "are more than 100"),
    v.title("What events mean"),
    v.description("Which words in an event's title, place or calendar mean that you are at home, or away."),
  ),
  words: v.pipe(
    v.optional(v.picklist(["none", ...LANGUAGES]), "none"),
    v.title("Known words"),
    v.description("Words of a language that are taken to mean home or away; the documentation lists them all."),
  ),
  work_from: v.optional(
    v.pipe(clock, v.title("Work begins"), v.description("Hours for which a known word of work counts on a whole day.")),
  ),
  work_to: v.optional(v.pipe(clock, v.title("Work ends"))),
  keep_names: v.pipe(
    v.optional(v.boolean(), false),
    v.title("Record titles"),
    v.description("Records the title of the event that is on. Without it, no title is ever recorded."),
  ),
};

export type CommonSettings = {
  readonly rules: readonly v.InferOutput<typeof rule>[];
  readonly words: "none" | (typeof LANGUAGES)[number];
  readonly work_from?: string | undefined;
  readonly work_to?: string | undefined;
  readonly keep_names: boolean;
};

/** The user's own first. */
export function rulesOf(settings: CommonSettings): OccupancyRule[] {
  const hours = (from: string | undefined, to: string | undefined) =>
    from === undefined || to === undefined ? undefined : { from: minutesOf(from), to: minutesOf(to) };
  const own = settings.rules.map(
    ({ means, where, words, from, to }): OccupancyRule => ({
      means,
      where,
      words,
      wholeDays: hours(from, to) ?? "all",
      by: "rule",
    }),
  );
  const { words: language } = settings;
  if (language === "none") return own;
  return [...own, ...rulesOfLanguage(language, hours(settings.work_from, settings.work_to))];
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
