import type { Attributes } from "../../../domain/data/reading.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Core } from "../../core/core.ts";
import { compressedText, deltaText, type StateChange, stateText } from "../../core/state/state.ts";
import type { Commands } from "../command.ts";
import { createFilter, type Filter } from "../messages/filter.ts";
import { entityIds, idsOf, may, must, object, text, whole } from "../messages/schema.ts";

/** What a client that is no administrator may subscribe to. */
const OPEN_EVENTS = [
  "area_registry_updated",
  "component_loaded",
  "core_config_updated",
  "device_registry_updated",
  "entity_registry_updated",
  "floor_registry_updated",
  "label_registry_updated",
  "lovelace_updated",
  "panels_updated",
  "persistent_notifications_updated",
  "recorder_5min_statistics_generated",
  "recorder_hourly_statistics_generated",
  "repairs_issue_registry_updated",
  "service_registered",
  "service_removed",
  "shopping_list_updated",
  "state_changed",
  "themes_updated",
];

export function eventCommands({ core }: { core: Core }): Commands {
  const { bus, states } = core;
  // One delta serves every client: only the id behind it differs.
  let lastChange: StateChange | undefined;
  let lastDelta = "";
  const deltaOnce = (change: StateChange): string => {
    if (lastChange !== change) {
      lastChange = change;
      lastDelta = deltaText(change);
    }
    return lastDelta;
  };
  return {
    subscribe_events: {
      schema: { event_type: may(text) },
      run(connection, { id, event_type = "*" }) {
        const type = event_type as string;
        if (!connection.user.isAdmin && !OPEN_EVENTS.includes(type)) throw new Failure("unauthorized", "Unauthorized");
        if (type === "state_reported")
          throw new Failure("home_assistant_error", "Event filter is required for event state_reported");
        connection.subscribe(
          id,
          bus.listen(type, (event) => connection.event(id, event)),
        );
        connection.result(id, null);
      },
    },
    unsubscribe_events: {
      schema: { subscription: must(whole) },
      run(connection, { id, subscription }) {
        if (!connection.unsubscribe(subscription as number)) throw new Failure("not_found", "Subscription not found.");
        connection.result(id, null);
      },
    },
    subscribe_entities: {
      schema: { entity_ids: may(entityIds), include: may(object), exclude: may(object) },
      run(connection, { id, entity_ids, include, exclude }) {
        const asked = entity_ids === undefined ? [] : idsOf(entity_ids);
        const wanted = createFilter(asked, (include ?? {}) as Filter, (exclude ?? {}) as Filter);
        connection.subscribe(
          id,
          bus.onChange((change) => {
            if (!wanted || wanted(change.entityId)) connection.event(id, deltaOnce(change));
          }),
        );
        connection.result(id, null);
        const all: string[] = [];
        for (const state of states.all()) if (!wanted || wanted(state.entityId)) all.push(compressedText(state));
        connection.event(id, `{"a":{${all.join(",")}}}`);
      },
    },
    get_states: {
      schema: {},
      run: (connection, { id }) => connection.resultText(id, `[${[...states.all()].map(stateText).join(",")}]`),
    },
    fire_event: {
      schema: { event_type: must(text), event_data: may(object) },
      admin: true,
      run(connection, { id, event_type, event_data = {} }) {
        const context = core.newContext({ userId: connection.user.id });
        bus.fire(event_type as string, event_data as Attributes, context);
        connection.result(id, { context: wireContext(context) });
      },
    },
    supported_features: {
      schema: { features: must(object) },
      run(connection, { id, features }) {
        if ("coalesce_messages" in (features as object)) connection.outbox.coalesce();
        connection.result(id, null);
      },
    },
    ping: {
      schema: {},
      run: (connection, { id }) => connection.pong(id),
    },
  };
}

export const wireContext = (context: { id: string; parentId: string | null; userId: string | null }) => ({
  id: context.id,
  parent_id: context.parentId,
  user_id: context.userId,
});
