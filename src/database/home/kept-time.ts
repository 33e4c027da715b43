import type { Micros } from "../../domain/time/time.ts";
import type { Settings } from "./settings.ts";

/** A time under a key of the settings. */
export const keptTime = (settings: Settings, key: string) => ({
  get: (): Micros | undefined => {
    const value = settings.get(key);
    return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
  },
  set: (time: Micros) => settings.set(key, time),
});
