import type { SeriesBook } from "../api/ports/ports.ts";
import { currentIdentity, domainOf } from "../domain/data/series.ts";
import { describeError } from "../domain/failure.ts";
import type { EnergyMeters } from "../domain/home/energy.ts";
import { type Micros, microsFromRfc3339, type Window } from "../domain/time/time.ts";
import { createEnergy } from "../energy/energy.ts";
import { type Held, isUnknown, type Named, type Unknown } from "../energy/needs.ts";
import { readEnergyMeters } from "../hass/energy/preferences.ts";
import type { History } from "../history/history.ts";
import { readAnswer } from "../history/jobs/read-answer.ts";
import type { AtAnswer, HistoryAnswer } from "../history/shapes.ts";
import type { StatisticsAnswer } from "../history/statistics/shapes.ts";
import type { Sources } from "../sources/sources.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import { rateOf } from "./rates.ts";
import type { Recording } from "./recording.ts";

/** The user changes the energy dashboard now and then; Home Assistant tells nobody of it. */
const LOOK_EVERY_MS = 300_000;
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

/** Energy as the API answers it: meters of the dashboard, prices of sources, the past of history. */
export function openEnergy(
  { clock, log, onClose }: Ground,
  { timeZone }: Data,
  { present }: Recording,
  needs: {
    readonly home: Home;
    readonly history: History;
    readonly sources: Sources;
    readonly named: (entityId: string) => Named | undefined;
  },
) {
  const { home, history, sources, named } = needs;
  const meters = followMeters({ home, clock, log: log.for("energy"), onClose });
  return createEnergy({
    clock,
    timeZone,
    meters: meters.get,
    rate: (kind, source) =>
      rateOf(kind, source, {
        sources,
        meters: meters.get(),
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
  });
}

/** The energy dashboard's meters, asked for while Home Assistant is connected; the last answer holds. */
function followMeters({ home, clock, log, onClose }: Pick<Ground, "clock" | "log" | "onClose"> & { home: Home }) {
  let known: EnergyMeters | Unknown = {
    why: "Home Assistant has not told its energy dashboard yet",
    fix: "Wait until it is connected.",
  };
  let cancel = () => {};
  let closed = false;
  const look = async () => {
    try {
      if (home.connected())
        known = (await readEnergyMeters(home.call)) ?? {
          why: "The energy dashboard is not set up",
          fix: "Set it up in Home Assistant: Settings, Dashboards, Energy.",
        };
    } catch (error) {
      log.warning("the energy dashboard could not be read", { why: describeError(error) });
    }
    if (!closed) cancel = clock.after(isUnknown(known) ? LOOK_EVERY_MS / 30 : LOOK_EVERY_MS, () => void look());
  };
  void look();
  onClose(async () => {
    closed = true;
    cancel();
  });
  return { get: () => known };
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
