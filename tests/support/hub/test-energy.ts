import { createSeriesBook } from "../../../src/api/ports/series-book.ts";
import { currentIdentity } from "../../../src/domain/data/series.ts";
import type { EnergyMeters } from "../../../src/domain/home/energy.ts";
import { createMeterBook } from "../../../src/energy/meters/book.ts";
import type { Recorded } from "../../../src/energy/meters/fitting.ts";
import type { EnergyNeeds, Rate, Unknown } from "../../../src/energy/needs.ts";
import { readAnswer } from "../../../src/history/jobs/read-answer.ts";
import type { StatisticsAnswer } from "../../../src/history/statistics/shapes.ts";
import { namedIn } from "../../../src/start/energy.ts";
import type { TestHub } from "./test-hub.ts";

const textOf = (value: unknown) => (typeof value === "string" ? value : null);

/** What energy needs, over the store and the history of a test hub, which may be made with it. */
export function testEnergyNeeds(
  hub: () => TestHub,
  told: {
    readonly timeZone: string;
    readonly dashboard?: () => EnergyMeters | Unknown | undefined;
    readonly price?: () => Rate | undefined;
    readonly onChange?: () => void;
  },
): EnergyNeeds {
  const named = (entityId: string) => namedIn(createSeriesBook(() => hub().store.series()))(entityId);
  const none = { why: "No source says it", fix: "Add one." };
  let kept: unknown;
  return {
    clock: {
      now: () => hub().clock.now(),
      ticks: () => hub().clock.ticks(),
      after: () => () => {},
      sleep: async () => {},
    },
    timeZone: () => told.timeZone,
    meters: createMeterBook({
      dashboard: told.dashboard ?? (() => undefined),
      kept: {
        get: () => kept,
        set: (value) => {
          kept = structuredClone(value);
        },
        remove: () => {
          kept = undefined;
        },
      },
      recorded: () => recordedIn(hub()),
      named,
      onChange: told.onChange ?? (() => {}),
    }),
    rate: (kind) => (kind === "price" ? told.price?.() : undefined) ?? none,
    named,
    latest: (series) => hub().store.latest(series),
    statistics: async (request, signal) =>
      readAnswer<StatisticsAnswer>(await hub().history.statistics(request, signal)),
    readings: () => Promise.reject(new Error("nothing asks for them")),
    switchable: () => [],
  };
}

function recordedIn({ store }: TestHub): Recorded[] {
  return [...store.allLatest()].flatMap(({ series, state, time, attributes }): Recorded[] => {
    const known = store.series().get(series);
    if (!known || state === null) return [];
    const { entityId, holdsName, deviceId, areaId } = currentIdentity(known);
    if (!holdsName) return [];
    return [
      {
        ...{ entityId, name: textOf(attributes.friendly_name), deviceId, areaId, state, time },
        unit: textOf(attributes.unit_of_measurement),
        deviceClass: textOf(attributes.device_class),
        stateClass: textOf(attributes.state_class),
      },
    ];
  });
}
