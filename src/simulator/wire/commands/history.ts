import { domainOf } from "../../../domain/data/series.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Core } from "../../core/core.ts";
import type { Row } from "../../core/recorder/recorder.ts";
import { attributesText, clockSecondsText, secondsText } from "../../core/state/wire.ts";
import { ENTITY_ID } from "../../registry/entities.ts";
import type { Commands } from "../command.ts";
import { flag, listOf, may, must, text } from "../messages/schema.ts";
import { parseTime } from "./times.ts";

/** Home Assistant's recorder/history/const.py. */
const SIGNIFICANT_DOMAINS = ["climate", "device_tracker", "humidifier", "thermostat", "water_heater"];
const NEED_ATTRIBUTE_DOMAINS = ["climate", "humidifier", "input_datetime", "thermostat", "water_heater"];

export type HistoryGate = {
  /** Resolves when history answers again. */
  open(): Promise<void>;
};

type Asked = {
  from: Micros;
  to: Micros;
  startState: boolean;
  significant: boolean;
  minimal: boolean;
  noAttributes: boolean;
};

export function historyCommands({ core, gate }: { core: Core; gate: HistoryGate }): Commands {
  const { recorder, states, now } = core;
  return {
    "history/history_during_period": {
      schema: {
        start_time: must(text),
        end_time: may(text),
        entity_ids: must(listOf(text)),
        include_start_time_state: may(flag),
        significant_changes_only: may(flag),
        minimal_response: may(flag),
        no_attributes: may(flag),
      },
      async run(connection, message) {
        const { id } = message;
        const from = parseTime(message.start_time as string);
        if (from === undefined) throw new Failure("invalid_start_time", "Invalid start_time");
        const end = message.end_time as string | undefined;
        const to = end === undefined || end === "" ? Number.POSITIVE_INFINITY : parseTime(end);
        if (to === undefined) throw new Failure("invalid_end_time", "Invalid end_time");
        if (from > now()) return connection.result(id, {});
        const entityIds = message.entity_ids as string[];
        for (const entityId of entityIds)
          if (!states.get(entityId) && !ENTITY_ID.test(entityId))
            throw new Failure("invalid_entity_ids", "Invalid entity_ids");
        await gate.open();
        const oldest = recorder.oldest();
        const startState = (message.include_start_time_state as boolean | undefined) ?? true;
        if (entityIds.length === 0 || oldest === undefined || to < oldest) return connection.result(id, {});
        const asked: Asked = {
          from,
          to,
          // Home Assistant makes no first row where it has nothing older than the start.
          startState: startState && oldest < from,
          significant: (message.significant_changes_only as boolean | undefined) ?? true,
          minimal: (message.minimal_response as boolean | undefined) ?? false,
          noAttributes: (message.no_attributes as boolean | undefined) ?? false,
        };
        if (!startState && !mayHaveChangedSince(entityIds, asked)) return connection.result(id, {});
        const parts: string[] = [];
        for (const entityId of new Set(entityIds)) {
          const rows = rowsOf(entityId, asked);
          if (rows.length > 0) parts.push(`"${entityId}":[${rows.join(",")}]`);
        }
        connection.resultText(id, `{${parts.join(",")}}`);
      },
    },
  };

  function mayHaveChangedSince(entityIds: readonly string[], { from, noAttributes }: Asked): boolean {
    return entityIds.some((entityId) => {
      const state = states.get(entityId);
      return !state || (noAttributes ? state.changed : state.updated) > from;
    });
  }

  function rowsOf(entityId: string, asked: Asked): string[] {
    const domain = domainOf(entityId);
    const first = asked.startState ? recorder.before(entityId, asked.from) : undefined;
    let rows = recorder.between(entityId, asked.from, asked.to);
    if (asked.significant && !SIGNIFICANT_DOMAINS.includes(domain))
      rows = rows.filter((row) => row.changed === row.updated);
    const withChanged = !asked.significant;
    const minimal = asked.minimal && !NEED_ATTRIBUTE_DOMAINS.includes(domain);
    const full = (row: Row, time?: Micros) => fullRow(row, { ...asked, minimal, withChanged }, time);
    const texts = first ? [full(first, asked.from)] : [];
    if (!minimal) {
      for (const row of rows) texts.push(full(row));
      return texts;
    }
    let previous = first?.state;
    for (const row of rows) {
      if (texts.length === 0) texts.push(full(row));
      else if (row.state !== previous)
        texts.push(`{"s":${JSON.stringify(row.state)},"lu":${clockSecondsText(row.updated)}}`);
      previous = row.state;
    }
    return texts;
  }
}

/** `time` given: the made-up row that stands for the state at the start. */
function fullRow(row: Row, asked: { minimal: boolean; noAttributes: boolean; withChanged: boolean }, time?: Micros) {
  // Without minimal_response Home Assistant sends an empty `a` all the same.
  const attributes = asked.noAttributes ? (asked.minimal ? "" : '"a":{},') : `"a":${attributesText(row.attributes)},`;
  const updated = time === undefined ? clockSecondsText(row.updated) : secondsText(time);
  const changed =
    asked.withChanged && time === undefined && row.changed !== row.updated ? `,"lc":${secondsText(row.changed)}` : "";
  return `{"s":${JSON.stringify(row.state)},${attributes}"lu":${updated}${changed}}`;
}
