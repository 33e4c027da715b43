import { REGISTRY_KINDS } from "../../domain/home/home.ts";
import type { StatusBoard } from "../../platform/told/status-board.ts";
import type { CaughtUp } from "../fill/catch-up.ts";
import type { OpenHole } from "../fill/holes.ts";
import type { Registries } from "../registry/registries.ts";

const RESUME = "Resume the link to Home Assistant.";

/** How the parts do that live by the link: the registries, and the filling of what was missed. */
export function createFollowers(needs: { status: StatusBoard; holes: () => readonly OpenHole[] }) {
  const { status, holes } = needs;
  let read: Registries | undefined;
  let last: CaughtUp | undefined;
  const figures = () => ({
    open_holes: holes().length,
    ...(last ? { last_filled_rows: last.filled, last_gaps: last.gaps } : {}),
  });
  const registries = () => {
    if (!read) return status.set("registries", { state: "starting", why: "Not read from Home Assistant yet." });
    const counts = REGISTRY_KINDS.map((kind) => [`${kind}_entries`, read?.records(kind).length ?? 0]);
    const entities = read.entities().entities.length;
    status.set("registries", { state: "ok", figures: { entity_entries: entities, ...Object.fromEntries(counts) } });
  };
  const filling = (is: boolean) => {
    if (is) return status.set("gap_filling", { state: "ok", why: "Filling what was missed.", figures: figures() });
    if (holes().length === 0) return status.set("gap_filling", { state: "ok", figures: figures() });
    const why = "What was missed is filled as soon as Home Assistant is connected.";
    status.set("gap_filling", { state: "starting", why, figures: figures() });
  };
  return {
    registries: (now: Registries) => {
      read = now;
      registries();
    },
    filling,
    filled: (done: CaughtUp | undefined) => {
      last = done ?? last;
      filling(false);
    },
    /** The link is paused and nothing comes in any more, or this is over. */
    rest: (rests: boolean) => {
      if (!rests) {
        registries();
        return filling(false);
      }
      const followed = read ? "Names, devices and areas are as of the pause" : "Not read yet";
      status.set("registries", { state: "off", why: `${followed}: the link is paused.`, fix: RESUME });
      const why = "Nothing is filled while the link is paused; the hole is kept and filled after it.";
      status.set("gap_filling", { state: "off", why, fix: RESUME, figures: figures() });
    },
  };
}
