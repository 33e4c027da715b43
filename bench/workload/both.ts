import type { Core } from "../../tests/support/core/core.ts";
import type { Hub } from "../../tests/support/hub/hub.ts";
import { endOfCoreLoad, recorderIdle, startCoreLoad } from "../peers/core.ts";
import { untilSequence } from "./tally.ts";

/** Core's recorder gives up for good when 65,000 events wait for it. */
const AT_ONCE = 50_000;

/** States set inside a real Core, as fast as its recorder can follow or so many a second; resolves when it and the hub have stored all of them. */
export async function fillBoth(
  core: Core,
  hub: Hub,
  {
    changes,
    entities,
    prefix,
    rate,
  }: { readonly changes: number; readonly entities: number; readonly prefix: string; readonly rate?: number },
): Promise<number> {
  let made = 0;
  for (let seed = 1; made < changes; seed++) {
    const count = Math.min(AT_ONCE, changes - made);
    const load = { count, entities, prefix, mix: { number: 1 }, seed, ...(rate === undefined ? {} : { rate }) };
    const ended = await endOfCoreLoad(core, await startCoreLoad(core, load));
    await untilSequence(hub, `sensor.${prefix}_${(ended.made - 1) % entities}`, ended.made - 1, 300);
    const { recording } = await recorderIdle(core);
    if (!recording) throw new Error("Core's recorder has stopped recording");
    made += ended.made;
  }
  return made;
}
