import { Hono } from "hono";
import * as v from "valibot";
import { currentIdentity, type Identity } from "../../../domain/data/series.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Registries, SeriesBook, States } from "../../ports/ports.ts";
import { presentEntities } from "../../ports/present.ts";
import { json } from "../../shapes/answers.ts";
import {
  type Area,
  areaSchema,
  type Device,
  deviceSchema,
  type Integration,
  integrationSchema,
  readArea,
  readConfigEntry,
  readDevice,
  readIntegrationName,
} from "../../shapes/registry.ts";

const listing = (name: string, schema: v.GenericSchema): RouteDescription => ({
  id: `list_${name}`,
  tag: "Home",
  summary: `The ${name} that Home Assistant has, each with the entities that belong to it`,
  query: NO_PARAMETERS,
  answer: { json: v.object({ [name]: v.array(schema) }) },
});
const single = (name: string, schema: v.GenericSchema): RouteDescription => ({
  id: `get_${name}`,
  tag: "Home",
  summary: `One ${name}, with the entities that belong to it`,
  path: { id: `The ${name}_id.` },
  query: NO_PARAMETERS,
  answer: { json: schema },
  problems: ["not_found"],
});

/** Devices, areas and integrations: Home Assistant's entries, each with the entities that belong to it. */
export const registriesRoutes = (needs: { auth: Auth; states: States; series: SeriesBook; registries: Registries }) => {
  const { auth, states, series, registries } = needs;

  /** Present entities by what `key` says of them. */
  const group = (key: (identity: Identity) => string | null) => {
    const groups = new Map<string, { entities: string[]; unavailable: number }>();
    for (const { series: of, reading } of presentEntities(states, series)) {
      const identity = currentIdentity(of);
      const name = key(identity);
      if (name === null) continue;
      const found = groups.get(name) ?? { entities: [], unavailable: 0 };
      found.entities.push(identity.entityId);
      if (reading.state === "unavailable") found.unavailable++;
      groups.set(name, found);
    }
    return {
      names: () => groups.keys(),
      of: (name: string) => {
        const { entities = [], unavailable = 0 } = groups.get(name) ?? {};
        return { entities: [...entities].sort(), counts: { entities: entities.length, unavailable } };
      },
    };
  };
  const integrationOf = (entry: string) => readIntegrationName(registries.current("config_entry").get(entry));

  const devices = (): Device[] => {
    const grouped = group((identity) => identity.deviceId);
    return [...registries.current("device")].map(([id, content]) => ({
      ...readDevice(id, content, integrationOf),
      ...grouped.of(id),
    }));
  };
  const areas = (): Area[] => {
    const grouped = group((identity) => identity.areaId);
    return [...registries.current("area")].map(([id, content]) => ({ ...readArea(id, content), ...grouped.of(id) }));
  };
  const integrations = (): Integration[] => {
    const grouped = group((identity) => identity.integration);
    const entries = new Map<string, Integration["entries"][number][]>();
    for (const name of grouped.names()) entries.set(name, []);
    for (const [id, content] of registries.current("config_entry")) {
      const name = readIntegrationName(content);
      if (name !== null) entries.set(name, [...(entries.get(name) ?? []), readConfigEntry(id, content)]);
    }
    return [...entries].sort().map(([name, own]) => ({ integration: name, entries: own, ...grouped.of(name) }));
  };

  return new Hono<ApiEnv>()
    .get("/devices", auth.needs("read", listing("devices", deviceSchema)), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<{ devices: Device[] }>(c, { devices: devices() });
    })
    .get("/devices/:id", auth.needs("read", single("device", deviceSchema)), (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      const found = devices().find((device) => device.device_id === id);
      if (!found) throw refuse("not_found", `There is no device ${id}`);
      return json<Device>(c, found);
    })
    .get("/areas", auth.needs("read", listing("areas", areaSchema)), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<{ areas: Area[] }>(c, { areas: areas() });
    })
    .get("/areas/:id", auth.needs("read", single("area", areaSchema)), (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      const found = areas().find((area) => area.area_id === id);
      if (!found) throw refuse("not_found", `There is no area ${id}`);
      return json<Area>(c, found);
    })
    .get("/integrations", auth.needs("read", listing("integrations", integrationSchema)), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<{ integrations: Integration[] }>(c, { integrations: integrations() });
    });
};
