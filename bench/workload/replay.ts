import type { Reading } from "../../src/domain/data/reading.ts";
import { createRandom } from "../../tests/support/data/random.ts";
import { smartHome } from "../../tests/support/home/homes.ts";
import type { Recording } from "../measure/stored.ts";

const COPIES = 10;

/**
 * The recorded flat ten times over, as one home: each copy has series of its own, and times that differ below the
 * second, in whole units of `unit` microseconds. The copies share their values, so no two of them may share a pack that
 * tells one by the other: copies of one series are far apart in number.
 */
export function replay(unit: number): Recording {
  const random = createRandom(1);
  const series: Recording["series"][number][] = [];
  const home = smartHome();
  for (let copy = 0; copy < COPIES; copy++)
    for (const { name, rows } of home) {
      const attributes = attributesOf(`${name} ${copy}`);
      const readings = rows
        .map(({ seconds, state }) => ({ time: seconds * 1e6 + Math.floor((random() * 1e6) / unit) * unit, state }))
        .sort((a, b) => a.time - b.time);
      series.push({
        entityId: `sensor.${name.toLowerCase()}_${copy}`,
        rows: readings.map(({ time, state }) => ({ time, state, attributes })),
      });
    }
  return { series };
}

const UNITS: readonly (readonly [part: string, unit: string, deviceClass: string])[] = [
  ["Temperature", "°C", "temperature"],
  ["Humidity", "%", "humidity"],
  ["Brightness", "lx", "illuminance"],
  ["Setpoint", "°C", "temperature"],
];

function attributesOf(name: string): Reading["attributes"] {
  const [, unit_of_measurement = "", device_class = ""] = UNITS.find(([part]) => name.includes(part)) ?? [];
  return { state_class: "measurement", unit_of_measurement, device_class, friendly_name: name.replaceAll("_", " ") };
}
