import type { Micros } from "../../domain/time/time.ts";

/** Home Assistant's log of warnings and errors, as `system_log/list` shows it: equal ones are counted together. */
export type SystemLog = {
  add(entry: { name: string; level: "WARNING" | "ERROR"; source: [file: string, line: number]; message: string }): void;
  list(): object[];
  /** Home Assistant keeps it in memory alone: a restart empties it. */
  clear(): void;
};

type Entry = {
  name: string;
  message: string[];
  level: string;
  source: [string, number];
  timestamp: number;
  exception: "";
  count: number;
  first_occurred: number;
};

const MOST_ENTRIES = 50;
const MOST_MESSAGES = 5;

export function createSystemLog(needs: { now: () => Micros }): SystemLog {
  // The latest last.
  const entries = new Map<string, Entry>();
  return {
    add({ name, level, source, message }) {
      const key = `${name}\n${source.join()}\n${level}`;
      const seconds = needs.now() / 1e6;
      const known = entries.get(key);
      entries.delete(key);
      const messages = [...(known?.message ?? []).filter((one) => one !== message), message].slice(-MOST_MESSAGES);
      entries.set(key, {
        name,
        message: messages,
        level,
        source,
        timestamp: seconds,
        exception: "",
        count: (known?.count ?? 0) + 1,
        first_occurred: known?.first_occurred ?? seconds,
      });
      if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value as string);
    },
    list: () => [...entries.values()].reverse(),
    clear: () => entries.clear(),
  };
}
