import type { OccupancyRule } from "../../../domain/outside/occurrence.ts";

export const LANGUAGES = ["de", "en", "es", "fr", "it", "nl"] as const;
export type Language = (typeof LANGUAGES)[number];

/** `homeForWork` and `atWork` are hours of a working day, `away` is all of the time that the event takes. */
type Words = {
  readonly homeForWork: readonly string[];
  readonly atWork: readonly string[];
  readonly away: readonly string[];
};

/** What words in a title mean, for those who switch their language on. Listed in the README, word for word. */
export const WORDS: { readonly [language in Language]: Words } = {
  de: {
    homeForWork: ["homeoffice", "home office", "mobiles arbeiten", "arbeit von zuhause"],
    atWork: ["büro", "im büro"],
    away: ["urlaub", "reise", "dienstreise", "geschäftsreise", "verreist"],
  },
  en: {
    homeForWork: ["wfh", "work from home", "working from home", "home office", "remote work"],
    atWork: ["office", "at the office", "in the office"],
    away: ["vacation", "travel", "trip", "business trip", "out of town"],
  },
  es: {
    homeForWork: ["teletrabajo", "trabajo desde casa"],
    atWork: ["oficina", "en la oficina"],
    away: ["vacaciones", "viaje", "viaje de trabajo"],
  },
  fr: {
    homeForWork: ["télétravail", "travail à domicile"],
    atWork: ["bureau", "au bureau"],
    away: ["vacances", "voyage", "déplacement"],
  },
  it: {
    homeForWork: ["smart working", "telelavoro", "lavoro da casa"],
    atWork: ["ufficio", "in ufficio"],
    away: ["vacanza", "vacanze", "ferie", "viaggio", "trasferta"],
  },
  nl: {
    homeForWork: ["thuiswerken", "thuiswerk", "werk vanuit huis"],
    atWork: ["kantoor", "op kantoor"],
    away: ["vakantie", "reis", "op reis", "zakenreis"],
  },
};

/** @param workingHours minutes of the local day; undefined: nobody said them */
export function rulesOfLanguage(
  language: Language,
  workingHours: { readonly from: number; readonly to: number } | undefined,
): OccupancyRule[] {
  const { homeForWork, atWork, away } = WORDS[language];
  const rule = (means: OccupancyRule["means"], words: readonly string[], wholeDays: OccupancyRule["wholeDays"]) =>
    ({ means, where: "summary", words, wholeDays, by: "words" }) as const;
  return [
    rule("home", homeForWork, workingHours ?? "none"),
    rule("away", atWork, workingHours ?? "none"),
    rule("away", away, "all"),
  ];
}
