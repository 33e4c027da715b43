import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { recorded, recordedAreAbsent, recordedBytes } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import type { FileRead } from "../../source.ts";
import { greenButton } from "./green-button.ts";

const NOW = "2026-11-26T12:00:00Z";
const read = (file: string | Uint8Array, more: object = {}, timeZone = "America/Los_Angeles"): FileRead => {
  const settings = { times_are_local: false, usage_point: undefined, ...more };
  const needs = asked(() => "", { settings, now: NOW, place: { timeZone } });
  return greenButton.readFile?.(typeof file === "string" ? Buffer.from(file) : file, needs) as FileRead;
};
const rows = ({ readings }: FileRead) =>
  readings.map(({ quantity, time, until = 0, value, quality }) => [
    quantity,
    plain(time),
    (until - time) / 1_000_000,
    value,
    ...(quality ? [quality] : []),
  ]);

test("recorded: 300 hours in Wh, newest first, by relative links", { skip: recordedAreAbsent }, () => {
  const answer = read(recordedBytes("greenbutton/utilityapi_hourly_electric.xml"));
  const found = rows(answer);
  assert.equal(found.length, 300);
  assert.deepEqual(found[0], ["import_interval", "2023-02-22T18:00:00Z", 3600, 0.52]);
  assert.deepEqual(found[1], ["import_interval", "2023-02-22T19:00:00Z", 3600, 0.63]);
  assert.deepEqual(found.at(-2), ["import_interval", "2023-03-07T04:00:00Z", 3600, 0.92]);
  assert.deepEqual(found.at(-1), ["import_interval", "2023-03-07T05:00:00Z", 3600, 0.32]);
  // The 300 values of the file add up to 248,530 Wh.
  assert.equal(Number(answer.readings.reduce((sum, { value }) => sum + Number(value), 0).toFixed(3)), 248.53);
  assert.deepEqual([answer.leftOut, answer.notes], [[], []]);
});

test("recorded: quarter hours in Wh, by whole addresses, one place described twice; bills are no readings", {
  skip: recordedAreAbsent,
}, () => {
  const answer = read(recordedBytes("greenbutton/sce_usage_summary_and_intervals.xml"));
  // Midnight in California is 07:00 UTC in June.
  assert.deepEqual(rows(answer), [
    ["import_interval", "2015-06-07T07:00:00Z", 900, 0.21],
    ["import_interval", "2015-06-07T07:15:00Z", 900, 0.2],
    ["import_interval", "2015-06-07T07:30:00Z", 900, 0.21],
  ]);
  assert.deepEqual(answer.leftOut, [{ why: "Summaries of bills, which are no readings", count: 7 }]);
  assert.deepEqual(answer.notes, []);
});

test("recorded: files without readings are none, whatever their prefixes", { skip: recordedAreAbsent }, () => {
  for (const [file, summaries] of [
    ["pge_usage_summary", 1],
    ["pge_local_time_parameters", 0],
    ["namespace_prefix", 0],
  ] as const) {
    const answer = read(recordedBytes(`greenbutton/${file}.xml`));
    assert.deepEqual(answer.readings, [], file);
    assert.deepEqual(
      answer.leftOut.map(({ count }) => count),
      summaries ? [1] : [],
      file,
    );
    assert.match(answer.notes[0] ?? "", /holds no readings/);
  }
});

type Given = { value?: string; start?: number; duration?: number; quality?: number; raw?: string };
const feed = (given: {
  readonly type?: string;
  readonly kind?: number;
  readonly intervals: readonly Given[];
  readonly more?: string;
  readonly prefix?: string;
}) => {
  const {
    type = "<uom>72</uom><powerOfTenMultiplier>0</powerOfTenMultiplier>",
    kind = 0,
    intervals,
    more = "",
  } = given;
  const blocks = intervals
    .map(
      ({ value = "100", start = 1_767_225_600, duration = 3600, quality, raw }) =>
        raw ??
        `<IntervalReading><cost>5</cost>${quality === undefined ? "" : `<ReadingQuality><quality>${quality}</quality></ReadingQuality>`}<timePeriod><duration>${duration}</duration><start>${start}</start></timePeriod><value>${value}</value></IntervalReading>`,
    )
    .join("");
  const entry = (self: string, related: string, content: string) =>
    `<entry><link rel="self" href="${self}"/>${related === "" ? "" : `<link rel="related" href="${related}"/>`}<content>${content}</content></entry>`;
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">${entry("UsagePoint/1", "UsagePoint/1/MeterReading", `<UsagePoint><ServiceCategory><kind>${kind}</kind></ServiceCategory></UsagePoint>`)}${entry("ReadingType/7", "", `<ReadingType>${type}</ReadingType>`)}${entry("UsagePoint/1/MeterReading/1", "ReadingType/7", "<MeterReading/>")}${entry("UsagePoint/1/MeterReading/1/IntervalBlock/1", "", `<IntervalBlock>${blocks}</IntervalBlock>`)}${more}</feed>`;
};
const one = (type: string, kind: number, value = "100") => rows(read(feed({ type, kind, intervals: [{ value }] })))[0];

test("units and multipliers are those that the file names, and an unknown one is no value", () => {
  const type = (uom: number, multiplier = 0, more = "") =>
    `<uom>${uom}</uom><powerOfTenMultiplier>${multiplier}</powerOfTenMultiplier>${more}`;
  const [, time, length] = one(type(72), 0) ?? [];
  assert.deepEqual([time, length], ["2026-01-01T00:00:00Z", 3600]);
  const valueIn = (...given: Parameters<typeof one>) => {
    const [quantity, , , value] = one(...given) ?? [];
    return [quantity, value];
  };
  assert.deepEqual(valueIn(type(72), 0), ["import_interval", 0.1]);
  assert.deepEqual(valueIn(type(72, 3), 0), ["import_interval", 100]);
  assert.deepEqual(valueIn(type(72, -3), 0, "146000000"), ["import_interval", 146]);
  assert.deepEqual(valueIn(type(72, 0, "<flowDirection>19</flowDirection>"), 0), ["export_interval", 0.1]);
  // A therm is 29.3001111 kWh, a cubic foot 0.028316846592 m³, a gallon 3.785411784 litres.
  assert.deepEqual(valueIn(type(169), 1, "2"), ["gas_energy_interval", 58.6002222]);
  assert.deepEqual(valueIn(type(169, -5), 1, "100000"), ["gas_energy_interval", 29.3001111]);
  assert.deepEqual(valueIn(type(119), 1), ["gas_interval", 2.8316846592]);
  assert.deepEqual(valueIn(type(42), 1), ["gas_interval", 100]);
  assert.deepEqual(valueIn(type(119), 2), ["water_interval", 2.8316846592]);
  assert.deepEqual(valueIn(type(128), 2), ["water_interval", 0.3785411784]);
  for (const [wrong, kind, why] of [
    [type(38), 0, /unit that is not taken \(ESPI code 38\)/],
    ["<flowDirection>1</flowDirection>", 0, /does not say the unit/],
    [type(72, 40), 0, /impossible multiplier/],
    [type(72, 0, "<accumulationBehaviour>3</accumulationBehaviour>"), 0, /Counter readings/],
    [type(72, 0, "<flowDirection>4</flowDirection>"), 0, /Sums of both directions/],
    [type(119), 0, /not told as energy/],
    [type(119), 9, /does not say whether/],
  ] as const) {
    const answer = read(feed({ type: wrong, kind, intervals: [{}] }));
    assert.deepEqual(answer.readings, []);
    assert.match(answer.leftOut[0]?.why ?? "", why);
  }
});

test("what is estimated says so, a forecast is no reading, and the type's quality holds where a reading says none", () => {
  const intervals = [undefined, 8, 10, 12, 19].map((quality, i) => ({
    start: 1_767_225_600 + i * 3600,
    ...(quality === undefined ? {} : { quality }),
  }));
  const answer = read(feed({ type: "<uom>72</uom><defaultQuality>9</defaultQuality>", intervals }));
  assert.deepEqual(
    answer.readings.map(({ quality }) => quality),
    ["estimated", "estimated", "preliminary", undefined],
  );
  assert.match(answer.leftOut[0]?.why ?? "", /Forecasts/);
});

test("of a damaged file what is whole is taken, each slot once, and the rest is counted with its reason", () => {
  const start = 1_767_225_600;
  const interval = (at: number, value: string, duration = 3600) => ({ start: start + at * 3600, value, duration });
  const answer = read(
    feed({
      intervals: [
        interval(2, "300"),
        interval(1, "200"),
        interval(1, "200"),
        interval(1, "999"),
        interval(0, "-5"),
        interval(3, ""),
        interval(4, "1e9"),
        interval(5, "500", 0),
        { raw: "<IntervalReading><value>7</value></IntervalReading>" },
        { raw: "<IntervalReading/>" },
        interval(0, "5000", 86_400),
      ],
    }),
  );
  assert.deepEqual(
    rows(answer).map(([, time, , value]) => [time, value]),
    [
      ["2026-01-01T01:00:00Z", 0.2],
      ["2026-01-01T02:00:00Z", 0.3],
    ],
  );
  assert.deepEqual(Object.fromEntries(answer.leftOut.map(({ why, count }) => [why, count])), {
    "Below zero": 1,
    "Without a value": 3,
    "Of a time of no possible length": 1,
    "Without a time": 1,
    "The same reading twice": 1,
    "A second value for a time that has one": 1,
    "A longer time, of which parts are told too": 1,
  });
});

test("days of 23, 24 and 25 hours are as long as they are", () => {
  const days = [82_800, 86_400, 90_000];
  const answer = read(
    feed({ intervals: days.map((duration, i) => ({ duration, start: 1_767_225_600 + i * 100_000 })) }),
  );
  assert.deepEqual(
    rows(answer).map(([, , length]) => length),
    days,
  );
});

test("a utility that writes the time of the clock is noticed, and read so where that is set", () => {
  const more = `<entry><content><LocalTimeParameters><dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset><dstStartRule>360E2000</dstStartRule><tzOffset>-28800</tzOffset></LocalTimeParameters></content></entry>`;
  const file = feed({ intervals: [{}, { start: 1_767_229_200 }], more });
  assert.match(read(file).notes[0] ?? "", /midnight UTC/);
  const local = read(file, { times_are_local: true });
  assert.deepEqual(
    rows(local).map(([, time]) => time),
    ["2026-01-01T08:00:00Z", "2026-01-01T09:00:00Z"],
  );
  assert.deepEqual(local.notes, []);
});

test("of several meters one must be set", () => {
  const second = feed({ intervals: [{ value: "7" }] })
    .replace(/^.*?<feed[^>]*>|<\/feed>$/g, "")
    .replaceAll("UsagePoint/1", "UsagePoint/2");
  const file = feed({ intervals: [{ value: "5" }], more: second });
  assert.throws(
    () => read(file),
    (error) => error instanceof Failure && /1, 2/.test(error.fix ?? ""),
  );
  assert.deepEqual(
    rows(read(file, { usage_point: "2" })).map(([, , , value]) => value),
    [0.007],
  );
  assert.match(read(file, { usage_point: "2" }).leftOut[0]?.why ?? "", /another meter/);
});

test("what is no Green Button file is a failure that says so", () => {
  for (const [file, code] of [
    ["", "not_xml"],
    ["Datum;Wert\n1;2", "not_xml"],
    ["<!doctype html><html><body>Sign in</body></html>", "not_xml"],
    ["<feed><entry>", "not_xml"],
    ["<rss><item/></rss>", "changed_shape"],
  ] as const)
    assert.throws(
      () => read(file),
      (error) => error instanceof Failure && error.code === code,
      file,
    );
});

test("a file that is cut anywhere is no file, and one with anything missing tells nothing that is not in it", {
  skip: recordedAreAbsent,
}, () => {
  const text = recorded("greenbutton/sce_usage_summary_and_intervals.xml");
  for (let end = 0; end < text.trimEnd().length - 1; end += 997)
    assert.throws(
      () => read(text.slice(0, end)),
      (error) => error instanceof Failure && error.code === "not_xml",
      String(end),
    );
  const known = new Set(rows(read(text)).map(String));
  for (const element of ["uom", "powerOfTenMultiplier", "start", "duration", "value", "timePeriod", "IntervalReading"])
    for (const other of [
      "",
      `<${element}></${element}>`,
      `<${element}>nonsense</${element}>`,
      `<${element}><a/></${element}>`,
    ]) {
      const found = rows(read(text.replace(new RegExp(`<${element}>.*?</${element}>`, "gs"), other)));
      for (const row of found) assert.ok(known.has(String(row)), `${element} ${other}: ${row}`);
    }
});
