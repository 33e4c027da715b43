import type { Attributes } from "../../domain/data/reading.ts";

/** The entities that an event is about: `entity_id` in its data, in a service call's data and in its target. */
export function entitiesOf(data: Attributes): string[] {
  const service = asRecord(data.service_data);
  return [data, service, asRecord(service.target)].flatMap(({ entity_id: named }) =>
    typeof named === "string"
      ? named.split(",").map((one) => one.trim())
      : Array.isArray(named)
        ? named.filter((one) => typeof one === "string")
        : [],
  );
}

const asRecord = (value: unknown): Attributes =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Attributes) : {};
