import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { recordedAreAbsent, recordedBytes } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import type { FileLook, FileRead } from "../../source.ts";
import { meterCsv } from "./meter-csv.ts";
import type { Mapping } from "./settings.ts";

const bytesOf = (file: string | Uint8Array) => (typeof file === "string" ? Buffer.from(file) : file);
const needsOf = (settings: object, timeZone: string, country: string) =>
  asked(() => "", {
    settings: v.parse(meterCsv.settings, settings),
    now: "2026-11-26T12:00:00Z",
    place: { timeZone, country },
  });
const look = (file: string | Uint8Array, settings = {}, timeZone = "Europe/Vienna", country = "AT") =>
  meterCsv.lookAtFile?.(bytesOf(file), needsOf(settings, timeZone, country)) as FileLook<Mapping>;
const read = (file: string | Uint8Array, settings: object, timeZone = "Europe/Vienna", country = "AT") =>
  meterCsv.readFile?.(bytesOf(file), needsOf(settings, timeZone, country)) as FileRead;
/** As somebody who confirms what is proposed. */
const taken = (file: string | Uint8Array, settings = {}, timeZone = "Europe/Vienna", country = "AT") => {
  const proposed = look(file, settings, timeZone, country).settings;
  return { proposed, ...read(file, proposed, timeZone, country) };
};
const rows = ({ readings }: FileRead) =>
  readings.map(({ quantity, time, until = 0, value, quality }) => [
    quantity,
    plain(time),
    (until - time) / 60_000_000,
    value,
    ...(quality ? [quality] : []),
  ]);
const sum = ({ readings }: FileRead) => Number(readings.reduce((all, { value }) => all + Number(value), 0).toFixed(6));

test("recorded: Styria, with a mark at its beginning, a column of units and one of quality", {
  skip: recordedAreAbsent,
}, () => {
  const answer = taken(recordedBytes("meter-csv/at_steiermark_v2.csv"));
  assert.deepEqual(answer.proposed, {
    time_column: "Statistikzeitraum Beginn",
    end_column: "Statistikzeitraum Ende",
    value_column: "Wert",
    unit_column: "Einheit",
    quality_column: "Messwert: VAL...gemessen, EST...rechnerisch ermittelt",
    estimated: "EST, E, estimated, rechnerisch, geschätzt, Ersatzwert",
    measures: "import",
    delimiter: ";",
    decimal: ",",
    encoding: "utf-8",
    time_format: "DD.MM.YYYY HH:mm",
    times_are: "begin",
  });
  const found = rows(answer);
  // A day of April in summer time, 3.63 kWh.
  assert.equal(found.length, 96);
  assert.deepEqual(found[0], ["import_interval", "2024-04-25T22:00:00Z", 15, 0.072]);
  assert.deepEqual(found[1], ["import_interval", "2024-04-25T22:15:00Z", 15, 0.061]);
  assert.deepEqual(found.at(-1), ["import_interval", "2024-04-26T21:45:00Z", 15, 0.07]);
  assert.equal(sum(answer), 3.63);
  assert.deepEqual([answer.leftOut, answer.notes], [[], ["Times are taken as those of Europe/Vienna."]]);
});

test("recorded: Linz, with an empty column of replaced values", { skip: recordedAreAbsent }, () => {
  const answer = taken(recordedBytes("meter-csv/at_linz_v2.csv"));
  const { proposed } = answer;
  assert.deepEqual(
    [proposed.time_column, proposed.end_column, proposed.value_column, proposed.quality_column, proposed.unit],
    ["Datum von", "Datum bis", "Verbrauch in kWh", "Ersatzwert", "kWh"],
  );
  const found = rows(answer);
  assert.equal(found.length, 96);
  assert.deepEqual(found[0], ["import_interval", "2024-07-02T22:00:00Z", 15, 0.004]);
  assert.deepEqual(found[3], ["import_interval", "2024-07-02T22:45:00Z", 15, 0.008]);
  assert.deepEqual(found.at(-1), ["import_interval", "2024-07-03T21:45:00Z", 15, 0.004]);
  assert.equal(sum(answer), 4.927);
});

test("recorded: Vorarlberg, in UTF-16 without a mark, with lines above the table", { skip: recordedAreAbsent }, () => {
  const answer = taken(recordedBytes("meter-csv/at_vorarlberg.csv"));
  assert.deepEqual(
    [answer.proposed.encoding, answer.proposed.time_column, answer.proposed.value_column, answer.proposed.unit],
    ["utf-16le", "Beginn der Messreihe", "Messwert in kWh", "kWh"],
  );
  const found = rows(answer);
  // Two days, 9.472 kWh.
  assert.equal(found.length, 192);
  assert.deepEqual(found[0], ["import_interval", "2023-08-14T22:00:00Z", 15, 0.089]);
  assert.deepEqual(found.at(-1), ["import_interval", "2023-08-16T21:45:00Z", 15, 0.087]);
  assert.equal(sum(answer), 9.472);
  // What is asked to be confirmed shows the first rows, and no metering point of the lines above.
  const shown = look(recordedBytes("meter-csv/at_vorarlberg.csv"));
  assert.deepEqual(shown.columns, ["Beginn der Messreihe", "Ende der Messreihe", "Messwert in kWh"]);
  assert.deepEqual(shown.rows[0], ["15.08.2023 00:00", "15.08.2023 00:15", "0,089"]);
});

const quarters = (day: string, hours: readonly string[]) =>
  hours.flatMap((hour) => ["00", "15", "30", "45"].map((minute) => `${day} ${hour}:${minute};0,1`));
const HEAD = "Zeit;Verbrauch (kWh)";

test("the hour that comes twice is two hours, in a file with the newest first as well", () => {
  // Each row says which one of the day it is.
  const day = quarters("27.10.2024", ["01", "02", "02", "03"]).map((line, i) => line.replace("0,1", String(i)));
  for (const lines of [day, day.toReversed()]) {
    const answer = taken([HEAD, ...lines].join("\n"));
    assert.deepEqual(answer.leftOut, []);
    assert.deepEqual(
      rows(answer).map(([, time, , value]) => [time, value]),
      day.map((_, i) => [plain(Date.parse("2024-10-26T23:00:00Z") * 1000 + i * 900_000_000), i]),
    );
    assert.equal(answer.proposed.minutes, 15);
  }
});

test("times in the hour that the clocks leave out are left out, unless the file is in winter time all year", () => {
  const file = [HEAD, ...quarters("31.03.2024", ["01", "02", "03"])].join("\n");
  const answer = taken(file);
  assert.deepEqual(answer.leftOut, [{ why: "At a time that the clocks leave out", count: 4, where: "line 6" }]);
  assert.deepEqual(
    rows(answer).map(([, time]) => time),
    ["00:00", "00:15", "00:30", "00:45", "01:00", "01:15", "01:30", "01:45"].map((time) => `2024-03-31T${time}:00Z`),
  );
  const winter = taken(file, { time_zone: "+01:00" });
  assert.deepEqual([winter.leftOut, winter.readings.length], [[], 12]);
  assert.equal(rows(winter).at(-1)?.[1], "2024-03-31T02:45:00Z");
});

test("an end on another day, at 24:00, or through a change of the clocks, is where it is", () => {
  const file = (from: string, to: string) => `von;bis;kWh\n${from};${to};1,5\n`;
  const lengthOf = (from: string, to: string) => rows(taken(file(from, to)))[0]?.[2];
  assert.equal(lengthOf("01.07.2024 23:45", "02.07.2024 00:00"), 15);
  assert.equal(lengthOf("01.07.2024 23:45", "01.07.2024 24:00"), 15);
  assert.equal(lengthOf("31.03.2024 01:45", "31.03.2024 03:00"), 15);
  assert.equal(lengthOf("31.03.2024 01:45", "31.03.2024 02:00"), 15);
  assert.equal(lengthOf("27.10.2024 00:00", "28.10.2024 00:00"), 25 * 60);
  assert.equal(lengthOf("31.03.2024 00:00", "01.04.2024 00:00"), 23 * 60);
  assert.match(taken(file("02.07.2024 00:00", "01.07.2024 00:00")).leftOut[0]?.why ?? "", /before its beginning/);
});

test("what is missing, no number, below zero, twice or without a time is left out, counted, and found again by its line", () => {
  const file = `${HEAD}
01.07.2024 00:00;1,5
01.07.2024 00:15;
01.07.2024 00:30;-
01.07.2024 00:45;n/a
01.07.2024 01:00;viel
01.07.2024 01:15;-0,5
01.07.2024 01:30;2,5
01.07.2024 01:30;2,5
01.07.2024 01:30;3,5
01.07.2024 01:45;0
;4,5
Summe;6,0
`;
  const answer = taken(file);
  assert.deepEqual(
    rows(answer).map(([, time, , value]) => [time, value]),
    [
      ["2024-06-30T22:00:00Z", 1.5],
      ["2024-06-30T23:30:00Z", 2.5],
      ["2024-06-30T23:45:00Z", 0],
    ],
  );
  assert.deepEqual(answer.leftOut, [
    { why: "Without a time that can be read", count: 2, where: "line 12" },
    { why: "Without a value", count: 3, where: "line 3" },
    { why: "With a value that is no number", count: 1, where: "line 6" },
    { why: "Below zero", count: 1, where: "line 7" },
    { why: "The same reading twice", count: 1 },
    { why: "A second value for a time that has one", count: 1 },
  ]);
});

const quarterEnds = "Zeit;kWh\n01.07.2024 00:00;0,1\n01.07.2024 00:15;0,2\n";

test("other forms: commas and points, quotes, RFC 3339, tabs, ISO-8859-1, American dates, date and time of day apart", () => {
  const one = (file: string | Uint8Array, settings = {}, zone?: string, country?: string) =>
    rows(taken(file, settings, zone, country));
  assert.deepEqual(
    one('timestamp,"usage, kWh"\n2026-01-01T00:00:00+01:00,"1,234.5"\n2026-01-01T01:00:00+01:00,2\n')[0],
    ["import_interval", "2025-12-31T23:00:00Z", 60, 1234.5],
  );
  assert.deepEqual(one("Zeit\tWh\n2026-01-01 00:00:00\t250\n2026-01-01 00:15:00\t500\n")[1]?.slice(1), [
    "2025-12-31T23:15:00Z",
    15,
    0.5,
  ]);
  const latin = Buffer.from(
    "Zeit;Zählerstand Energie (kWh)\n01.01.2026 00:00;1.234,5\n01.01.2026 00:15;0,25\n",
    "latin1",
  );
  assert.equal(taken(latin).proposed.encoding, "iso-8859-1");
  assert.equal(taken(latin).proposed.value_column, "Zählerstand Energie (kWh)");
  assert.deepEqual(one(latin)[0]?.slice(1), ["2025-12-31T23:00:00Z", 15, 1234.5]);
  const us = "Date,Usage (kWh)\n1/2/2026 1:00 PM,0.5\n1/2/2026 2:00 PM,0.25\n";
  assert.deepEqual(one(us, {}, "America/New_York", "US")[0]?.slice(1), ["2026-01-02T18:00:00Z", 60, 0.5]);
  assert.match(taken(us, {}, "America/New_York", "US").notes.join(" "), /day or the month comes first/);
  const apart = "Datum;Uhrzeit;kWh\n01.07.2024;00:00;0,1\n01.07.2024;00:15;0,2\n";
  assert.equal(taken(apart).proposed.clock_column, "Uhrzeit");
  assert.deepEqual(one(apart)[1]?.slice(1), ["2024-06-30T22:15:00Z", 15, 0.2]);
  const days = "Tag;kWh\n26.10.2024;5\n27.10.2024;6\n28.10.2024;7\n";
  assert.deepEqual(
    one(days).map(([, time, length]) => [time, length]),
    [
      ["2024-10-25T22:00:00Z", 1_440],
      ["2024-10-26T22:00:00Z", 1_500],
      ["2024-10-27T23:00:00Z", 1_440],
    ],
  );
  const ends = rows(taken(quarterEnds, { times_are: "end" }));
  assert.deepEqual(ends[0]?.slice(1), ["2024-06-30T21:45:00Z", 15, 0.1]);
  const nameless = "01.07.2024 00:00;0,1\n01.07.2024 00:15;0,2\n";
  assert.deepEqual(
    one(nameless, { unit: "kWh" }).map(([, , , value]) => value),
    [0.1, 0.2],
  );
  const big = Buffer.from(`\ufeff${apart}`, "utf16le").swap16();
  assert.equal(taken(big).proposed.encoding, "utf-16be");
  assert.equal(taken(big).readings.length, 2);
});

test("what is measured is set or seen, and a unit of something else is no value", () => {
  const quantityOf = (head: string, settings = {}) =>
    rows(taken(`Zeit;${head}\n01.07.2024 00:00;2\n01.07.2024 01:00;4\n`, settings))[0];
  assert.deepEqual(quantityOf("Einspeisung kWh")?.[0], "export_interval");
  assert.deepEqual(quantityOf("Gas m³")?.[0], "gas_interval");
  assert.deepEqual(quantityOf("Gas kWh")?.[0], "gas_energy_interval");
  const water = quantityOf("Wasser in Liter", { unit: "l" });
  assert.deepEqual([water?.[0], water?.[3]], ["water_interval", 0.002]);
  assert.deepEqual(quantityOf("Bezug MWh")?.[3], 2_000);
  const wrong = read("Zeit;m³\n01.07.2024 00:00;2\n", {
    ...{ time_column: "Zeit", value_column: "m³", unit: "m³", delimiter: ";", decimal: ",", encoding: "utf-8" },
    ...{ time_format: "DD.MM.YYYY HH:mm", minutes: 60 },
  });
  assert.deepEqual([wrong.readings, wrong.leftOut[0]?.why], [[], "In m³, which is no unit of what is measured"]);
});

test("estimated values say so, by the words that are set, or by anything in the column", () => {
  const file = "Zeit;kWh;Status\n01.07.2024 00:00;1;VAL\n01.07.2024 00:15;2;EST\n01.07.2024 00:30;3;\n";
  assert.deepEqual(
    taken(file).readings.map(({ quality }) => quality),
    [undefined, "estimated", undefined],
  );
  assert.match(taken(file).notes.join(" "), /1 of them are marked as estimated/);
  const marks = "Zeit;kWh;Ersatzwert\n01.07.2024 00:00;1;\n01.07.2024 00:15;2;x\n";
  assert.deepEqual(
    taken(marks).readings.map(({ quality }) => quality),
    [undefined, "estimated"],
  );
});

test("nothing is taken in before it is set how the file is meant, and a file of another form is a failure that says so", () => {
  const file = `${HEAD}\n01.07.2024 00:00;1,5\n01.07.2024 00:15;1,5\n`;
  assert.throws(
    () => read(file, {}),
    (error) => error instanceof Failure && error.code === "no_mapping" && /preview/.test(error.fix ?? ""),
  );
  const { settings } = look(file);
  assert.throws(() => read("Datum;Menge\n01.07.2024 00:00;1,5\n", settings), {
    code: "changed_shape",
    message: "The file has no column Zeit, Verbrauch (kWh)",
  });
  for (const nonsense of [
    "",
    "hello",
    "<html><body>Sign in</body></html>",
    "\u0000\u0001\u0002",
    "a;b\nc;d\n",
    "1;2;3",
  ]) {
    const seen = look(nonsense).settings;
    assert.throws(
      () => read(nonsense, seen),
      (error) => error instanceof Failure,
      nonsense,
    );
  }
});

test("a file that is cut, or has a damaged row, tells nothing that the whole does not tell", {
  skip: recordedAreAbsent,
}, () => {
  const text = recordedBytes("meter-csv/at_linz_v2.csv").toString("latin1");
  const { settings } = look(text);
  const known = new Set(rows(read(text, settings)).map(String));
  const lines = text.split("\n");
  let tried = 0;
  for (let i = 1; i < lines.length; i += 9)
    for (const other of [
      "",
      ";;;",
      "x",
      lines[i]?.split(";").reverse().join(";") ?? "",
      lines[i]?.replace(",", ",x") ?? "",
      lines[i]?.slice(0, 20) ?? "",
    ]) {
      const answer = read(lines.with(i, other).join("\n"), settings);
      for (const row of rows(answer)) assert.ok(known.has(String(row)), `${other}: ${row}`);
      assert.ok(answer.readings.length >= 95);
      tried++;
    }
  assert.ok(tried > 50);
  // A row that is cut within its number is another number: the end of a file cannot be told from a short one.
  for (const end of [0, 10, 45, 80]) {
    try {
      for (const row of rows(read(text.slice(0, end), settings))) assert.ok(known.has(String(row)), `${end}: ${row}`);
    } catch (error) {
      assert.ok(error instanceof Failure);
    }
  }
});
