import { systemClock } from "../../../src/platform/time/clock.ts";
import { createRandom } from "../data/random.ts";
import { openPast } from "./writing-past.ts";

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const MOTION = "binary_sensor.hallway_motion_sensor_motion";
const ROOM = "sensor.living_room_climate_sensor_temperature";

/**
 * Writes weeks of a plausible past of the simulated home into the store of a stopped hub, as an import would: curves
 * that follow the sun, a motion sensor, a hole in everything and one in a single series.
 */
export async function recordPast({ dataDir, days }: { dataDir: string; days: number }): Promise<void> {
  const past = await openPast(dataDir);
  const { idOf, put } = past;
  const random = createRandom(11);
  const hole = { from: -2.4 * DAY, to: -2.2 * DAY };
  const own = { from: -0.45 * DAY, to: -0.4 * DAY };
  const end = systemClock.now() - 60 * SECOND;
  const start = end - days * DAY;
  const write = (series: number, moment: number, state: string) => {
    const time = Math.round(moment);
    const at = time - end;
    if ((at > hole.from && at < hole.to) || (series === room && at > own.from && at < own.to)) return;
    return past.write(series, time, state);
  };
  const room = idOf(ROOM);
  const hourOf = (time: number) => ((time / HOUR) % 24) + random() * 0.02;
  const sun = (time: number) => Math.max(0, Math.sin(((hourOf(time) - 7) / 10) * Math.PI));
  const season = (time: number) => Math.cos(((time / DAY) % 365) / 58);
  const CURVES = [
    { id: room, every: 240, digits: 1, of: (t: number) => 20 + sun(t) * 1.4 + season(t) * 0.8 + random() * 0.2 },
    {
      id: idOf("sensor.outside_climate_sensor_temperature"),
      every: 300,
      digits: 1,
      of: (t: number) => 9 + sun(t) * 6 + season(t) * 7 + Math.sin(t / DAY) * 2 + random() * 0.3,
    },
    {
      id: idOf("sensor.solar_inverter_power"),
      every: 60,
      digits: 0,
      of: (t: number) => Math.round(sun(t) * (2_600 + 900 * Math.sin(t / DAY)) * (0.7 + random() * 0.3)),
    },
  ];
  for (const { id, every, digits, of } of CURVES)
    for (let time = start; time < end; time += every * SECOND) await write(id, time, of(time).toFixed(digits));
  const motion = idOf(MOTION);
  for (let time = start, on = false; time < end; on = !on) {
    await write(motion, time, on ? "on" : "off");
    time += (on ? 30 + random() * 300 : 200 + random() * (sun(time) > 0 ? 3_000 : 12_000)) * SECOND;
  }
  const gap = { kind: "states" as const, cause: "hub_stopped" as const };
  await put({ kind: "gap", gap: { ...gap, series: null, from: end + hole.from, to: end + hole.to } });
  await put({
    kind: "gap",
    gap: { ...gap, cause: "disconnected", series: room, from: end + own.from, to: end + own.to },
  });
  await past.finish();
}
