import type { Reading, Stored } from "../../domain/data/reading.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import type { ByteWriter } from "../../history/encode/bytes.ts";
import { createStateWriter } from "../../history/encode/states.ts";
import { contextShape } from "../../history/shapes.ts";
import type { StateColumn } from "../../store/store.ts";
import type { EventColumn, ExportPlan, ReadingColumn, StatisticColumn } from "../plan.ts";
import { fitsColumns } from "./by-columns.ts";
import type { RowWriter } from "./export.ts";

const CLOSE = Buffer.from("}\n");

/** One JSON object per line, each with its `kind` first; the last one is of the kind `end`. */
export function createNdjson(plan: ExportPlan, out: ByteWriter): RowWriter {
  const json = (value: unknown) => out.json(JSON.stringify(value));
  const time = (name: string, value: number | null) => {
    out.ascii(`,"${name}":`);
    if (value === null) out.ascii("null");
    else out.time(value);
  };

  /** What changes from row to row; the rest of a line is the same for a whole series. */
  const ofReading: { [column in ReadingColumn]?: (reading: Stored<Reading>) => void } = {
    position: ({ position }) => out.ascii(String(position)),
    time: (reading) => out.time(reading.time),
    changed: ({ changed }) => out.time(changed),
    state: ({ state }) => out.string(state),
    attributes: ({ attributes }) => json(attributes),
    origin: ({ origin }) => out.string(origin),
    context: ({ context }) => json(contextShape(context)),
    time_is_arrival: ({ timeIsArrival }) => out.ascii(String(timeIsArrival)),
    flaws: ({ flaws }) => json(flaws),
  };

  return {
    head: () => {},
    readingsOf: (series, entityId) => {
      const same: { [column in ReadingColumn]?: unknown } = { entity_id: entityId, series };
      const parts: { before: Buffer; write: (reading: Stored<Reading>) => void }[] = [];
      let before = '{"kind":"reading"';
      for (const column of plan.readings?.columns ?? []) {
        before += `,"${column}":`;
        const write = ofReading[column];
        if (!write) before += JSON.stringify(same[column]);
        else {
          parts.push({ before: Buffer.from(before), write });
          before = "";
        }
      }
      const close = Buffer.concat([Buffer.from(before), CLOSE]);
      return (reading) => {
        for (let i = 0; i < parts.length; i++) {
          const part = parts[i] as (typeof parts)[number];
          out.append(part.before);
          part.write(reading);
        }
        out.append(close);
      };
    },
    linesOf: (series, entityId) => {
      const asked = plan.readings?.columns ?? [];
      if (!fitsColumns(asked)) return undefined;
      const same: { [column in ReadingColumn]?: unknown } = { entity_id: entityId, series };
      // What stands before the time, between it and the state, and after that.
      const pieces = ['{"kind":"reading"'];
      for (const column of asked) {
        pieces[pieces.length - 1] += `,"${column}":`;
        if (column in same) pieces[pieces.length - 1] += JSON.stringify(same[column]);
        else pieces.push("");
      }
      const [before, between, after] = pieces.map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
      const line = { before, between, after: Buffer.concat([after, CLOSE]), bare: false };
      let states: { of: StateColumn; writer: ReturnType<typeof createStateWriter> } | undefined;
      return (columns, from, to) => {
        if (states?.of !== columns.states) states = { of: columns.states, writer: createStateWriter(columns.states) };
        out.lines(columns, from, to, { ...line, states: states.writer });
      };
    },
    event: (event) => {
      out.ascii('{"kind":"event"');
      const of: { [column in EventColumn]: () => void } = {
        id: () => json(event.position),
        time: () => out.time(event.time),
        type: () => out.string(event.type),
        data: () => json(event.data),
        context: () => json(contextShape(event.context)),
        origin: () => out.string(event.origin),
      };
      for (const column of plan.events?.columns ?? []) {
        out.ascii(`,"${column}":`);
        of[column]();
      }
      out.append(CLOSE);
    },
    statisticsOf: ({ id, entityId, unit }) => {
      const of: { [column in StatisticColumn]: (one: Stored<Statistic>) => void } = {
        entity_id: () => out.string(entityId),
        series: () => out.ascii(String(id)),
        period: ({ period }) => out.string(period),
        start: ({ start }) => out.time(start),
        mean: ({ mean }) => json(mean),
        min: ({ min }) => json(min),
        max: ({ max }) => json(max),
        sum: ({ sum }) => json(sum),
        state: ({ state }) => json(state),
        last_reset: ({ lastReset }) => (lastReset === null ? out.ascii("null") : out.time(lastReset)),
        unit: () => out.string(unit),
      };
      const columns = (plan.statistics?.columns ?? []).map((column) => ({ name: `,"${column}":`, write: of[column] }));
      return (one) => {
        out.ascii('{"kind":"statistic"');
        for (const { name, write } of columns) {
          out.ascii(name);
          write(one);
        }
        out.append(CLOSE);
      };
    },
    gap: ({ position, kind, entityId, series, from, to, cause }) => {
      out.ascii(`{"kind":"gap","id":${position},"of":"${kind}","entity_id":`);
      out.string(entityId);
      out.ascii(`,"series":${series}`);
      time("from", from);
      time("to", to);
      out.ascii(`,"cause":"${cause}"}\n`);
    },
    rolledUp: ({ series, entityId, from, to }) => {
      out.ascii('{"kind":"rolled_up","entity_id":');
      out.string(entityId);
      out.ascii(`,"series":${series}`);
      time("from", from);
      time("to", to);
      out.append(CLOSE);
    },
    end: ({ readings, events, statistics, gaps, rolledUp, damaged }) => {
      out.ascii(
        `{"kind":"end","readings":${readings},"events":${events},"statistics":${statistics},"gaps":${gaps},"rolled_up":${rolledUp},"damaged":${damaged}`,
      );
      time("from", plan.from);
      time("to", plan.to);
      out.append(CLOSE);
    },
  };
}
