import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { StableIds } from "../core/base/ids.ts";
import type { Random } from "../core/base/random.ts";
import type { Place } from "../core/config.ts";
import type { Core } from "../core/core.ts";
import type { Services } from "../core/services.ts";
import { buildHome } from "./plan/build.ts";
import type { HomePlan } from "./plan/plan.ts";
import { createAgenda } from "./world/agenda.ts";
import { createLocalTime } from "./world/local-time.ts";
import { createWorld, type World } from "./world/world.ts";

export type Home = {
  readonly plan: HomePlan;
  readonly world: World;
  /** Plays everything due up to now. Called before anybody looks at or touches the home. */
  catchUp(): void;
  stop(): void;
};

const DAY_MICROS = 86_400_000_000;
/** The longest the home sleeps before it looks at the clock again, which may have been set. */
const LONGEST_NAP_MS = 1000;

/** A home that lives: its past is played at once, then it goes along with the clock, `speed` times as fast. */
export function startHome(needs: {
  core: Core;
  services: Services;
  clock: Clock;
  random: Random;
  ids: StableIds;
  place: Place;
  plan: HomePlan;
  /** Sets the home's parts going; from then on the agenda drives them. */
  startModel: (world: World) => void;
  speed: number;
  pastDays: number;
}): Home {
  const { core, services, clock, random, ids, place, plan, startModel, speed, pastDays } = needs;
  const start = core.now();
  const agenda = createAgenda();
  let playing: Micros | undefined = start - Math.round(pastDays * DAY_MICROS);
  /** Home time now: the same as the clock's until the start, then `speed` times as fast. */
  const homeNow = () => start + Math.round((core.now() - start) * speed);
  const stamp = (moment: Micros): Micros => (moment <= start ? moment : start + Math.round((moment - start) / speed));
  let cancel: () => void = () => {};
  let nap: () => void = () => {};
  const world = createWorld({
    plan,
    core,
    services,
    entities: buildHome(plan, { core, ids }),
    schedule: (time, run) => {
      agenda.plan(time, run);
      // Planned from outside the play (a client called a service): it may be due before the present nap ends.
      if (playing === undefined) nap();
    },
    random,
    local: createLocalTime(place.timeZone),
    moment: () => playing ?? homeNow(),
    stamp,
  });
  startModel(world);
  const playTo = (time: Micros) => {
    if (playing !== undefined) return;
    agenda.play(time, (moment) => {
      playing = moment;
    });
    playing = undefined;
  };
  playing = undefined;
  playTo(start);

  nap = () => {
    cancel();
    const wait = ((agenda.next() ?? Number.POSITIVE_INFINITY) - homeNow()) / speed / 1000;
    cancel = clock.after(Math.min(LONGEST_NAP_MS, Math.max(1, Math.ceil(wait))), () => {
      playTo(homeNow());
      nap();
    });
  };
  nap();
  return { plan, world, catchUp: () => playTo(homeNow()), stop: () => cancel() };
}
