import type { Attributes, Context } from "../../../domain/data/reading.ts";
import { domainOf } from "../../../domain/data/series.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Services } from "../../core/services.ts";
import type { Engine } from "../automations/engine.ts";
import type { Scripts } from "../automations/scripts.ts";
import type { HeatedRoom, Heating } from "../energy/heating.ts";
import { forecast } from "../nature/sky.ts";
import type { Weather } from "../nature/weather.ts";
import type { Lamps } from "../rooms/lamps.ts";
import type { Openings } from "../rooms/openings.ts";
import type { PlayerKey, PlayerOrder, Players } from "../things/players.ts";
import type { Robot } from "../things/robot.ts";
import type { World } from "../world/world.ts";
import { type Act, optionalNumber, plainService, registerEntityServices, type Spec } from "./register.ts";

export type ServiceNeeds = {
  world: World;
  services: Services;
  lamps: Lamps;
  openings: Openings;
  heating: Heating;
  players: Players;
  robot: Robot;
  engine: Engine;
  scripts: Scripts;
  weatherAt: (time: Micros) => Weather;
  restart: () => void;
};

const spec = (name: string, act: Act, fields: Spec["fields"] = {}): Spec => ({
  name,
  description: `${name}.`,
  act,
  fields,
});
const lampOf = (key: string) => key.slice("light:".length);
const roomOf = (key: string) => key.split("/")[0] as HeatedRoom & ("living" | "bedroom");

/** Everything that can be called in the home. Each call really changes it. */
export function registerServices(needs: ServiceNeeds): void {
  const { world, services } = needs;
  const register = (domain: string, specs: { [service: string]: Spec }) =>
    registerEntityServices(services, world.keyOf, domain, specs);
  const specs = { ...lightAndSwitch(needs), ...comfort(needs), ...mediaAndRobot(needs), ...helpers(needs) };
  for (const [domain, list] of Object.entries(specs)) register(domain, list);
  for (const script of needs.scripts.list)
    services.register(
      "script",
      script,
      plainService(script, "Runs the script.", ({ context }) => needs.scripts.run(script, context)),
    );
  general(needs);
}

function lightAndSwitch({ world, lamps }: ServiceNeeds): { [domain: string]: { [service: string]: Spec } } {
  const light = {
    brightness: "number",
    brightness_pct: "number",
    color_temp_kelvin: "number",
    xy_color: "any",
    transition: "number",
  } as const;
  const turnLight =
    (on: boolean): Act =>
    (key, data, context) => {
      const percent = optionalNumber(data.brightness_pct);
      const brightness =
        optionalNumber(data.brightness) ?? (percent === undefined ? undefined : Math.round((percent * 255) / 100));
      const kelvin = optionalNumber(data.color_temp_kelvin);
      lamps.switch(
        lampOf(key),
        on && brightness !== 0,
        {
          ...(brightness ? { brightness } : {}),
          ...(kelvin === undefined ? {} : { kelvin }),
          ...(Array.isArray(data.xy_color) ? { xy: data.xy_color as [number, number] } : {}),
        },
        context,
      );
    };
  const turnSwitch =
    (on: (key: string) => boolean): Act =>
    (key, _, context) =>
      world.write(key, on(key) ? "on" : "off", undefined, context);
  const toggles = (act: (on: (key: string) => boolean) => Act, fields: Spec["fields"] = {}) => ({
    turn_on: spec(
      "Turn on",
      act(() => true),
      fields,
    ),
    turn_off: spec(
      "Turn off",
      act(() => false),
      fields.transition ? { transition: "number" } : {},
    ),
    toggle: spec(
      "Toggle",
      act((key) => world.state(key) !== "on"),
      fields,
    ),
  });
  return {
    light: toggles((on) => (key, data, context) => turnLight(on(key))(key, data, context), light),
    switch: toggles(turnSwitch),
    input_boolean: toggles(turnSwitch),
  };
}

function comfort({ openings, heating }: ServiceNeeds): { [domain: string]: { [service: string]: Spec } } {
  const move =
    (to: (data: Attributes) => number | undefined): Act =>
    (key, data, context) =>
      openings.moveBlind(roomOf(key), to(data), context);
  const heat =
    (what: (data: Attributes) => Parameters<Heating["set"]>[1]): Act =>
    (key, data, context) =>
      heating.set(roomOf(key), what(data), context);
  return {
    cover: {
      open_cover: spec(
        "Open",
        move(() => 100),
      ),
      close_cover: spec(
        "Close",
        move(() => 0),
      ),
      stop_cover: spec(
        "Stop",
        move(() => undefined),
      ),
      set_cover_position: spec(
        "Set position",
        move((data) => optionalNumber(data.position)),
        { position: "number" },
      ),
    },
    lock: {
      lock: spec("Lock", (_, __, context) => openings.lock(true, context)),
      unlock: spec("Unlock", (_, __, context) => openings.lock(false, context)),
    },
    climate: {
      set_temperature: spec(
        "Set target temperature",
        heat((data) => ({
          ...(data.temperature === undefined ? {} : { target: Number(data.temperature) }),
          ...(data.hvac_mode === undefined ? {} : { mode: String(data.hvac_mode) }),
        })),
        { temperature: "number", hvac_mode: "text" },
      ),
      set_hvac_mode: spec(
        "Set HVAC mode",
        heat((data) => ({ mode: String(data.hvac_mode) })),
        { hvac_mode: "text" },
      ),
      set_preset_mode: spec(
        "Set preset mode",
        heat((data) => ({ preset: String(data.preset_mode) })),
        { preset_mode: "text" },
      ),
      turn_on: spec(
        "Turn on",
        heat(() => ({ mode: "auto" })),
      ),
      turn_off: spec(
        "Turn off",
        heat(() => ({ mode: "off" })),
      ),
    },
  };
}

function mediaAndRobot({ players, robot }: ServiceNeeds): { [domain: string]: { [service: string]: Spec } } {
  const play =
    (what: (data: Attributes) => PlayerOrder): Act =>
    (key, data, context) =>
      players.order(key.split(":")[0] as PlayerKey, what(data), context);
  return {
    media_player: {
      turn_on: spec(
        "Turn on",
        play(() => ({ power: true })),
      ),
      turn_off: spec(
        "Turn off",
        play(() => ({ power: false })),
      ),
      media_play: spec(
        "Play",
        play(() => ({ playing: true })),
      ),
      media_pause: spec(
        "Pause",
        play(() => ({ playing: false })),
      ),
      volume_set: spec(
        "Set volume",
        play((data) => ({ volume: Number(data.volume_level) })),
        { volume_level: "number" },
      ),
      select_source: spec(
        "Select source",
        play((data) => ({ source: String(data.source) })),
        { source: "text" },
      ),
    },
    vacuum: {
      start: spec("Start", (_, __, context) => robot.start(context)),
      return_to_base: spec("Return to dock", (_, __, context) => robot.home(context)),
    },
  };
}

function helpers({ world, engine, scripts }: ServiceNeeds): { [domain: string]: { [service: string]: Spec } } {
  const enable =
    (on: (id: string) => boolean): Act =>
    (key, _, context) => {
      const id = key.slice("automation:".length);
      engine.setEnabled(id, on(id), context);
    };
  return {
    automation: {
      turn_on: spec(
        "Turn on",
        enable(() => true),
      ),
      turn_off: spec(
        "Turn off",
        enable(() => false),
        { stop_actions: "any" },
      ),
      toggle: spec(
        "Toggle",
        enable((id) => !engine.isEnabled(id)),
      ),
    },
    script: {
      turn_on: spec("Turn on", (key, _, context) => scripts.run(key.slice("script:".length), context), {
        variables: "any",
      }),
    },
    input_select: {
      select_option: spec(
        "Select option",
        (key, data, context) => {
          const options = world.attributes(key).options as readonly string[];
          if (!options.includes(String(data.option)))
            throw new Failure("service_validation_error", `Validation error: Option ${data.option} is not valid`);
          world.write(key, String(data.option), undefined, context);
        },
        { option: "text" },
      ),
    },
  };
}

function general({ world, services, weatherAt, restart }: ServiceNeeds): void {
  const forward = (service: "turn_on" | "turn_off" | "toggle") =>
    services.register("homeassistant", service, {
      needsTarget: true,
      response: "none",
      description: { name: service, description: `Generic ${service}.`, fields: {}, target: { entity: [{}] } },
      run({ entityIds, context, data }) {
        for (const entityId of entityIds) forwardOne(entityId, service, data, context);
        return undefined;
      },
    });
  const forwardOne = (entityId: string, service: string, data: Attributes, context: Context) => {
    const known = services.has(domainOf(entityId), service);
    known?.run({ domain: domainOf(entityId), service, data, entityIds: [entityId], context });
  };
  for (const service of ["turn_on", "turn_off", "toggle"] as const) forward(service);
  services.register(
    "homeassistant",
    "restart",
    plainService("Restart", "Restarts Home Assistant.", () => restart()),
  );
  services.register("weather", "get_forecasts", {
    needsTarget: true,
    response: "only",
    description: {
      name: "Get forecasts",
      description: "Retrieves the forecast from selected weather services.",
      fields: { type: { required: true, selector: { select: { options: ["daily", "hourly", "twice_daily"] } } } },
      target: { entity: [{ domain: ["weather"] }] },
      response: { optional: false },
    },
    run: ({ entityIds, data }) =>
      Object.fromEntries(
        entityIds.map((id) => [id, { forecast: forecast(String(data.type), world.now(), weatherAt) }]),
      ),
  });
}
