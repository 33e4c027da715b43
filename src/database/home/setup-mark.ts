import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Settings } from "./settings.ts";

const KEY = "setup_finished";

/** When an administrator finished setting up the hub. */
export function openSetupMark({ settings, clock }: { settings: Settings; clock: Clock }) {
  return {
    finished: (): Micros | undefined => {
      const kept = settings.get(KEY);
      return typeof kept === "number" ? kept : undefined;
    },
    finish: () => settings.set(KEY, clock.now()),
  };
}
