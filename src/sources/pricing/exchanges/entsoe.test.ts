import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { entsoe } from "./entsoe.ts";
import { readEntsoe } from "./entsoe-document.ts";

const austria = { country: "AT", timeZone: "Europe/Vienna" };
const SETTINGS = { token: "s3cret" };
const needsOf = (text: string, now: string) => asked(() => text, { settings: SETTINGS, now, place: austria });

const point = (position: number, price: number | string) =>
  `<Point><position>${position}</position><price.amount>${price}</price.amount></Point>`;
type Series = {
  sequence?: number;
  curve?: string;
  resolution?: string;
  start?: string;
  end?: string;
  points: string;
  currency?: string;
};
const series = ({
  sequence,
  curve = "A03",
  resolution = "PT15M",
  start = "2026-11-25T23:00Z",
  end = "2026-11-26T23:00Z",
  points,
  currency = "EUR",
}: Series) =>
  `<TimeSeries><mRID>1</mRID>${
    sequence === undefined
      ? ""
      : `<classificationSequence_AttributeInstanceComponent.position>${sequence}</classificationSequence_AttributeInstanceComponent.position>`
  }<currency_Unit.name>${currency}</currency_Unit.name><price_Measure_Unit.name>MWH</price_Measure_Unit.name><curveType>${curve}</curveType><Period><timeInterval><start>${start}</start><end>${end}</end></timeInterval><resolution>${resolution}</resolution>${points}</Period></TimeSeries>`;
const document = (...all: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"><createdDateTime>2026-11-25T12:01:02Z</createdDateTime>${all.join("")}</Publication_MarketDocument>`;
const acknowledgement = (text: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Acknowledgement_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:8:0"><mRID>1</mRID><Reason><code>999</code><text>${text}</text></Reason></Acknowledgement_MarketDocument>`;

test("in curve A03 a position that is left out has the price of the one before, to the end of the period", () => {
  // 93 of 96 positions: 2 and 3 repeat the first, 96 repeats the last that is told.
  const told = Array.from({ length: 96 }, (_, index) => index + 1).filter((position) => ![2, 3, 96].includes(position));
  const { slots, issued } = readEntsoe(
    document(series({ points: told.map((position) => point(position, position)).join("") })),
  );
  assert.equal(told.length, 93);
  assert.equal(slots.length, 96);
  const prices = slots.map(({ value }) => value * 1000);
  assert.deepEqual(prices.slice(0, 5), [1, 1, 1, 4, 5]);
  assert.deepEqual(prices.slice(-2), [95, 95]);
  assert.equal(plain(slots.at(-1)?.to ?? 0), "2026-11-26T23:00:00Z");
  assert.equal(plain(issued ?? 0), "2026-11-25T12:01:02Z");
});

test("in curve A01 a position that is missing is missing", () => {
  const { slots } = readEntsoe(
    document(series({ curve: "A01", resolution: "PT60M", points: point(1, 50) + point(3, 70) })),
  );
  assert.deepEqual(
    slots.map(({ from, value }) => [plain(from), value]),
    [
      ["2026-11-25T23:00:00Z", 0.05],
      ["2026-11-26T01:00:00Z", 0.07],
    ],
  );
});

test("of two auctions the first one's prices are taken, whichever comes first in the document", async () => {
  const exaa = series({ sequence: 2, points: point(1, 192.55) });
  const sdac = series({ sequence: 1, points: point(1, 196.99) });
  for (const text of [document(exaa, sdac), document(sdac, exaa)]) {
    const { issues } = await entsoe.read(needsOf(text, "2026-11-26T10:00:00Z"));
    assert.ok(issues[0]?.slots.every(({ value }) => value === 0.19699));
    assert.equal(issues[0]?.slots.length, 96);
  }
});

test("hours and quarter hours in one document: the quarter hours count where there are any", async () => {
  const text = document(
    series({
      resolution: "PT15M",
      end: "2026-11-26T00:00Z",
      points: point(1, 10) + point(2, 20) + point(3, 30) + point(4, 40),
    }),
    series({ resolution: "PT60M", points: point(1, 25) }),
  );
  const { issues } = await entsoe.read(needsOf(text, "2026-11-26T10:00:00Z"));
  assert.deepEqual(
    issues[0]?.slots.slice(0, 5).map(({ value }) => value),
    [0.01, 0.02, 0.03, 0.04, 0.025],
  );
});

test("days of 92 and 100 quarter hours end where they end", () => {
  for (const [start, end, count] of [
    ["2026-03-28T23:00Z", "2026-03-29T22:00Z", 92],
    ["2026-10-24T22:00Z", "2026-10-25T23:00Z", 100],
  ] as const)
    assert.equal(readEntsoe(document(series({ start, end, points: point(1, -5) }))).slots.length, count);
});

test("what is asked for names both days of the market and the zone, and the token goes nowhere else", async () => {
  const needs = needsOf(document(series({ points: point(1, 1) })), "2026-11-26T10:00:00Z");
  await entsoe.read(needs);
  const query = new URL(needs.requests[0]?.url ?? "").searchParams;
  assert.deepEqual(
    [query.get("documentType"), query.get("in_Domain"), query.get("periodStart"), query.get("periodEnd")],
    ["A44", "10YAT-APG------L", "202611252300", "202611272300"],
  );
  assert.equal(query.get("securityToken"), "s3cret");
});

test("no matching data is not published yet; any other refusal is one in its own words", async () => {
  const code = async (text: string) =>
    entsoe.read(needsOf(text, "2026-11-26T10:00:00Z")).then(
      () => "read",
      (error: Failure) => error.code,
    );
  assert.equal(await code(acknowledgement("No matching data found for Data item Day-ahead Prices")), "nothing_known");
  assert.equal(await code(acknowledgement("Delivered time interval is not valid")), "refused");
});

test("broken documents fail with what is wrong, and make no price", async () => {
  const good = document(series({ points: point(1, 50) }));
  const cases: readonly [string, string, RegExp][] = [
    ["", "not_xml", /no XML/],
    ["<html><body>Maintenance</body></html>", "changed_shape", /./],
    [good.slice(0, 300), "not_xml", /no XML/],
    ["{}", "not_xml", /./],
    [good.replace("<price.amount>50</price.amount>", ""), "changed_shape", /Point.*price/],
    [good.replace("<price.amount>50<", "<price.amount><"), "changed_shape", /price\.amount/],
    [good.replace("<price.amount>50<", "<price.amount>n/a<"), "changed_shape", /no number/],
    [good.replace("<price.amount>50<", "<price.amount>50000<"), "changed_shape", /higher than the market/],
    [good.replace("<position>1<", "<position>0<"), "changed_shape", /position/],
    [good.replace(">EUR<", ">SEK<"), "changed_shape", /currency/],
    [good.replace(">MWH<", ">KWH<"), "changed_shape", /price_Measure_Unit/],
    [good.replace("PT15M", "P1D"), "changed_shape", /resolution/],
    [good.replace("2026-11-25T23:00Z", "yesterday"), "changed_shape", /start/],
  ];
  for (const [text, wanted, words] of cases)
    await assert.rejects(entsoe.read(needsOf(text, "2026-11-26T10:00:00Z")), (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.equal(error.code, wanted, `${text.slice(0, 60)}: ${error.message}`);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
});

test("entities that a document brings along are not resolved", () => {
  const text = document(series({ points: point(1, "&price;") })).replace(
    "<Publication_MarketDocument",
    '<!DOCTYPE x [<!ENTITY price "50">]><Publication_MarketDocument',
  );
  assert.throws(() => readEntsoe(text), Failure);
});

test("recorded: two days of French hours", { skip: recordedAreAbsent }, async () => {
  const text = recorded("entsoe/day_ahead_FR_A01_PT60M.xml");
  const { slots } = readEntsoe(text);
  assert.equal(slots.length, 48);
  const at = (time: string) => slots.find(({ from }) => plain(from) === time)?.value;
  // 106.78 EUR/MWh, 95.02, …, and 104.04 in the last hour.
  assert.equal(at("2023-05-06T22:00:00Z"), 0.10678);
  assert.equal(at("2023-05-06T23:00:00Z"), 0.09502);
  assert.equal(at("2023-05-07T21:00:00Z"), 0.09799);
  assert.equal(at("2023-05-07T22:00:00Z"), 0.09824);
  assert.equal(at("2023-05-08T21:00:00Z"), 0.10404);
});
