import type { HomeEvent, Reading, Stored } from "../../domain/data/reading.ts";
import type { Statistic } from "../../domain/data/statistic.ts";
import type { ByteWriter } from "../../history/encode/bytes.ts";
import { createStateWriter } from "../../history/encode/states.ts";
import { contextShape } from "../../history/shapes.ts";
import { type StateColumn, stateText } from "../../store/shared/columns.ts";
import {
  type EventColumn,
  type ExportPlan,
  GAP_COLUMNS,
  type GapColumn,
  type NamedGap,
  type ReadingColumn,
  type StatisticColumn,
} from "../plan.ts";
import { fitsColumns } from "./by-columns.ts";
import type { RowWriter } from "./export.ts";

const COMMA = 0x2c;
const LINE_END = Buffer.from("\r\n");
/** Needs no quote marks, and its characters are its bytes. */
const PLAIN = /^[ !#-+\--~]+$/;
const SPECIAL = /[",\r\n]/;
/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * CSV by RFC 4180: a header, then a record per row. A null is an empty field, an empty text is `""`. Records whose first
 * field begins with # come after the data: one for each gap, and at the very end the one that says the file is whole.
 * They have as many fields as every other record.
 */
export function createCsv(plan: ExportPlan, out: ByteWriter): RowWriter {
  const { readings, events, statistics, spreadsheet } = plan;
  const columns: readonly string[] = (readings ?? events ?? statistics)?.columns ?? GAP_COLUMNS;
  const rest = Buffer.from(`${",".repeat(columns.length - 1)}\r\n`);
  let replaced = 0;

  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const cell = (value: string | null): string => {
    if (value === null) return "";
    if (spreadsheet && FORMULA.test(value) && !isNumber(value)) return quoted(`'${value}`);
    return value === "" || SPECIAL.test(value) ? quoted(value) : value;
  };
  const text = (value: string | null) => {
    if (value === null) return;
    if (!spreadsheet && PLAIN.test(value)) return out.ascii(value);
    // UTF-8 has no half of a surrogate pair: what is written is the replacement character.
    if (!value.isWellFormed()) replaced++;
    out.json(cell(value));
  };
  const json = (value: unknown) => {
    if (value !== null) text(JSON.stringify(value));
  };
  /** Words hold no comma and no quote mark. */
  const record = (write: () => void) => {
    write();
    out.append(rest);
  };
  const named = (name: string, value: number | null) => {
    if (value === null) return;
    out.ascii(` ${name}=`);
    out.bareTime(value);
  };

  const ofReading: { [column in ReadingColumn]?: (reading: Stored<Reading>) => void } = {
    position: ({ position }) => out.ascii(String(position)),
    time: (reading) => out.bareTime(reading.time),
    changed: ({ changed }) => out.bareTime(changed),
    state: ({ state }) => text(state),
    attributes: ({ attributes }) => json(attributes),
    origin: ({ origin }) => out.ascii(origin),
    context: ({ context }) => json(contextShape(context)),
    time_is_arrival: ({ timeIsArrival }) => out.ascii(String(timeIsArrival)),
    flaws: ({ flaws }) => json(flaws),
  };
  const ofEvent: { [column in EventColumn]: (event: Stored<HomeEvent>) => void } = {
    id: ({ position }) => out.ascii(String(position)),
    time: (event) => out.bareTime(event.time),
    type: ({ type }) => text(type),
    data: ({ data }) => json(data),
    context: ({ context }) => json(contextShape(context)),
    origin: ({ origin }) => out.ascii(origin),
  };
  const ofGap: { [column in GapColumn]: (gap: NamedGap) => void } = {
    id: ({ position }) => out.ascii(String(position)),
    of: ({ kind }) => out.ascii(kind),
    entity_id: ({ entityId }) => text(entityId),
    series: ({ series }) => out.ascii(series === null ? "" : String(series)),
    from: ({ from }) => out.bareTime(from),
    to: ({ to }) => out.bareTime(to),
    cause: ({ cause }) => out.ascii(cause),
  };
  const row =
    <T>(writers: readonly ((row: T) => void)[]) =>
    (value: T) => {
      for (let i = 0; i < writers.length; i++) {
        if (i > 0) out.byte(COMMA);
        (writers[i] as (row: T) => void)(value);
      }
      out.append(LINE_END);
    };
  const gapRow = row(GAP_COLUMNS.map((column) => ofGap[column]));

  return {
    head: () => {
      out.ascii(columns.join(","));
      out.append(LINE_END);
    },
    readingsOf: (series, entityId) => {
      const same: { [column in ReadingColumn]?: () => void } = {
        entity_id: () => text(entityId),
        series: () => out.ascii(String(series)),
      };
      return row((readings?.columns ?? []).map((column) => ofReading[column] ?? same[column] ?? (() => {})));
    },
    linesOf: (series, entityId) => {
      const asked = readings?.columns ?? [];
      if (!fitsColumns(asked)) return undefined;
      // What stands before the time, between it and the state, and after that.
      const pieces = [""];
      for (const [i, column] of asked.entries()) {
        if (i > 0) pieces[pieces.length - 1] += ",";
        if (column === "entity_id") pieces[pieces.length - 1] += cell(entityId);
        else if (column === "series") pieces[pieces.length - 1] += String(series);
        else pieces.push("");
      }
      const [before, between, after] = pieces.map((piece) => Buffer.from(piece)) as [Buffer, Buffer, Buffer];
      const line = { before, between, after: Buffer.concat([after, LINE_END]), bare: true };
      let states: { of: StateColumn; writer: ReturnType<typeof createStateWriter>; wellFormed: boolean } | undefined;
      return (columns, from, to) => {
        const of = columns.states;
        if (states?.of !== of)
          states = { of, writer: createStateWriter(of, { text: cell, quoted: false }), wellFormed: isWellFormed(of) };
        if (!states.wellFormed)
          for (let i = from; i < to; i++) if (stateText(of, i)?.isWellFormed() === false) replaced++;
        out.lines(columns, from, to, { ...line, states: states.writer });
      };
    },
    event: row((events?.columns ?? []).map((column) => ofEvent[column])),
    statisticsOf: ({ id, entityId, unit }) => {
      const number = (value: number | null) => out.ascii(value === null ? "" : String(value));
      const of: { [column in StatisticColumn]: (one: Stored<Statistic>) => void } = {
        entity_id: () => text(entityId),
        series: () => out.ascii(String(id)),
        period: ({ period }) => out.ascii(period),
        start: ({ start }) => out.bareTime(start),
        mean: ({ mean }) => number(mean),
        min: ({ min }) => number(min),
        max: ({ max }) => number(max),
        sum: ({ sum }) => number(sum),
        state: ({ state }) => number(state),
        last_reset: ({ lastReset }) => {
          if (lastReset !== null) out.bareTime(lastReset);
        },
        unit: () => text(unit),
      };
      return row((statistics?.columns ?? []).map((column) => of[column]));
    },
    gap: (gap) => {
      if (!readings && !events && !statistics) return gapRow(gap);
      const { kind, entityId, from, to, cause } = gap;
      record(() => {
        out.ascii(`#gap of=${kind}`);
        if (entityId !== null) out.ascii(` entity_id=${entityId}`);
        named("from", from);
        named("to", to);
        out.ascii(` cause=${cause}`);
      });
    },
    rolledUp: ({ entityId, from, to }) =>
      record(() => {
        out.ascii(`#rolled_up entity_id=${entityId}`);
        named("from", from);
        named("to", to);
      }),
    end: ({ readings, events, statistics, gaps, rolledUp, damaged }) =>
      record(() => {
        out.ascii(
          `#end readings=${readings} events=${events} statistics=${statistics} gaps=${gaps} rolled_up=${rolledUp} damaged=${damaged} replaced=${replaced}`,
        );
        named("from", plan.from);
        named("to", plan.to);
      }),
  };
}

const isWellFormed = (states: StateColumn): boolean => {
  const texts = states.form === "texts" ? states.dictionary : [...states.exceptions.values()];
  return texts.every((text) => text === null || text.isWellFormed());
};

/** `-5.3` is no formula. */
const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));
