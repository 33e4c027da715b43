import { isLater } from "../shared/ledger.ts";
import type { Cursor } from "../store.ts";

/** Puts an item where it belongs by (time, position); nearly always that is the end. */
export function insert<T extends Cursor>(items: T[], item: T): void {
  let low = 0;
  let high = items.length;
  if (high > 0 && isLater(item, items[high - 1] as T)) low = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isLater(items[middle] as T, item)) high = middle;
    else low = middle + 1;
  }
  items.splice(low, 0, item);
}
