import { Failure } from "../../domain/failure.ts";
import { closest } from "../arguments/closest.ts";
import type { Hub } from "./client.ts";

type Entities = { readonly entities: readonly { readonly entity_id: string }[] };

/** Asks; where an entity is not known, says which one was most likely meant. */
export async function withKnownEntities<T>(hub: Hub, names: readonly string[], ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "unknown_entity") throw error;
    const { entities } = await hub.get<Entities>("entities?removed=true").catch((): Entities => ({ entities: [] }));
    const known = new Set(entities.map(({ entity_id: id }) => id));
    const likely = names
      .filter((name) => !known.has(name) && error.message.endsWith(` ${name}`))
      .map((name) => closest(name, known));
    const fix = likely[0] === undefined ? "The panel's Entities page lists them." : `Did you mean ${likely[0]}?`;
    throw Object.assign(new Failure(error.code, error.message, { fix }), {
      status: (error as { status?: number }).status,
    });
  }
}
