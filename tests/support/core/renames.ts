import type { SentChange, SentEvent } from "./control-client.ts";

/**
 * Changes under the names that their entities have in the end, as `entity_registry_updated` events tell it. At a
 * rename Core removes the state under the old name and adds it under the new one; that removal is no removal of the
 * entity (Core's recorder leaves it out, too) and is left out.
 */
export function followRenames(changes: readonly SentChange[], events: readonly SentEvent[]): SentChange[] {
  const renames = events
    .filter(isRename)
    .map(({ time, data }) => ({ time, from: data.old_entity_id, to: data.entity_id }));
  const dropped = new Set(
    renames.map(({ time, from }) =>
      changes.find(({ entityId, state, updated }) => entityId === from && state === null && updated >= time),
    ),
  );
  return changes
    .filter((change) => !dropped.has(change))
    .map((change) => {
      let { entityId } = change;
      for (const { time, from, to } of renames) if (time > change.updated && from === entityId) entityId = to;
      return entityId === change.entityId ? change : { ...change, entityId };
    });
}

type Rename = SentEvent & { data: { entity_id: string; old_entity_id: string } };

const isRename = (event: SentEvent): event is Rename =>
  event.type === "entity_registry_updated" && typeof event.data.old_entity_id === "string";
