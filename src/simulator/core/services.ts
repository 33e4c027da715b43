import type { Attributes, Context } from "../../domain/data/reading.ts";
import { domainOf } from "../../domain/data/series.ts";
import { Failure } from "../../domain/failure.ts";
import type { Core } from "./core.ts";

export type ServiceCall = {
  readonly domain: string;
  readonly service: string;
  /** Service data without the targets. */
  readonly data: Attributes;
  readonly entityIds: readonly string[];
  readonly context: Context;
};

export type Service = {
  /** As `get_services` describes it. */
  readonly description: Attributes;
  readonly needsTarget: boolean;
  readonly response: "none" | "optional" | "only";
  run(call: ServiceCall): Attributes | undefined;
};

/** Home Assistant's service registry: what can be called, and calling it. */
export type Services = {
  register(domain: string, name: string, service: Service): void;
  has(domain: string, name: string): Service | undefined;
  describe(): { [domain: string]: { [name: string]: Attributes } };
  call(asked: {
    domain: string;
    service: string;
    data: Attributes;
    target?: Attributes | undefined;
    context: Context;
    returnResponse?: boolean;
  }): Attributes | undefined;
};

const TARGETS = ["entity_id", "device_id", "area_id", "floor_id", "label_id"] as const;

export function createServices({ core }: { core: Core }): Services {
  const services = new Map<string, Map<string, Service>>();
  return {
    register(domain, name, service) {
      const ofDomain = services.get(domain) ?? new Map();
      services.set(domain, ofDomain.set(name, service));
    },
    has: (domain, name) => services.get(domain)?.get(name),
    describe: () =>
      Object.fromEntries(
        [...services].map(([domain, list]) => [
          domain,
          Object.fromEntries([...list].map(([name, { description }]) => [name, description])),
        ]),
      ),
    call({ domain, service: name, data, target = {}, context, returnResponse = false }) {
      const service = services.get(domain)?.get(name);
      if (!service) {
        const cause = {
          translation_key: "service_not_found",
          translation_placeholders: { domain, service: name },
          translation_domain: "homeassistant",
        };
        throw new Failure("not_found", `Service ${domain}.${name} not found.`, { cause });
      }
      if (returnResponse && service.response === "none") throw noResponse();
      const all = { ...data, ...target };
      const targets = Object.fromEntries(TARGETS.filter((key) => key in all).map((key) => [key, all[key]]));
      if (service.needsTarget && Object.keys(targets).length === 0)
        throw new Failure("invalid_format", `at least one of [${TARGETS.map((t) => `'${t}'`).join(", ")}] is required`);
      const rest = Object.fromEntries(Object.entries(all).filter(([key]) => !TARGETS.includes(key as "entity_id")));
      core.bus.fire("call_service", { domain, service: name, service_data: { ...rest, ...listed(targets) } }, context);
      return service.run({ domain, service: name, data: rest, entityIds: resolve(core, domain, targets), context });
    },
  };
}

const noResponse = () =>
  new Failure(
    "service_validation_error",
    "Validation error: An action which does not return responses can't be called with return_response=True",
    {
      cause: {
        translation_key: "service_does_not_support_response",
        translation_placeholders: { return_response: "return_response=True" },
        translation_domain: "homeassistant",
      },
    },
  );

const many = (value: unknown): string[] =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? value
      : String(value)
          .split(",")
          .map((s) => s.trim());

const listed = (targets: Attributes): Attributes =>
  Object.fromEntries(Object.entries(targets).map(([key, value]) => [key, many(value)]));

/** The entities that a target means: named ones, and those of its devices, areas, floors and labels. */
function resolve(core: Core, domain: string, targets: Attributes): string[] {
  const { registries, states } = core;
  const named = many(targets.entity_id);
  if (named.includes("all")) {
    const ids: string[] = [];
    for (const state of states.all()) if (domainOf(state.entityId) === domain) ids.push(state.entityId);
    return ids;
  }
  const floors = many(targets.floor_id);
  const labels = many(targets.label_id);
  const areas = new Set([
    ...many(targets.area_id),
    ...registries.areas
      .list()
      .filter((area) => floors.includes(area.floor_id ?? "") || area.labels.some((label) => labels.includes(label)))
      .map((area) => area.area_id),
  ]);
  const devices = new Set(many(targets.device_id));
  const found = registries.entities.list().filter((entry) => {
    const device = entry.device_id === null ? undefined : registries.devices.get(entry.device_id);
    return (
      devices.has(entry.device_id ?? "") ||
      areas.has(entry.area_id ?? device?.area_id ?? "") ||
      [...entry.labels, ...(device?.labels ?? [])].some((label) => labels.includes(label))
    );
  });
  const wanted = found
    .map((entry) => entry.entity_id)
    .filter((id) => domain === "homeassistant" || domainOf(id) === domain);
  return [...new Set([...named, ...wanted])].filter((id) => states.get(id) !== undefined);
}
