import { type Micros, microsFromRfc3339 } from "../../../domain/time/time.ts";

/** ISO times; without a zone Home Assistant means its own, which is UTC enough for a simulated home. */
export function parseTime(value: string): Micros | undefined {
  const zoned = microsFromRfc3339(value);
  if (zoned !== undefined) return zoned;
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/.test(value)) return undefined;
  return microsFromRfc3339(`${value.length === 10 ? `${value}T00:00:00` : value}Z`);
}
