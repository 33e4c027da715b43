import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { createReadSocket, type ReadSocket } from "../../../platform/socket.ts";
import { systemClock } from "../../../platform/time/clock.ts";
import { dsmr } from "./dsmr.ts";

const URL_SETTINGS = { address: "http://192.168.1.20/api/v1/telegram", every: 30, phases: true };
const PORT_SETTINGS = { ...URL_SETTINGS, address: "192.168.1.20:2001" };
const at = (now: string, timeZone = "Europe/Amsterdam") => ({ now, place: { timeZone } });
const read = (text: string, now: string, timeZone?: string) =>
  dsmr.read(asked(() => text, { settings: URL_SETTINGS, ...at(now, timeZone) }));

/** By quantity: the value, and the time where it is not that of the telegram. */
async function valuesOf(text: string, now: string, timeZone?: string) {
  const { readings, issues } = await read(text, now, timeZone);
  assert.deepEqual(issues, []);
  const time = plain(readings[0]?.time ?? 0);
  return {
    time,
    values: Object.fromEntries(
      readings.map((one) => [one.quantity, plain(one.time) === time ? one.value : [one.value, plain(one.time)]]),
    ),
  };
}

type Recorded = {
  readonly file: string;
  /** The checksum that belongs to the text as it was published; many were made anonymous after they were recorded. */
  readonly sum: string;
  readonly now: string;
  readonly time: string;
  readonly values: Record<string, unknown>;
  readonly timeZone?: string;
};

/** Worked out by hand from the texts: kWh, W, V, A and m³. */
const RECORDED: readonly Recorded[] = [
  {
    file: "dsmr-2.2-kfm-1",
    sum: "",
    now: "2012-05-17T00:05:00Z",
    // It says no time of its own.
    time: "2012-05-17T00:05:00Z",
    values: {
      power: 980,
      import_energy: 269,
      export_energy: 32,
      import_energy_t1: 185,
      import_energy_t2: 84,
      export_energy_t1: 13,
      export_energy_t2: 19,
      gas: [124.477, "2012-05-17T00:00:00Z"],
    },
  },
  {
    file: "dsmr-3.0-spec-example",
    sum: "",
    now: "2009-02-12T15:30:00Z",
    time: "2009-02-12T15:30:00Z",
    values: {
      power: 1190,
      import_energy: 24691.356,
      export_energy: 24691.356,
      import_energy_t1: 12345.678,
      import_energy_t2: 12345.678,
      export_energy_t1: 12345.678,
      export_energy_t2: 12345.678,
      gas: [0, "2009-02-12T15:00:00Z"],
    },
  },
  {
    file: "dsmr-4.0-isk-1",
    sum: "8FC7",
    now: "2010-12-09T10:30:25Z",
    time: "2010-12-09T10:30:20Z",
    values: {
      power: 1193,
      import_energy: 246913.578,
      export_energy: 246913.578,
      import_energy_t1: 123456.789,
      import_energy_t2: 123456.789,
      export_energy_t1: 123456.789,
      export_energy_t2: 123456.789,
      gas: [12785.123, "2010-12-09T10:00:00Z"],
    },
  },
  {
    file: "dsmr-4.2-kfm-1",
    sum: "A737",
    now: "2018-03-06T11:31:00Z",
    time: "2018-03-06T11:30:56Z",
    values: {
      power: -1869,
      import_energy: 9570.775,
      export_energy: 11049.011,
      import_energy_t1: 4726.494,
      import_energy_t2: 4844.281,
      export_energy_t1: 3284.32,
      export_energy_t2: 7764.691,
      power_l1: -688,
      power_l2: -778,
      power_l3: -403,
      current_l1: 3,
      current_l2: 3,
      current_l3: 2,
      gas: [5359.919, "2018-03-06T11:00:00Z"],
    },
  },
  {
    file: "dsmr-5.0-ene-1",
    sum: "2E0A",
    now: "2021-03-30T17:23:10Z",
    // Summer time.
    time: "2021-03-30T17:23:05Z",
    values: {
      power: -566,
      import_energy: 23.687,
      export_energy: 7321.088,
      import_energy_t1: 9.533,
      import_energy_t2: 14.154,
      export_energy_t1: 2248.911,
      export_energy_t2: 5072.177,
      power_l1: -68,
      power_l2: -240,
      power_l3: -257,
      voltage_l1: 226,
      voltage_l2: 227,
      voltage_l3: 226,
      current_l1: 4,
      current_l2: 4,
      current_l3: 4,
    },
  },
  {
    file: "dsmr-5.0-ene-2",
    sum: "60EB",
    now: "2018-01-08T19:25:40Z",
    time: "2018-01-08T19:25:37Z",
    values: {
      power: 134,
      import_energy: 1.548,
      export_energy: 0.084,
      import_energy_t1: 0.855,
      import_energy_t2: 693 / 1000,
      export_energy_t1: 0.084,
      export_energy_t2: 0,
      power_l1: 94,
      power_l2: 40,
      power_l3: 0,
      voltage_l1: 229,
      voltage_l2: 226,
      voltage_l3: 229,
      current_l1: 0,
      current_l2: 0,
      current_l3: 0,
      // The gas meter's clock is half an hour ahead: nothing is told of the future.
      gas: [1.29, "2018-01-08T19:25:40Z"],
    },
  },
  {
    file: "dsmr-5.0-isk-1",
    sum: "1F28",
    now: "2018-11-06T13:04:30Z",
    time: "2018-11-06T13:04:29Z",
    values: {
      power: -498,
      import_energy: 6757.178,
      export_energy: 4162.465,
      import_energy_t1: 3808.351,
      import_energy_t2: 2948.827,
      export_energy_t1: 1285.951,
      export_energy_t2: 2876.514,
      power_l1: -676,
      power_l2: 33,
      power_l3: 132,
      voltage_l1: 236,
      voltage_l2: 232.6,
      voltage_l3: 235.1,
      current_l1: 2,
      current_l2: 0,
      current_l3: 0,
      gas: [1569.646, "2018-11-06T13:00:10Z"],
    },
  },
  {
    file: "dsmr-5.0-spec-example",
    sum: "E47C",
    now: "2010-12-09T10:30:25Z",
    time: "2010-12-09T10:30:20Z",
    values: {
      power: 1193,
      import_energy: 246913.578,
      export_energy: 246913.578,
      import_energy_t1: 123456.789,
      import_energy_t2: 123456.789,
      export_energy_t1: 123456.789,
      export_energy_t2: 123456.789,
      power_l1: -3333,
      power_l2: -3333,
      power_l3: -3333,
      voltage_l1: 220.1,
      voltage_l2: 220.2,
      voltage_l3: 220.3,
      current_l1: 1,
      current_l2: 2,
      current_l3: 3,
      gas: [12785.123, "2010-12-09T10:25:00Z"],
    },
  },
  {
    // Belgium: the peak that the grid's fee is reckoned by, gas and water by radio.
    file: "emucs-p1-v2.1.1-spec-example-1",
    sum: "74E0",
    now: "2020-05-12T11:54:12Z",
    timeZone: "Europe/Brussels",
    time: "2020-05-12T11:54:09Z",
    values: {
      power: 0,
      import_energy: 15.792,
      export_energy: 0.011,
      import_energy_t1: 0.034,
      import_energy_t2: 15.758,
      export_energy_t1: 0,
      export_energy_t2: 0.011,
      quarter_power: 2351,
      month_peak_power: 2589,
      power_l1: 0,
      power_l2: 0,
      power_l3: 0,
      voltage_l1: 234.7,
      voltage_l2: 234.7,
      voltage_l3: 234.7,
      current_l1: 0,
      current_l2: 0,
      current_l3: 0,
      gas: [112.384, "2020-05-12T11:45:58Z"],
      water: [872.234, "2020-05-12T11:45:58Z"],
    },
  },
  {
    // One counter for all tariffs, and a time that is no time (month 00).
    file: "kamstrup-OMNIA-e-meter-three-phase",
    sum: "CE8F",
    now: "2025-03-01T12:00:00Z",
    timeZone: "Europe/Stockholm",
    time: "2025-03-01T12:00:00Z",
    values: {
      power: 2424,
      import_energy: 123.321,
      export_energy: 456.654,
      power_l1: 682,
      power_l2: 750,
      power_l3: 992,
      voltage_l1: 225.4,
      voltage_l2: 229.4,
      voltage_l3: 225.9,
      current_l1: 3.4,
      current_l2: 3.9,
      current_l3: 4.6,
    },
  },
  {
    // Greece: channel 1 in place of 0, and a time that was made unreadable (month 34).
    file: "sagemcom-xt211",
    sum: "47E6",
    now: "2025-03-15T12:00:00Z",
    timeZone: "Europe/Athens",
    time: "2025-03-15T12:00:00Z",
    values: {
      power: 1622,
      import_energy: 6811.848,
      export_energy: 4482.686,
      import_energy_t1: 1595.07,
      import_energy_t2: 5216.778,
      export_energy_t1: 4478.038,
      export_energy_t2: 4.648,
      quarter_power: 288,
      month_peak_power: 15206,
      power_l1: -1175,
      power_l2: 3946,
      power_l3: -1148,
      voltage_l1: 238.9,
      voltage_l2: 231.9,
      voltage_l3: 239.7,
      current_l1: 5.15,
      current_l2: 17.19,
      current_l3: 5.02,
    },
  },
];

const withSum = (text: string, sum: string) => text.replace(/!([0-9A-F]{4})?\s*$/, `!${sum}\r\n`);
const textOf = ({ file }: Recorded) => recorded(`dsmr/${file}.txt`);

for (const one of RECORDED)
  test(`recorded: ${one.file}`, { skip: recordedAreAbsent }, async () => {
    const text = textOf(one);
    const { time, values } = await valuesOf(withSum(text, one.sum), one.now, one.timeZone);
    assert.equal(time, one.time);
    assert.deepEqual(values, one.values);
    // With the meter's own line ends, and as it was recorded where its checksum is true.
    const crlf = withSum(text.replace(/\r?\n/g, "\r\n"), one.sum);
    assert.deepEqual((await valuesOf(crlf, one.now, one.timeZone)).values, one.values);
    const given = /!([0-9A-F]{4})\s*$/.exec(text)?.[1];
    if (given !== undefined && given !== one.sum)
      await assert.rejects(read(text, one.now), { code: "damaged", retry: true });
    else assert.deepEqual((await valuesOf(text, one.now, one.timeZone)).values, one.values);
  });

const sound = RECORDED.find(({ file }) => file === "dsmr-5.0-isk-1") as Recorded;

test("whose meter it is is told nowhere", { skip: recordedAreAbsent }, async () => {
  for (const one of RECORDED) {
    const text = textOf(one);
    const ids = [...text.matchAll(/:96\.1\.\d\(([^)]+)\)/g)].map((match) => match[1] as string);
    assert.ok(ids.length > 0 || one.file.startsWith("kamstrup"), one.file);
    const told = JSON.stringify([
      await read(withSum(text, one.sum), one.now),
      await read(withSum(text, "0001"), one.now).catch(({ message, fix }: Failure) => [message, fix]),
    ]);
    for (const id of ids) assert.ok(!told.includes(id), `${one.file} tells ${id}`);
  }
});

test("one wrong character anywhere, or a cut telegram, is no telegram and no reading", {
  skip: recordedAreAbsent,
}, async () => {
  const text = textOf(sound);
  for (let i = 0; i < text.length; i += 7) {
    if (/\s/.test(text[i] as string)) continue;
    const wrong = `${text.slice(0, i)}${text[i] === "7" ? "8" : "7"}${text.slice(i + 1)}`;
    await assert.rejects(read(wrong, sound.now), (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.ok(["damaged", "changed_shape"].includes(error.code), `${i}: ${error.code}`);
      return true;
    });
    await assert.rejects(read(text.slice(0, i), sound.now), { code: "changed_shape" });
  }
});

test("without a checksum, what is missing or unreadable is left out, and nothing else changes", {
  skip: recordedAreAbsent,
}, async () => {
  for (const one of RECORDED.filter(({ sum }) => sum === "")) {
    const lines = textOf(one).split("\n");
    for (const [i, line] of lines.entries()) {
      if (line.startsWith("/") || line.startsWith("!")) continue;
      for (const other of [undefined, line.replace(/\(.*/, "()"), line.replace(/\d(?=[^(]*\*)/, "x")]) {
        const text = lines.flatMap((own, at) => (at !== i ? [own] : (other ?? []))).join("\n");
        const { values } = await valuesOf(text, one.now);
        for (const [quantity, value] of Object.entries(values)) {
          // Of a power of which only the one direction is told, that is the power.
          const was = one.values[quantity];
          assert.deepEqual(value, was, `${line}: ${quantity}`);
        }
      }
    }
  }
});

test("a unit that is another one is a changed telegram, and Wh are taken for what they are", async () => {
  const telegram = (line: string) => `/ABC5\\METER\r\n\r\n${line}\r\n!\r\n`;
  const now = "2026-11-26T12:00:00Z";
  assert.deepEqual((await valuesOf(telegram("1-0:1.8.0(001234567*Wh)"), now)).values, { import_energy: 1234.567 });
  assert.deepEqual((await valuesOf(telegram("1-0:1.7.0(00980*W)"), now)).values, { power: 980 });
  await assert.rejects(read(telegram("1-0:1.8.0(1234.5*GJ)"), now), {
    code: "changed_shape",
    message: /1\.8\.0 in GJ/,
  });
  // Heat is no gas.
  assert.deepEqual((await valuesOf(telegram("0-1:24.1.0(004)\r\n0-1:24.2.1(261126120000W)(12.3*GJ)"), now)).values, {});
  // One tariff of two is no sum.
  assert.deepEqual((await valuesOf(telegram("1-0:1.8.1(5.5*kWh)"), now)).values, { import_energy_t1: 5.5 });
});

test("the hour that comes twice is told apart by S and W, and a meter that was exchanged is not told any more", async () => {
  const telegram = (time: string, more = "") =>
    `/ABC5\\METER\r\n\r\n0-0:1.0.0(${time})\r\n1-0:1.7.0(00.100*kW)\r\n${more}!FFFF\r\n`;
  const timeOf = async (time: string) => (await valuesOf(telegram(time), "2026-10-25T06:00:00Z")).time;
  assert.equal(await timeOf("261025023000S"), "2026-10-25T00:30:00Z");
  assert.equal(await timeOf("261025023000W"), "2026-10-25T01:30:00Z");
  const gas = (channel: number, [time, value]: readonly [string, string]) =>
    `0-${channel}:24.1.0(003)\r\n0-${channel}:24.2.1(${time})(${value}*m3)\r\n`;
  const old = ["250101000000W", "999.000"] as const;
  const current = ["261126115500W", "00001.500"] as const;
  for (const [first, second] of [
    [old, current],
    [current, old],
  ] as const) {
    const two = telegram("261126120000W", gas(1, first) + gas(2, second));
    assert.deepEqual((await valuesOf(two, "2026-11-26T11:00:05Z")).values.gas, [1.5, "2026-11-26T10:55:00Z"]);
  }
});

/** A port that says its pieces one after another, as far as somebody still listens. */
const saying =
  (...pieces: readonly string[]): ReadSocket =>
  async ({ enough, host, port }) => {
    let bytes = Buffer.alloc(0);
    for (const piece of pieces) {
      bytes = Buffer.concat([bytes, Buffer.from(piece, "latin1")]);
      if (enough(bytes)) return bytes;
    }
    throw new Failure("no_answer", `${host}:${port} ended`);
  };
const listen = (now: string, ...pieces: readonly string[]) =>
  dsmr.read(asked(() => "", { settings: PORT_SETTINGS, ...at(now), socket: saying(...pieces) }));

test("at a port, the first whole and sound telegram is taken, however it is cut into pieces", {
  skip: recordedAreAbsent,
}, async () => {
  const text = `${textOf(sound).replace(/\n/g, "\r\n")}\r\n`;
  for (const size of [1, 13, 100, 10_000]) {
    // Somebody who connects hears the end of a telegram first.
    const stream = text.slice(400) + text.replace("3808.351", "3808.352") + text + text;
    const pieces = stream.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
    const { readings } = await listen(sound.now, ...pieces);
    assert.equal(readings.find(({ quantity }) => quantity === "import_energy_t1")?.value, 3808.351);
  }
  const wrong = text.replace("3808.351", "3808.352");
  await assert.rejects(listen(sound.now, wrong, wrong, wrong), { code: "damaged" });
  await assert.rejects(listen(sound.now, text.slice(0, -7)), { code: "no_answer" });
});

test("what a port says is of now, also where the meter's clock is wrong", { skip: recordedAreAbsent }, async () => {
  const text = `${textOf(sound).replace(/\n/g, "\r\n")}\r\n`;
  const { readings } = await listen("2026-11-26T12:00:00Z", text);
  assert.equal(plain(readings[0]?.time ?? 0), "2026-11-26T12:00:00Z");
  // What a page answers may be old: its reader was pulled out.
  assert.equal((await valuesOf(text, "2026-11-26T12:00:00Z")).time, sound.time);
});

test("a telegram is heard at a real port", { skip: recordedAreAbsent }, async () => {
  const text = `${textOf(sound).replace(/\n/g, "\r\n")}\r\n`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(text.slice(0, 300));
    setImmediate(() => socket.write(text.slice(300)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const socket = createReadSocket({ clock: systemClock });
  const needs = asked(() => "", { settings: { ...PORT_SETTINGS, address }, ...at(sound.now), socket });
  const { readings } = await dsmr.read(needs);
  assert.equal(readings.find(({ quantity }) => quantity === "gas")?.value, 1569.646);
  await new Promise((resolve) => server.close(resolve));
});

test("phases are told only where they are wanted, and everything has a unit", { skip: recordedAreAbsent }, async () => {
  const needs = asked(() => textOf(sound), { settings: { ...URL_SETTINGS, phases: false }, ...at(sound.now) });
  const { readings } = await dsmr.read(needs);
  assert.ok(readings.every(({ quantity }) => !/_l\d$/.test(quantity)));
  assert.equal(readings.length, 8);
});
