import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { nextTime, startSchedule } from "../../platform/time/schedule.ts";
import { type BackupSchedule, PROPOSED, patternOf, readSchedule, SCHEDULE_KEY } from "./settings.ts";

export type Scheduled = {
  get(): BackupSchedule;
  set(schedule: BackupSchedule): void;
  /** undefined: it is off. */
  next(): Micros | undefined;
  /** Nobody has decided yet whether the hub makes backups. */
  readonly isProposed: boolean;
  close(): void;
};

export function createScheduler(needs: {
  settings: { get(key: string): unknown; set(key: string, value: unknown): void };
  timeZone: () => string | undefined;
  clock: Clock;
  onChange(): void;
  run(schedule: BackupSchedule): Promise<void>;
}): Scheduled {
  const { settings, clock, onChange, run } = needs;
  const get = () => readSchedule(settings.get(SCHEDULE_KEY)) ?? PROPOSED;
  const zone = () => needs.timeZone() ?? "UTC";
  let stop = () => {};
  let cancelCheck = () => {};

  const start = () => {
    stop();
    cancelCheck();
    const schedule = get();
    if (!schedule.on) return;
    const timeZone = zone();
    stop = startSchedule({ pattern: patternOf(schedule), timeZone, clock, run: () => void run(schedule) });
    // Home Assistant says where the home is a moment after the start, and people move.
    const check = () => {
      if (zone() !== timeZone) start();
      else cancelCheck = clock.after(ZONE_CHECK_MS, check);
    };
    cancelCheck = clock.after(ZONE_CHECK_MS, check);
  };
  start();

  return {
    get,
    set: (schedule) => {
      settings.set(SCHEDULE_KEY, schedule);
      start();
      onChange();
    },
    next: () => (get().on ? nextTime(patternOf(get()), zone(), clock.now()) : undefined),
    get isProposed() {
      return readSchedule(settings.get(SCHEDULE_KEY)) === undefined;
    },
    close: () => {
      stop();
      cancelCheck();
    },
  };
}

const ZONE_CHECK_MS = 60_000;
