import type { Micros } from "../../../domain/time/time.ts";
import type { RoomKey } from "../plan/demo.ts";
import type { World } from "../world/world.ts";
import { type Day, PEOPLE, type PersonKey, planDay } from "./routine.ts";

export type Whereabouts = {
  /** null: not in the home. */
  room: RoomKey | null;
  asleep: boolean;
  trip: { to: "work" | "elsewhere" } | null;
  day: Day | null;
};

/** Who is where, and what others of the model are told about it. */
export type People = {
  where(person: PersonKey): Readonly<Whereabouts>;
  isHome(person: PersonKey): boolean;
  inRoom(room: RoomKey): PersonKey[];
  awakeAtHome(): PersonKey[];
  onMove(hear: (person: PersonKey, from: RoomKey | null, to: RoomKey | null) => void): void;
  /** Once in a while somebody stirs where he is. */
  onStir(hear: (person: PersonKey, room: RoomKey) => void): void;
  onTravel(hear: (person: PersonKey, what: "leave" | "back", to: "work" | "elsewhere") => void): void;
  onDay(hear: (person: PersonKey, what: "wake" | "bed" | "shower") => void): void;
};

const HOUR = 3_600_000_000;

/** Where somebody who is up at home likes to be, by hour of the day. */
const LIKES: readonly { until: number; rooms: Partial<Record<RoomKey, number>> }[] = [
  { until: 9, rooms: { kitchen: 5, bathroom: 3, bedroom: 2, living: 1, hallway: 1 } },
  { until: 12, rooms: { living: 4, kitchen: 2, office: 2, garden: 1, utility: 1, bathroom: 1 } },
  { until: 14, rooms: { kitchen: 4, living: 3, garden: 1 } },
  { until: 17.5, rooms: { living: 4, kitchen: 2, garden: 1, office: 1, utility: 1, bathroom: 1 } },
  { until: 19.2, rooms: { kitchen: 6, living: 2, hallway: 1 } },
  { until: 30, rooms: { living: 8, kitchen: 2, bathroom: 1, bedroom: 1 } },
];

/** How long somebody stays in a room on average, in minutes. */
const STAYS: Readonly<Record<RoomKey, number>> = {
  living: 26,
  kitchen: 11,
  hallway: 1,
  utility: 4,
  bedroom: 8,
  bathroom: 6,
  office: 40,
  garden: 12,
};
const GROUND: readonly RoomKey[] = ["living", "kitchen", "hallway", "utility", "garden"];

export function startPeople(world: World): People {
  const random = world.random.branch("people");
  const places = new Map<PersonKey, Whereabouts>(
    PEOPLE.map((person) => [person, { room: "bedroom", asleep: true, trip: null, day: null }]),
  );
  const heard = { move: [], stir: [], travel: [], day: [] } as {
    move: Parameters<People["onMove"]>[0][];
    stir: Parameters<People["onStir"]>[0][];
    travel: Parameters<People["onTravel"]>[0][];
    day: Parameters<People["onDay"]>[0][];
  };
  const place = (person: PersonKey) => places.get(person) as Whereabouts;
  const walk = new Map<PersonKey, number>(PEOPLE.map((person) => [person, 0]));

  const go = (person: PersonKey, to: RoomKey | null) => {
    const at = place(person);
    if (at.room === to) return;
    const from = at.room;
    at.room = to;
    for (const hear of heard.move) hear(person, from, to);
  };
  /** Upstairs and downstairs lead through the hallway. */
  const walkTo = (person: PersonKey, to: RoomKey, then: () => void = () => {}) => {
    const from = place(person).room;
    if (from && from !== "hallway" && to !== "hallway" && GROUND.includes(from) !== GROUND.includes(to)) {
      go(person, "hallway");
      return world.after(random.between(4, 12), () => {
        if (place(person).room !== "hallway") return;
        go(person, to);
        then();
      });
    }
    go(person, to);
    then();
  };
  const wander = (person: PersonKey) => {
    const at = place(person);
    if (at.room === null || at.asleep) return;
    const turn = (walk.get(person) ?? 0) + 1;
    walk.set(person, turn);
    const { hour } = world.local();
    const likes = { ...LIKES.find(({ until }) => hour < until)?.rooms };
    if (at.day?.worksAtHome && hour > 8.8 && hour < 17.2) likes.office = 14;
    if ((hour > 20 || hour < 9) && likes.garden) likes.garden = 0;
    const to = weighted(random.next(), likes);
    walkTo(person, to);
    const stay = Math.max(0.5, random.wait(STAYS[to]) * 0.6 + STAYS[to] * 0.4);
    world.after(stay * 60, () => walk.get(person) === turn && wander(person));
    stir(person, to, turn);
  };
  /** Sitting people move seldom, working hands often. */
  const stir = (person: PersonKey, room: RoomKey, turn: number) => {
    const mean = room === "living" || room === "office" ? 240 : room === "bathroom" ? 70 : 90;
    world.after(5 + random.wait(mean), () => {
      if (walk.get(person) !== turn || place(person).room !== room) return;
      for (const hear of heard.stir) hear(person, room);
      stir(person, room, turn);
    });
  };
  const tellDay = (person: PersonKey, what: "wake" | "bed" | "shower") => {
    for (const hear of heard.day) hear(person, what);
  };

  const startDay = (person: PersonKey, midnight: Micros, date: string, weekday: number) => {
    const day = planDay(world.random, person, date, weekday);
    const at = place(person);
    const when = (hours: number, run: () => void) => {
      const time = midnight + Math.round(hours * HOUR);
      if (time > world.now()) world.at(time, run);
    };
    at.day = day;
    when(day.wake, () => {
      at.asleep = false;
      tellDay(person, "wake");
      wander(person);
    });
    when(day.showersAt, () => {
      if (at.room === null) return;
      walk.set(person, (walk.get(person) ?? 0) + 1);
      walkTo(person, "bathroom", () => tellDay(person, "shower"));
      stir(person, "bathroom", walk.get(person) ?? 0);
      world.after(random.between(420, 900), () => wander(person));
    });
    for (const trip of day.trips) {
      when(trip.leave, () => {
        if (at.room === null) return;
        walk.set(person, (walk.get(person) ?? 0) + 1);
        walkTo(person, "hallway", () =>
          world.after(random.between(20, 60), () => {
            at.trip = { to: trip.to };
            for (const hear of heard.travel) hear(person, "leave", trip.to);
            world.after(8, () => go(person, null));
          }),
        );
      });
      when(trip.back, () => {
        if (at.room !== null) return;
        at.trip = null;
        for (const hear of heard.travel) hear(person, "back", trip.to);
        world.after(6, () => {
          go(person, "hallway");
          world.after(random.between(20, 90), () => wander(person));
        });
      });
    }
    when(day.bed, () => {
      if (at.room === null) return;
      walk.set(person, (walk.get(person) ?? 0) + 1);
      walkTo(person, "bedroom", () => {
        tellDay(person, "bed");
        at.asleep = true;
      });
    });
    world.at(midnight + 27 * HOUR, () => {
      const next = world.local();
      startDay(person, next.midnight, next.date, next.weekday);
    });
  };
  for (const person of PEOPLE) {
    // A day runs from three in the night to the next; whoever is up late belongs to the day before.
    const { date, weekday, midnight } = world.local(world.now() - 3 * HOUR);
    startDay(person, midnight, date, weekday);
    findInTheMidst(person, (world.now() - midnight) / HOUR);
  }

  /** The model may begin at any hour: people are then already up, or out. */
  function findInTheMidst(person: PersonKey, hour: number) {
    const at = place(person);
    const { wake, bed, trips } = at.day as Day;
    if (hour < wake || hour > bed) return;
    at.asleep = false;
    const trip = trips.find(({ leave, back }) => hour >= leave && hour < back);
    if (trip) {
      at.trip = { to: trip.to };
      at.room = null;
    } else world.after(random.between(1, 60), () => wander(person));
  }

  const isHome = (person: PersonKey) => place(person).trip === null;
  return {
    where: place,
    isHome,
    inRoom: (room) => PEOPLE.filter((person) => place(person).room === room),
    awakeAtHome: () => PEOPLE.filter((person) => isHome(person) && !place(person).asleep),
    onMove: (hear) => void heard.move.push(hear),
    onStir: (hear) => void heard.stir.push(hear),
    onTravel: (hear) => void heard.travel.push(hear),
    onDay: (hear) => void heard.day.push(hear),
  };
}

function weighted(chance: number, weights: Partial<Record<RoomKey, number>>): RoomKey {
  const list = Object.entries(weights) as [RoomKey, number][];
  let rest = chance * list.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [room, weight] of list) {
    rest -= weight;
    if (rest < 0) return room;
  }
  return "living";
}
