import type { SeriesBook } from "../api/ports/ports.ts";
import { currentIdentity, domainOf } from "../domain/data/series.ts";
import { calendarOf } from "../domain/time/calendar.ts";
import { type Micros, microsFromRfc3339, type Window } from "../domain/time/time.ts";
import { startDaily } from "../energy/always-on/daily.ts";
import { readHouseAlwaysOn } from "../energy/always-on/read.ts";
import { lastDays } from "../energy/days/local.ts";
import { createEnergy } from "../energy/energy.ts";
import { NOT_SET_UP } from "../energy/meters/book.ts";
import { type EnergyNeeds, type Held, isUnknown, type Named } from "../energy/needs.ts";
import type { History } from "../history/history.ts";
import { readAnswer } from "../history/jobs/read-answer.ts";
import type { AtAnswer, HistoryAnswer } from "../history/shapes.ts";
import type { StatisticsAnswer } from "../history/statistics/shapes.ts";
import type { Sources } from "../sources/sources.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import { openMeters } from "./meters.ts";
import { rateOf } from "./rates.ts";
import type { Recording } from "./recording.ts";

const MOST_POINTS = 50_000;

/** What can be switched, and draws power itself. */
const SWITCHABLE = new Set([
  "light",
  "switch",
  "fan",
  "climate",
  "humidifier",
  "media_player",
  "water_heater",
  "valve",
]);

/** Over how many whole days it is told what is always taken. */
const ALWAYS_ON_DAYS = 28;

/** Energy as the API answers it: the home's meters, prices of sources, the past of history. */
export function openEnergy(
  ground: Ground,
  data: Data,
  recording: Recording,
  needs: {
    readonly home: Home;
    readonly history: History;
    readonly sources: Sources;
    readonly named: (entityId: string) => Named | undefined;
  },
) {
  const { clock, log, keep } = ground;
  const { timeZone } = data;
  const { present } = recording;
  const { home, history, sources, named } = needs;
  const { book, dashboard } = openMeters(ground, data, recording, { home, named, onChange: () => alwaysOn.again() });
  const energyNeeds: EnergyNeeds = {
    clock,
    timeZone,
    meters: book,
    rate: (kind, source) =>
      rateOf(kind, source, {
        sources,
        // Also where other meters are chosen, what power costs stands in the dashboard.
        meters: dashboard() ?? NOT_SET_UP,
        facts: home.facts(),
        named,
        latest: present.states.get,
        now: clock.now(),
      }),
    named,
    latest: present.states.get,
    statistics: async (request, signal) => readAnswer<StatisticsAnswer>(await history.statistics(request, signal)),
    readings: (series, window, signal) => readingsOf(history, series, window, signal),
    switchable: () =>
      [...present.followed()].flatMap(({ entityId }) => {
        const series = SWITCHABLE.has(domainOf(entityId)) ? named(entityId) : undefined;
        return series ? [series] : [];
      }),
  };
  const calendar = () => calendarOf(timeZone());
  const alwaysOn = keep(
    startDaily({
      read: async () => {
        const meters = book.get();
        if (isUnknown(meters)) return undefined;
        return readHouseAlwaysOn(energyNeeds, meters, lastDays(ALWAYS_ON_DAYS, clock.now(), calendar()), calendar());
      },
      clock,
      calendar,
      log: log.for("energy"),
    }),
  );
  return { ...createEnergy(energyNeeds), houseAlwaysOn: alwaysOn.last };
}

async function readingsOf(
  history: History,
  series: Named,
  window: Window,
  signal?: AbortSignal,
): Promise<readonly Held[]> {
  const before = await readAnswer<AtAnswer>(await history.at({ series: [series], time: window.from }, signal));
  const held: Held[] = before.states.flatMap(({ state, known }) => (known ? [{ time: window.from, state }] : []));
  let cursor: string | undefined;
  do {
    const asked = { series: [series], limit: MOST_POINTS, times: "us", form: "columns" } as const;
    const page = await readAnswer<HistoryAnswer>(
      await history.points({ ...asked, ...(cursor === undefined ? window : { cursor }) }, signal),
    );
    for (const { times = [], states = [], gaps } of page.series) {
      for (const [i, time] of times.entries()) held.push({ time: Number(time), state: states[i] ?? null });
      // What it was in a gap nobody knows.
      for (const { from } of gaps) held.push({ time: Math.max(window.from, timeOf(from)), state: null });
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return held.sort((a, b) => a.time - b.time);
}
const timeOf = (text: string): Micros => microsFromRfc3339(text) as Micros;

/** Series by the name that they have, or had. */
export const namedIn =
  (book: SeriesBook) =>
  (entityId: string): Named | undefined => {
    const series = book.named(entityId);
    return series && { id: series.id, entityId: currentIdentity(series).entityId };
  };
