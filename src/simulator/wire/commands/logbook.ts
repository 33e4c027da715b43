import { domainOf } from "../../../domain/data/series.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Core } from "../../core/core.ts";
import type { Row } from "../../core/recorder/recorder.ts";
import type { Commands } from "../command.ts";
import { may, must, text } from "../messages/schema.ts";
import { parseTime } from "./times.ts";

/** Home Assistant's logbook/const.py. */
const ALWAYS_CONTINUOUS = ["counter", "image", "proximity"];

/** The logbook of all entities' states; of events and contexts it says nothing. */
export function logbookCommands({ recorder, now }: Pick<Core, "recorder" | "now">): Commands {
  return {
    "logbook/get_events": {
      schema: { start_time: must(text), end_time: may(text) },
      run(connection, message) {
        const from = parseTime(message.start_time as string);
        if (from === undefined) throw new Failure("invalid_start_time", "Invalid start_time");
        const to = message.end_time === undefined ? now() : parseTime(message.end_time as string);
        if (to === undefined) throw new Failure("invalid_end_time", "Invalid end_time");
        const entries = [...recorder.names()].flatMap((entity_id) => {
          if (ALWAYS_CONTINUOUS.includes(domainOf(entity_id))) return [];
          const rows = recorder.between(entity_id, from, to);
          const first = rows[0] && recorder.before(entity_id, rows[0].updated);
          return rows
            .filter((row, i) => isTold(entity_id, row, i === 0 ? first : rows[i - 1]))
            .map(({ state, updated }) => ({ state, entity_id, when: updated / 1e6 }));
        });
        connection.result(
          message.id,
          entries.sort((a, b) => a.when - b.when),
        );
      },
    },
  };
}

/** A change from one state to another; what appears, goes, repeats itself, changes attributes alone or is measured is not. */
function isTold(entityId: string, row: Row, before: Row | undefined): boolean {
  if (domainOf(entityId) === "sensor" && ("unit_of_measurement" in row.attributes || "state_class" in row.attributes))
    return false;
  return (
    row.state !== null &&
    row.changed === row.updated &&
    before !== undefined &&
    before.state !== null &&
    before.state !== row.state
  );
}
