import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { recordedAreAbsent, recordedBytes } from "../../../../tests/support/outside/recorded.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ReadSocket } from "../../../platform/socket.ts";
import { sml } from "./sml.ts";

const NOW = "2026-11-26T12:00:00Z";
const settings = { address: "http://192.168.1.21/sml", every: 30, phases: true };

const said = async (needs: Parameters<typeof sml.read>[0]) => {
  const { readings } = await sml.read(needs);
  return Object.fromEntries(readings.map(({ quantity, value }) => [quantity, Number(value)]));
};
/** A page that answers all of it: the last transmission counts. */
const fromPage = (bytes: Uint8Array) =>
  said(asked(() => Buffer.from(bytes).toString("latin1"), { settings, now: NOW }));

/** A port that says it piece by piece, as far as somebody still listens. */
const saying =
  (bytes: Uint8Array, size: number): ReadSocket =>
  async ({ enough, mostBytes }) => {
    for (let end = size; end < bytes.length + size; end += size) {
      const heard = bytes.subarray(0, end);
      if (enough(heard)) return heard;
      assert.ok(end <= mostBytes + size);
    }
    throw new Failure("no_answer", "it ended");
  };
/** The first sound transmission counts. */
const fromPort = (bytes: Uint8Array, size = 64) =>
  said(
    asked(() => "", { settings: { ...settings, address: "192.168.1.21:3000" }, now: NOW, socket: saying(bytes, size) }),
  );

/** In kWh, W and V. Numbers in hexadecimal are those that stand in the dump, as tenths of Wh or hundredths of W. */
const RECORDED: Readonly<Record<string, { first: Record<string, number>; last?: Record<string, number> }>> = {
  "DZG_DVS-7420.2V.G2_mtr0": {
    first: { import_energy: 0x5cb067 / 1e4, export_energy: 0xc14996 / 1e4, power: 0x545f / 100 },
  },
  "DZG_DVS-7420.2V.G2_mtr1": {
    first: {
      import_energy: 0x016723b9 / 1e4,
      import_energy_t1: 0x05e434 / 1e4,
      import_energy_t2: 0x01613f85 / 1e4,
      export_energy: 0,
      power: 0x026e / 100,
    },
    last: { power: 5.79 },
  },
  // It tells tariffs alone, and a power that knows no direction.
  "EMH_eHZ-GW8E2A500AK2": {
    first: {
      import_energy: 14800.1253,
      import_energy_t1: 0x08d20349 / 1e4,
      import_energy_t2: 0x4e9c / 1e4,
      power: 0x8a / 10,
    },
    last: { power: 14.4 },
  },
  "ISKRA_MT691_eHZ-MS2020": {
    first: { import_energy: 0x1e5a99 / 1e4, power: 0x1a },
    last: { import_energy: 198.9275, power: 28 },
  },
  // It begins in the midst of a transmission, and three of those that follow are damaged, the first among them.
  EasyMeter_Q3A_A1064V1009: {
    first: {
      import_energy: 2941.6461614,
      export_energy: 0x419bd4d3 / 1e7,
      power: 810.26,
      power_l1: 505.23,
      power_l2: 63.19,
      power_l3: 241.83,
      voltage_l1: 232.5,
      voltage_l2: 230.7,
      voltage_l3: 232.5,
    },
    last: { import_energy: 2941.6471626, power: 687.86 },
  },
  "HOLLEY_DTZ541-BDBA_with_PIN": {
    first: { import_energy: 0x01677c7a / 1e4, power: 0x0178 },
    last: { import_energy: 2355.9291, power: 374 },
  },
  // Whole kWh alone.
  "HOLLEY_DTZ541-BDBA_without_PIN": { first: { import_energy: 0x0914 } },
  // It feeds in (its counter of that goes up): two bytes of a negative power that are what they say.
  dzg_dwsb20_2th_2byte: {
    first: { import_energy: 0x15bc06 / 1e4, export_energy: 0x0133ccca / 1e4, power: (0x86a8 - 0x10000) / 100 },
    last: { export_energy: 2017.199, power: -306.88 },
  },
};

for (const [name, { first, last }] of Object.entries(RECORDED))
  test(`recorded: ${name}`, { skip: recordedAreAbsent }, async () => {
    const bytes = recordedBytes(`sml/${name}.bin`);
    for (const size of [16, 64]) assert.deepEqual(await fromPort(bytes, size), first);
    const page = await fromPage(bytes);
    assert.deepEqual(Object.keys(page).sort(), Object.keys(first).sort());
    for (const [quantity, value] of Object.entries(last ?? first)) assert.equal(page[quantity], value, quantity);
  });

test("two tariffs make the total that the meter tells itself", { skip: recordedAreAbsent }, async () => {
  const { import_energy, import_energy_t1, import_energy_t2 } = await fromPort(
    recordedBytes("sml/DZG_DVS-7420.2V.G2_mtr1.bin"),
  );
  assert.equal(Number(((import_energy_t1 ?? 0) + (import_energy_t2 ?? 0)).toFixed(4)), import_energy);
});

/** By another way than the provider's: a table. */
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x8408 : sum >>> 1;
  return sum;
});
function withSum(frame: Buffer): Buffer {
  let sum = 0xffff;
  for (const byte of frame.subarray(0, -2)) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] as number);
  const copy = Buffer.from(frame);
  copy.writeUInt16LE(sum ^ 0xffff, frame.length - 2);
  return copy;
}
const mtr0 = () => recordedBytes("sml/DZG_DVS-7420.2V.G2_mtr0.bin").subarray(0, 252);
const replaced = (frame: Buffer, from: string, to: string) =>
  withSum(Buffer.from(frame.toString("hex").replaceAll(from, to), "hex"));

test("a DZG meter of the series that lost its signs tells positive powers, any other what it says", {
  skip: recordedAreAbsent,
}, async () => {
  // 53 8B 28 is −299.12 W as a signed number, where the meter's display said 356.24 W.
  const frame = replaced(mtr0(), "53545f", "538b28");
  const serial = (number: number) => number.toString(16).padStart(8, "0");
  const powerOf = async (number: number) => (await fromPage(replaced(frame, "039e2054", serial(number)))).power;
  for (const wrong of [42_000_000, 45_123_456, 48_999_999, 55_000_000, 58_999_999])
    assert.equal(await powerOf(wrong), 356.24, String(wrong));
  for (const right of [41_999_999, 49_000_000, 54_999_999, 59_000_000, 60_694_612])
    assert.equal(await powerOf(right), -299.12, String(right));
});

test("an escape sequence within the data is data", { skip: recordedAreAbsent }, async () => {
  // Of the ten bytes of the number among the values, four become 1b, which are sent twice.
  const [hex, number] = [mtr0().toString("hex"), "0b0a01445a4700039e2054"];
  const at = hex.lastIndexOf(number);
  const frame = `${hex.slice(0, at)}0b0a01${"1b".repeat(8)}039e2054${hex.slice(at + number.length)}`;
  assert.deepEqual(await fromPage(withSum(Buffer.from(frame, "hex"))), await fromPage(mtr0()));
});

test("one wrong byte anywhere, or a cut transmission, is none and no reading", {
  skip: recordedAreAbsent,
}, async () => {
  const frame = mtr0();
  for (let i = 0; i < frame.length; i++) {
    const wrong = Buffer.from(frame);
    wrong[i] = (frame[i] as number) ^ 0x40;
    for (const bytes of [wrong, frame.subarray(0, i)])
      await assert.rejects(fromPage(bytes), (error) => {
        assert.ok(error instanceof Failure, `${i}: ${error}`);
        assert.ok(["damaged", "changed_shape"].includes(error.code), `${i}: ${error.code}`);
        return true;
      });
  }
});

test("a sound transmission with anything in it is values that it holds, or a failure", {
  skip: recordedAreAbsent,
}, async () => {
  const frame = mtr0();
  const known = new Set(Object.entries(await fromPage(frame)).map(String));
  let read = 0;
  for (let i = 8; i < frame.length - 8; i++)
    for (const byte of [0x00, 0x01, 0x70, 0x8f, 0xff]) {
      const wrong = Buffer.from(frame);
      wrong[i] = byte;
      try {
        const values = await fromPage(withSum(wrong));
        read++;
        // Of a number that is another one, that is the number.
        const others = Object.entries(values).filter((one) => !known.has(String(one)));
        assert.ok(others.length <= 1, `${i}: ${JSON.stringify(values)}`);
        assert.ok(others.every(([, value]) => Number.isFinite(value)));
      } catch (error) {
        assert.ok(
          error instanceof Failure && ["changed_shape", "nothing_known"].includes(error.code),
          `${i}: ${error}`,
        );
      }
    }
  assert.ok(read > 200, String(read));
});

test("whose meter it is is told nowhere", { skip: recordedAreAbsent }, async () => {
  const told = JSON.stringify(await fromPage(mtr0()));
  assert.ok(!told.includes("60694612") && !told.toLowerCase().includes("9e2054"));
});
