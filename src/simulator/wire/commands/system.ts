import { Failure } from "../../../domain/failure.ts";
import type { Core } from "../../core/core.ts";
import type { User } from "../../core/users.ts";
import type { Commands } from "../command.ts";
import { listOf, may, must, object, text } from "../messages/schema.ts";

export type SystemNeeds = {
  core: Core;
  users: readonly User[];
  config: () => { components: readonly string[]; [key: string]: unknown };
  energyPrefs: () => object | undefined;
};

export function systemCommands({ core, users, config, energyPrefs }: SystemNeeds): Commands {
  return {
    get_config: { schema: {}, run: (connection, { id }) => connection.result(id, config()) },
    "auth/current_user": {
      schema: {},
      run: (connection, { id }) => connection.result(id, currentUser(connection.user)),
    },
    "config/auth/list": {
      admin: true,
      schema: {},
      run: (connection, { id }) => connection.result(id, users.map(listedUser)),
    },
    "recorder/info": {
      schema: {},
      run: (connection, { id }) =>
        connection.result(id, {
          backlog: 0,
          db_in_default_location: true,
          max_backlog: 65000,
          migration_in_progress: false,
          migration_is_live: false,
          recording: true,
          thread_running: true,
        }),
    },
    "recorder/list_statistic_ids": {
      schema: { statistic_type: may(text) },
      run: (connection, { id, statistic_type }) => connection.result(id, statisticIds(core, statistic_type)),
    },
    "recorder/statistics_during_period": {
      schema: {
        start_time: must(text),
        end_time: may(text),
        statistic_ids: must(listOf(text)),
        period: must(text),
        units: may(object),
        types: may(listOf(text)),
      },
      // The simulated recorder works out no statistics.
      run: (connection, { id }) => connection.result(id, {}),
    },
    "energy/get_prefs": {
      schema: {},
      run(connection, { id }) {
        const prefs = energyPrefs();
        if (!prefs) throw new Failure("not_found", "No prefs");
        connection.result(id, prefs);
      },
    },
    "logger/log_info": {
      schema: {},
      run: (connection, { id }) =>
        connection.result(
          id,
          config()
            .components.filter((name) => !name.includes("."))
            .map((domain) => ({ domain, level: 30 })),
        ),
    },
    "system_log/list": {
      admin: true,
      schema: {},
      run: (connection, { id }) => connection.result(id, core.systemLog.list()),
    },
    "repairs/list_issues": { schema: {}, run: (connection, { id }) => connection.result(id, { issues: [] }) },
  };
}

const currentUser = (user: User) => ({
  id: user.id,
  name: user.name,
  is_owner: user.isOwner,
  is_admin: user.isAdmin,
  credentials: [{ auth_provider_type: "homeassistant", auth_provider_id: null }],
  mfa_modules: [{ id: "totp", name: "Authenticator app", enabled: false }],
});

const listedUser = (user: User) => ({
  id: user.id,
  username: user.username,
  name: user.name,
  is_owner: user.isOwner,
  is_active: true,
  local_only: false,
  system_generated: user.systemGenerated,
  group_ids: [user.systemGenerated ? "system-read-only" : user.isAdmin ? "system-admin" : "system-users"],
  credentials: user.systemGenerated ? [] : [{ type: "homeassistant" }],
});

/** Units that Home Assistant converts between, by the class it names them with. */
const UNIT_CLASSES: { readonly [unit: string]: string } = {
  "°C": "temperature",
  W: "power",
  kWh: "energy",
  "m³": "volume",
  "%": "unitless",
  hPa: "pressure",
  lx: "illuminance",
  ppm: "unitless",
};

function statisticIds(core: Core, kind: unknown) {
  const found: object[] = [];
  for (const { entityId, attributes } of core.states.all()) {
    const { state_class: stateClass, unit_of_measurement: unit = null } = attributes;
    if (typeof stateClass !== "string" || !entityId.startsWith("sensor.")) continue;
    const hasSum = stateClass !== "measurement";
    if ((kind === "sum" && !hasSum) || (kind === "mean" && hasSum)) continue;
    found.push({
      statistic_id: entityId,
      display_unit_of_measurement: unit,
      has_mean: !hasSum,
      mean_type: hasSum ? 0 : 1,
      has_sum: hasSum,
      name: null,
      source: "recorder",
      statistics_unit_of_measurement: unit,
      unit_class: UNIT_CLASSES[unit as string] ?? null,
    });
  }
  return found;
}
