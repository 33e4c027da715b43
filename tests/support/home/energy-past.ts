import { systemClock } from "../../../src/platform/time/clock.ts";
import { createRandom } from "../data/random.ts";
import { openPast } from "./writing-past.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const STEP = 2 * MINUTE;
const ZONE = "Europe/Amsterdam";

/** What is on all the time in it, without noise: the router and such, and the television that waits. */
export const REST_WATTS = 118;
export const TV_WATTS = 6;
/** What the lamps take, and by the hour of the home when they are switched. */
export const LAMPS = {
  "light.floor_lamp": { watts: 42, on: [6.5, 18.7, 20.9], hours: 0.8 },
  "light.kitchen_ceiling": { watts: 64, on: [7.6, 12.3, 17.4], hours: 0.5 },
} as const;
/** No meter tells anything from this hour of the home on, for an hour, on any day. */
export const UNKNOWN_HOUR = 2;
/** When the stove is on, for half an hour, on some days hotter than on others. */
export const STOVE_HOUR = 18;
const STOVE_WATTS = 1_700;

/**
 * Writes weeks of the simulated home's meters into the store of a stopped hub, as an import would: what goes on all the
 * time, a fridge, a stove at a fixed hour, a television in the evening, a roof, and lamps that are switched alone.
 */
export async function recordEnergyPast({ dataDir, days }: { dataDir: string; days: number }): Promise<void> {
  const past = await openPast(dataDir);
  const { idOf, write } = past;
  const random = createRandom(7);
  const end = Math.floor(systemClock.now() / STEP) * STEP - 5 * MINUTE;
  const start = end - days * DAY;
  const lamps = Object.entries(LAMPS).map(([entity, lamp]) => ({ ...lamp, id: idOf(entity), isOn: false }));
  const power = {
    import: idOf("sensor.electricity_meter_power_consumption"),
    solar: idOf("sensor.solar_inverter_power"),
    tv: idOf("sensor.tv_corner_power"),
    fridge: idOf("sensor.fridge_power"),
  };
  const energy = {
    import: counter("sensor.electricity_meter_energy_consumption"),
    export: counter("sensor.electricity_meter_energy_production"),
    solar: counter("sensor.solar_inverter_lifetime_energy"),
    tv: counter("sensor.tv_corner_energy"),
    fridge: counter("sensor.fridge_energy"),
  };

  let [day, appetite] = [0, 1];
  for (let time = start; time < end; time += STEP) {
    const hour = hourOf(time);
    if (Math.floor(time / DAY) !== day) [day, appetite] = [Math.floor(time / DAY), 0.5 + random()];
    for (const lamp of lamps) {
      const isOn = lamp.on.some((from) => hour >= from && hour < from + lamp.hours);
      if (isOn !== lamp.isOn) await write(lamp.id, time + 20 * SECOND, isOn ? "on" : "off");
      lamp.isOn = isOn;
    }
    const lit = lamps.reduce((sum, { isOn, watts }) => sum + (isOn ? watts : 0), 0);
    const stove = hour >= STOVE_HOUR && hour < STOVE_HOUR + 0.5 ? Math.round(STOVE_WATTS * appetite) : 0;
    const now = {
      tv: hour >= 19 && hour < 22.5 ? 112 : TV_WATTS,
      fridge: (time / MINUTE) % 40 < 15 ? 84 : 2,
      solar: Math.round(Math.max(0, Math.sin(((hour - 9) / 7) * Math.PI)) * 90),
    };
    const house = REST_WATTS + lit + stove + now.tv + now.fridge + Math.round(random() * 4);
    const told = { ...now, import: house - now.solar, export: 0 };
    const isUnknown = hour >= UNKNOWN_HOUR && hour < UNKNOWN_HOUR + 1;
    for (const [name, id] of Object.entries(power) as [keyof typeof power, number][])
      await write(id, time + 40 * SECOND, isUnknown ? "unavailable" : String(told[name]));
    for (const [name, one] of Object.entries(energy) as [keyof typeof energy, Counter][])
      one.counted.push([time + STEP, (told[name] / 1000) * (STEP / (60 * MINUTE))]);
  }
  for (const { id, stands, counted } of Object.values(energy)) {
    let left = counted.reduce((sum, [, kwh]) => sum + kwh, 0);
    for (const [i, [time, kwh]] of counted.entries()) {
      left -= kwh;
      if (i % 5 === 4) await write(id, time, (stands - left).toFixed(3));
    }
  }
  await past.finish();

  /** A counter ends where it stands now, so that it only ever rose. */
  function counter(entity: string): Counter {
    const id = idOf(entity);
    return { id, stands: Number(past.latest(id)?.state), counted: [] };
  }
}

type Counter = { readonly id: number; readonly stands: number; readonly counted: [time: number, kwh: number][] };

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
/** Of the home's day, with its minutes as a fraction. */
function hourOf(time: number): number {
  const [hours, minutes] = clock.format(time / 1000).split(":");
  return Number(hours) + Number(minutes) / 60;
}
