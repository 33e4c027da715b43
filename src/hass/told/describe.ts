import type { PartState } from "../../domain/status.ts";
import type { Connection } from "../connections/connection.ts";

export type LinkState = {
  readonly paused: boolean;
  /** In the order of preference. */
  readonly connections: readonly Connection[];
  readonly current: Connection | undefined;
  /** How far the session of `current` is; undefined: not accepted yet. */
  readonly phase: "connecting" | "filling" | "live" | undefined;
  readonly coreRuns: boolean;
  /** Why the last session ended that had been live, and a failure of the hub's own. */
  readonly ended: { readonly why: string; readonly fix?: string } | undefined;
};

export type Told = { readonly state: PartState; readonly why?: string; readonly fix?: string };

/** What the status `home_assistant` says. */
export function describeLink(link: LinkState): Told {
  const usable = link.connections.filter((one) => !one.paused);
  if (link.paused)
    return {
      state: "off",
      why: "Paused: nothing is recorded from Home Assistant.",
      fix: "Resume it. What it missed is then filled from Home Assistant's history, events excepted.",
    };
  if (link.connections.length === 0)
    return {
      state: "off",
      why: "No connection to Home Assistant is configured.",
      fix: "Set HA_URL and HA_TOKEN, or the connections in the options of the app (add-on).",
    };
  if (usable.length === 0)
    return { state: "off", why: "Every connection is paused: nothing is recorded.", fix: "Resume a connection." };
  if (link.current && link.phase) return describeConnected(link, link.current, link.phase);
  return describeUnconnected(usable, link.ended);
}

function describeConnected(link: LinkState, current: Connection, phase: NonNullable<LinkState["phase"]>): Told {
  if (phase === "connecting") return { state: "starting", why: "Connected; reading Home Assistant's registries." };
  const filling = phase === "filling" ? "what was missed is being filled from Home Assistant's history" : "";
  const better = link.connections.slice(0, link.connections.indexOf(current));
  const broken = better.find(({ paused, state }) => !paused && state !== "closed");
  if (broken?.lastFailure)
    return {
      state: "degraded",
      why: `Connected by ${current.config.name}, because ${broken.config.name} does not work: ${broken.lastFailure.why}.${filling && ` Meanwhile ${filling}.`}`,
      fix: broken.lastFailure.fix ?? "The hub goes back by itself once it works again.",
    };
  if (filling) return { state: "ok", why: `Connected; ${filling}.` };
  return link.coreRuns ? { state: "ok" } : { state: "starting", why: "Connected; Home Assistant is still starting." };
}

function describeUnconnected(usable: readonly Connection[], ended: LinkState["ended"]): Told {
  const failing = usable.filter(({ state, lastFailure }) => state !== "closed" && lastFailure);
  if (failing.length < usable.length || failing.length === 0) {
    if (!ended) return { state: "starting", why: "Connecting to Home Assistant." };
    const fix = ended.fix ?? "Nothing to do: what is missed is filled from Home Assistant's history.";
    return { state: "degraded", why: `${ended.why}. Reconnecting.`, fix };
  }
  const refused = failing.every(({ lastFailure }) =>
    ["auth_invalid", "another_home"].includes(lastFailure?.code ?? ""),
  );
  const state = refused ? "broken" : "degraded";
  const fixes = new Set(failing.map(({ lastFailure }) => lastFailure?.fix ?? "The hub goes on trying."));
  const fix = [...fixes].join(" ");
  const [only] = failing;
  if (usable.length === 1) return { state, why: `${only?.lastFailure?.why}.`, fix };
  const each = failing.map(({ config, lastFailure }) => `${config.name}: ${lastFailure?.why}.`);
  return { state, why: `None of ${usable.length} connections works. ${each.join(" ")}`, fix };
}
