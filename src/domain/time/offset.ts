/** Outside of these, times of day are those of local mean time, which does not change. */
const OLDEST_MS = Date.UTC(1800, 0, 1);
const NEWEST_MS = Date.UTC(9999, 0, 1);

/**
 * What the clocks of a zone are ahead of UTC by, in milliseconds, at a time in milliseconds since the epoch.
 *
 * @throws RangeError where the zone is unknown
 */
export function createOffset(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (ms) => {
    const second = Math.floor(Math.min(Math.max(ms, OLDEST_MS), NEWEST_MS) / 1000) * 1000;
    // 11/23/2026, 22:39:00
    const [month = 1, day = 1, year = 1970, ...clock] = (format.format(second).match(/\d+/g) ?? []).map(Number);
    return Date.UTC(year, month - 1, day, ...clock) - second;
  };
}
