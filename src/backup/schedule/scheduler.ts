import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { nextTime, startSchedule } from "../../platform/time/schedule.ts";
import { type BackupSchedule, DONE_KEY, PROPOSED, patternOf, readSchedule, SCHEDULE_KEY } from "./settings.ts";

export type Scheduled = {
  get(): BackupSchedule;
  set(schedule: BackupSchedule): void;
  /** undefined: it is off. */
  next(): Micros | undefined;
  /** Nobody has decided yet whether the hub makes backups. */
  readonly isProposed: boolean;
  close(): void;
};

/** Runs at the time of each day; one that passed while the hub was stopped is made up for, once. */
export function createScheduler(needs: {
  settings: { get(key: string): unknown; set(key: string, value: unknown): void };
  timeZone: () => string | undefined;
  clock: Clock;
  /** Home Assistant is heard, what was missed is filled, the clocks agree, and nothing else is under way. */
  isCalm(): boolean;
  onChange(): void;
  run(schedule: BackupSchedule): Promise<void>;
}): Scheduled {
  const { settings, clock, onChange } = needs;
  const get = () => readSchedule(settings.get(SCHEDULE_KEY)) ?? PROPOSED;
  const zone = () => needs.timeZone() ?? "UTC";
  const opened = clock.now();
  let calmLooks = 0;
  let stop = () => {};
  let cancelCheck = () => {};

  /** Until when nothing is to be made up for. Noted before the work: what fails or is killed is not begun again. */
  const note = () => settings.set(DONE_KEY, clock.now());
  const run = (schedule: BackupSchedule) => {
    note();
    void needs.run(schedule);
  };
  const makeUp = (schedule: BackupSchedule) => {
    const done = settings.get(DONE_KEY);
    if (typeof done !== "number") return note();
    const missed = nextTime(patternOf(schedule), zone(), done);
    // What passes while the hub runs is not missed: the schedule itself makes it.
    if (missed === undefined || missed > opened) return;
    calmLooks = needs.isCalm() ? calmLooks + 1 : 0;
    if (calmLooks >= CALM_LOOKS) run(schedule);
  };

  const start = () => {
    stop();
    cancelCheck();
    const schedule = get();
    if (!schedule.on) return;
    const timeZone = zone();
    stop = startSchedule({ pattern: patternOf(schedule), timeZone, clock, run: () => run(schedule) });
    // Home Assistant says where the home is a moment after the start, and people move.
    const look = () => {
      if (zone() !== timeZone) return start();
      makeUp(schedule);
      cancelCheck = clock.after(LOOK_EVERY_MS, look);
    };
    cancelCheck = clock.after(LOOK_EVERY_MS, look);
  };
  start();

  return {
    get,
    set: (schedule) => {
      settings.set(SCHEDULE_KEY, schedule);
      note();
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

const LOOK_EVERY_MS = 60_000;
/** Not in the first minute: a start has enough to do. */
const CALM_LOOKS = 2;
