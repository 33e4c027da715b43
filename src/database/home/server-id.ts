import { randomBytes } from "node:crypto";
import type { Settings } from "./settings.ts";

const KEY = "server_id";

/** This hub's own id, 32 hex digits: made at its first start and kept with its data, so a restored backup keeps it. */
export function keptServerId(settings: Settings): string {
  const known = settings.get(KEY);
  if (typeof known === "string" && /^[0-9a-f]{32}$/.test(known)) return known;
  const made = randomBytes(16).toString("hex");
  settings.set(KEY, made);
  return made;
}
