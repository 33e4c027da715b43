import { eventually } from "../../tests/support/eventually.ts";
import type { Hub } from "../../tests/support/hub/hub.ts";
import { type HubReader, readHub } from "../../tests/support/hub/hub-reader.ts";

export type Tally = { readonly missing: number; readonly twice: number; readonly strange: number };

const EVER: readonly [from: number, to: number] = [0, 4_000_000_000_000_000];

/** Reads everything back from the hub by its API and counts the sequence numbers 0 to `made` - 1. */
export async function tally(
  hub: Hub,
  entities: readonly string[],
  made: number,
  sequenceOf: (row: Awaited<ReturnType<HubReader["history"]>>[number]) => number | undefined,
): Promise<Tally> {
  const seen = new Uint8Array(made);
  let twice = 0;
  let strange = 0;
  for (let at = 0; at < entities.length; at += 100) {
    for (const row of await readHub(hub).history(entities.slice(at, at + 100), ...EVER)) {
      const sequence = sequenceOf(row);
      if (sequence === undefined || !(sequence >= 0 && sequence < made)) strange++;
      else if (seen[sequence] === 1) twice++;
      else seen[sequence] = 1;
    }
  }
  return { missing: made - seen.reduce((sum, one) => sum + one, 0), twice, strange };
}

/** Resolves when the hub is connected and shows this entity. */
export const connected = (hub: Hub, withinSeconds = 60): Promise<void> =>
  eventually(withinSeconds, async () => {
    const { parts } = await hub.json<{ parts: { part: string; state: string; why?: string }[] }>("api/v1/status");
    const home = parts.find(({ part }) => part === "home_assistant");
    if (home?.state !== "ok") throw new Error(`the hub is not connected: ${home?.why}\n${hub.logText()}`);
  });

type State = { readonly state: string | null; readonly attributes: { readonly [name: string]: unknown } };

/** Polls quickly until the hub's answer for the entity passes; answers with the time of that. */
async function until(hub: Hub, entity: string, withinSeconds: number, passes: (state: State) => boolean) {
  const deadline = performance.now() + withinSeconds * 1000;
  for (;;) {
    const response = await hub.get(`api/v1/states/${entity}`);
    const text = await response.text();
    if (response.ok && passes(JSON.parse(text) as State)) return performance.now();
    if (performance.now() > deadline)
      throw new Error(`${entity} is ${text}, as far as the hub knows\n${hub.logText()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const untilState = (hub: Hub, entity: string, state: string, withinSeconds: number): Promise<number> =>
  until(hub, entity, withinSeconds, (shown) => shown.state === state);

export const untilSequence = (hub: Hub, entity: string, sequence: number, withinSeconds: number): Promise<number> =>
  until(hub, entity, withinSeconds, ({ attributes }) => attributes.seq === sequence);

type Storage = { readonly months: readonly { readonly kind: string; readonly entries: number }[] };

/** Readings that are sealed so far. */
export async function sealedRows(hub: Hub): Promise<number> {
  const { months } = await hub.json<Storage>("api/v1/storage");
  return months.filter(({ kind }) => kind === "readings").reduce((sum, { entries }) => sum + entries, 0);
}
