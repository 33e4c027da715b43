import type { Micros } from "../../../domain/time/time.ts";
import type { Weather } from "../nature/weather.ts";
import type { People } from "../people/people.ts";
import type { RoomKey } from "../plan/demo.ts";
import { clamp } from "../world/maths.ts";
import type { World } from "../world/world.ts";

/** Rooms with a climate: what the sun adds, how fast they lose warmth (hours), and what stands in them. */
const ROOMS = {
  living: { sun: 0.0016, hours: 34, radiator: true, co2: true },
  kitchen: { sun: 0.0009, hours: 30, radiator: false, co2: false },
  bedroom: { sun: 0.0007, hours: 28, radiator: true, co2: true },
  bathroom: { sun: 0.0002, hours: 26, radiator: false, co2: false },
  office: { sun: 0.0012, hours: 27, radiator: true, co2: false },
} as const;
type AirRoom = keyof typeof ROOMS;
const SENSED: readonly AirRoom[] = ["living", "bedroom", "bathroom", "office"];
const STEP_SECONDS = 60;
/** °C per hour of a radiator at full power, of a person, and of a kWh of appliances. */
const RADIATOR = 2.6;
const PERSON = 0.09;
/** How fast rooms share their warmth, per hour. */
const SHARE = 0.35;

export type Air = {
  temperature(room: RoomKey): number;
  /** 0 to 1, how far the radiator is open. */
  setHeating(room: RoomKey, power: number): void;
  openWindow(room: RoomKey, open: boolean): void;
  steam(room: RoomKey): void;
};

/** Temperature, humidity and carbon dioxide in the rooms and outside. */
export function startAir(world: World, people: People, weatherAt: (time: Micros) => Weather): Air {
  const random = world.random.branch("air");
  const state = new Map(
    (Object.keys(ROOMS) as AirRoom[]).map((room) => [
      room,
      {
        temperature: 19 + random.bell() * 0.5,
        humidity: 48 + random.bell() * 3,
        co2: 520,
        heating: 0,
        open: false,
      },
    ]),
  );
  const step = () => {
    const outside = weatherAt(world.now());
    const hours = STEP_SECONDS / 3600;
    const mean = [...state.values()].reduce((sum, { temperature }) => sum + temperature, 0) / state.size;
    for (const [room, air] of state) {
      const about = ROOMS[room];
      const persons = people.inRoom(room).length;
      const leak = (1 / about.hours) * (air.open ? 9 : 1);
      // Neighbouring rooms and walls keep a house together better than its windows let it go.
      air.temperature +=
        hours *
        ((outside.temperature + 4 - air.temperature) * leak +
          about.sun * outside.light +
          RADIATOR * air.heating +
          (mean - air.temperature) * SHARE +
          PERSON * persons);
      const wet = clamp(outside.humidity * Math.exp((outside.temperature - air.temperature) * 0.055), 15, 90);
      air.humidity +=
        hours * ((wet + 14 - air.humidity) * (air.open ? 4 : 0.35) + persons * 1.2) + random.bell() * 0.03;
      air.humidity = clamp(air.humidity, 18, 97);
      air.co2 += hours * ((430 - air.co2) * (air.open ? 8 : 0.55) + persons * 260) + random.bell() * 2;
      air.co2 = clamp(air.co2, 405, 3200);
    }
  };
  world.every(STEP_SECONDS, step);

  const reportAll = () => {
    for (const room of SENSED) {
      const air = state.get(room);
      if (!air) continue;
      // Cheap sensors send on change, and seldom otherwise.
      sendIfNew(world, `${room}/air:temperature`, air.temperature + random.bell() * 0.03, 0.1, 1);
      sendIfNew(world, `${room}/air:humidity`, air.humidity + random.bell() * 0.1, 0.5, 1);
      if (ROOMS[room].co2) sendIfNew(world, `${room}/air:carbon_dioxide`, air.co2, 4, 0);
    }
    const outside = weatherAt(world.now());
    sendIfNew(world, "garden/air:temperature", outside.temperature + random.bell() * 0.05, 0.1, 2);
    sendIfNew(world, "garden/air:humidity", outside.humidity + random.bell() * 0.2, 0.5, 1);
  };
  reportAll();
  world.every(75, reportAll);

  return {
    temperature: (room) => state.get(room as AirRoom)?.temperature ?? 19,
    setHeating(room, power) {
      const air = state.get(room as AirRoom);
      if (air) air.heating = power;
    },
    openWindow(room, open) {
      const air = state.get(room as AirRoom);
      if (air) air.open = open;
    },
    steam(room) {
      const air = state.get(room as AirRoom);
      if (air) air.humidity = clamp(air.humidity + random.between(16, 28), 18, 97);
    },
  };
}

function sendIfNew(world: World, key: string, value: number, least: number, digits: number): void {
  const before = Number(world.state(key));
  if (!Number.isFinite(before) || Math.abs(value - before) >= least) world.write(key, value.toFixed(digits));
}
