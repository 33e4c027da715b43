import type { Attributes } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";

type Stamped = { name: string; created_at: number; modified_at: number };

/** Areas, floors and labels: things with a name, whose id is made from the name they were born with. */
export type NamedRegistry<T extends Stamped> = {
  list(): T[];
  get(id: string): T | undefined;
  create(fields: Partial<T> & { name: string }): T;
  update(id: string, fields: Partial<T>): T;
  remove(id: string): void;
};

export function createNamedRegistry<T extends Stamped>(needs: {
  /** `Area`, as Home Assistant's messages name it. */
  noun: string;
  /** `area_id` */
  idKey: keyof T & string;
  blank: Omit<T, keyof Stamped>;
  seconds: () => number;
  fire: (data: Attributes) => void;
  /** Areas announce an update that changes nothing too. */
  tellsAlways?: boolean;
}): NamedRegistry<T> {
  const { noun, idKey, blank, seconds, fire, tellsAlways = false } = needs;
  const items = new Map<string, T>();
  const refuse = (id: string) =>
    new Failure("invalid_info", `${noun} ID doesn't exist`, { fix: `List the ids: ${id}` });
  const nameIsFree = (name: string, self?: T) => {
    for (const item of items.values())
      if (item !== self && slugify(item.name) === slugify(name))
        throw new Failure("invalid_info", `The name ${name} (${slugify(name)}) is already in use`);
  };
  return {
    list: () => [...items.values()],
    get: (id) => items.get(id),
    create(fields) {
      nameIsFree(fields.name);
      const base = slugify(fields.name);
      let id = (fields[idKey] as string | undefined) ?? base;
      for (let i = 2; items.has(id); i++) id = `${base}_${i}`;
      const item = { ...blank, created_at: seconds(), modified_at: seconds(), ...fields, [idKey]: id } as unknown as T;
      items.set(id, item);
      fire({ action: "create", [idKey]: id });
      return item;
    },
    update(id, fields) {
      const item = items.get(id);
      if (!item) throw refuse(id);
      if (fields.name !== undefined) nameIsFree(fields.name, item);
      const differs = Object.entries(fields).some(([key, value]) => {
        return JSON.stringify(item[key as keyof T]) !== JSON.stringify(value);
      });
      if (!differs && !tellsAlways) return item;
      if (differs) Object.assign(item, fields, { modified_at: seconds() });
      fire({ action: "update", [idKey]: id });
      return item;
    },
    remove(id) {
      if (!items.delete(id)) throw refuse(id);
      fire({ action: "remove", [idKey]: id });
    },
  };
}

/** Home Assistant's `slugify`, near enough: small letters and digits, `_` for all else. */
export const slugify = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "") || "unknown";
