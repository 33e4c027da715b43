import { type Cell, createCell } from "./data/cell.ts";

/** Pages whose address is their name. */
const PLACES = [
  "overview",
  "live",
  "entities",
  "history",
  "energy",
  "sports",
  "sources",
  "storage",
  "services",
  "connections",
  "access",
  "setup",
] as const;
type Place = (typeof PLACES)[number];

/** Where one is. Everything after `#`, so that the panel works under any prefix and no server needs to know. */
export type Route = {
  readonly page: Place | "entity" | "unknown";
  /** The entity of an entity page, else empty. */
  readonly entity: string;
  readonly query: { readonly [name: string]: string };
};

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const [first = "", second = "", ...rest] = path.split("/").filter((part) => part !== "");
  const at = (page: Route["page"], entity = ""): Route => ({ page, entity, query });
  if (first === "") return at("overview");
  if (first === "entities" && second !== "" && rest.length === 0) return at("entity", decode(second));
  const place = PLACES.find((known) => known === first);
  return at(place && second === "" ? place : "unknown");
}

/** The address of a page; parameters without a value are left out. */
export function hashOf(path: string, query: { readonly [name: string]: string } = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== "");
  return `#/${path}${set.length > 0 ? `?${new URLSearchParams(set)}` : ""}`;
}

export const entityHash = (entity: string, query?: { readonly [name: string]: string }): string =>
  hashOf(`entities/${encodeURIComponent(entity)}`, query);

export type Router = {
  readonly route: Cell<Route>;
  go(hash: string): void;
  /** Same page, other filters: no new step in the browser's history. */
  replace(hash: string): void;
};

export function createRouter(window: Window): Router {
  const route = createCell(parseRoute(window.location.hash));
  window.addEventListener("hashchange", () => route.set(parseRoute(window.location.hash)));
  return {
    route,
    go: (hash) => {
      window.location.hash = hash;
    },
    replace: (hash) => {
      const { pathname, search } = window.location;
      window.history.replaceState(null, "", `${pathname}${search}${hash}`);
      route.set(parseRoute(hash));
    },
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
