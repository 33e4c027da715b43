import { currentIdentity } from "../domain/data/series.ts";
import { describeError } from "../domain/failure.ts";
import type { EnergyMeters } from "../domain/home/energy.ts";
import { createMeterBook } from "../energy/meters/book.ts";
import type { Recorded } from "../energy/meters/fitting.ts";
import { isUnknown, type Named, type Unknown } from "../energy/needs.ts";
import { readEnergyMeters } from "../hass/energy/preferences.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";
import type { Home } from "./home.ts";
import type { Recording } from "./recording.ts";

/** The user changes the energy dashboard now and then; Home Assistant tells nobody of it. */
const LOOK_EVERY_MS = 300_000;
const LOOK_SOON_MS = 10_000;
const CHOSEN = "energy_meters";

/** The home's meters: of the energy dashboard, or chosen here. */
export function openMeters(
  ground: Ground,
  { database, store }: Data,
  { present }: Recording,
  needs: {
    readonly home: Home;
    readonly named: (entityId: string) => Named | undefined;
    /** They are others from now on. */
    readonly onChange: () => void;
  },
) {
  const { home, named, onChange } = needs;
  const dashboard = followDashboard(ground, home, onChange);
  const book = createMeterBook({
    dashboard,
    kept: {
      get: () => database.settings.get(CHOSEN),
      set: (choice) => database.settings.set(CHOSEN, choice),
      remove: () => database.settings.remove(CHOSEN),
    },
    recorded: () => recordedNow(store, present),
    named,
    onChange,
  });
  return { book, dashboard };
}

/** The energy dashboard's meters, asked for while Home Assistant is connected; the last answer holds. */
function followDashboard({ clock, log, onClose }: Ground, home: Home, onChange: () => void) {
  let known: EnergyMeters | Unknown | undefined = {
    why: "Home Assistant has not told its energy dashboard yet",
    fix: "Wait until it is connected.",
  };
  let cancel = () => {};
  let closed = false;
  const look = async () => {
    try {
      if (home.connected()) {
        const told = await readEnergyMeters(home.call);
        const isNew = JSON.stringify(told) !== JSON.stringify(known);
        known = told;
        if (isNew && !closed) onChange();
      }
    } catch (error) {
      log.for("energy").warning("the energy dashboard could not be read", { why: describeError(error) });
    }
    const isTold = known !== undefined && !isUnknown(known);
    if (!closed) cancel = clock.after(isTold ? LOOK_EVERY_MS : LOOK_SOON_MS, () => void look());
  };
  void look();
  onClose(async () => {
    closed = true;
    cancel();
  });
  return () => known;
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

function* recordedNow(store: Data["store"], present: Recording["present"]): Generator<Recorded> {
  for (const { series, time, state, attributes } of present.states.all()) {
    const known = store.series().get(series);
    if (state === null || !known) continue;
    const { entityId, holdsName, name, deviceId, areaId } = currentIdentity(known);
    if (!holdsName) continue;
    yield {
      entityId,
      name: textOf(attributes.friendly_name) ?? name,
      ...{ deviceId, areaId, state, time },
      unit: textOf(attributes.unit_of_measurement),
      deviceClass: textOf(attributes.device_class),
      stateClass: textOf(attributes.state_class),
    };
  }
}
