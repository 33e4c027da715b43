import { Hono } from "hono";
import { microsToRfc3339 } from "../../../domain/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { Facts } from "../../ports/ports.ts";
import { json, type Time } from "../../shapes/answers.ts";
import { API_VERSIONS, INTEGRATION_MIN } from "../../shapes/published.ts";

export type Info = {
  readonly name: "ha-ingestor";
  readonly version: string;
  readonly server_id: string;
  readonly api: { readonly min: number; readonly max: number };
  /** The oldest version of the integration that can work with this hub. */
  readonly integration_min: string;
  /** A field not known yet is null. */
  readonly home: {
    readonly name: string | null;
    readonly simulated: boolean;
    readonly home_assistant_version: string | null;
    readonly time_zone: string | null;
    readonly currency: string | null;
    readonly unit_system: { readonly [quantity: string]: string } | null;
    readonly latitude: number | null;
    readonly longitude: number | null;
  };
  readonly started: Time;
  readonly store_engine: string;
};

export const infoRoutes = ({ auth, facts }: { auth: Auth; facts: Facts }) =>
  new Hono<ApiEnv>().get("/info", auth.needs("read"), (c) => {
    readQuery(c, NO_PARAMETERS);
    const home = facts.home();
    return json<Info>(c, {
      name: "ha-ingestor",
      version: facts.version,
      server_id: facts.serverId,
      api: API_VERSIONS,
      integration_min: INTEGRATION_MIN,
      home: {
        name: home?.name ?? null,
        simulated: home?.simulated ?? facts.simulated,
        home_assistant_version: home?.version ?? null,
        time_zone: home?.timeZone ?? null,
        currency: home?.currency ?? null,
        unit_system: home?.unitSystem ?? null,
        latitude: home?.latitude ?? null,
        longitude: home?.longitude ?? null,
      },
      started: microsToRfc3339(facts.started),
      store_engine: facts.storeEngine,
    });
  });
