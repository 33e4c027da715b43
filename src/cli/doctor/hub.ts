import { describeError, Failure } from "../../domain/failure.ts";
import type { Info, Part } from "../commands/status.ts";
import type { Context } from "../context.ts";
import type { Finding } from "./finding.ts";

type Connection = {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly last_failure?: { readonly time: string; readonly why: string; readonly fix?: string };
};
type Setup = { readonly integration?: Part };

/** What the hub says of itself; empty answers are told as what could not be looked at. */
export async function checkHub({ hub, version }: Context): Promise<{ findings: Finding[]; reached: boolean }> {
  const first = await looked(
    "hub",
    () => hub.get<Info>("info"),
    (info) => [
      { check: "hub", state: "ok", what: `Version ${info.version} answers at ${hub.where}` },
      sameVersion(info.version, version),
    ],
  );
  if (first[0]?.state === "problem") return { findings: first, reached: false };
  const rest = [
    ...(await looked(
      "parts",
      () => hub.get<{ parts: readonly Part[] }>("status"),
      ({ parts }) => partFindings(parts),
    )),
    ...(await looked(
      "Home Assistant",
      () => hub.get<{ connections: readonly Connection[] }>("connections"),
      connectionFindings,
    )),
    ...(await looked(
      "integration",
      () => hub.get<Setup>("setup"),
      ({ integration }) => [integrationFinding(integration)],
    )),
  ];
  return { findings: [...first, ...rest], reached: true };
}

async function looked<T>(check: string, ask: () => Promise<T>, tell: (answer: T) => Finding[]): Promise<Finding[]> {
  try {
    return tell(await ask());
  } catch (error) {
    const fix = error instanceof Failure ? error.fix : undefined;
    const denied = error instanceof Failure && error.code === "forbidden";
    const what = describeError(error);
    return [{ check, state: denied ? "skipped" : "problem", what, ...(fix === undefined ? {} : { fix }) }];
  }
}

const sameVersion = (theirs: string, ours: string): Finding =>
  theirs === ours
    ? { check: "versions", state: "ok", what: `The hub and this command are both ${ours}` }
    : {
        check: "versions",
        state: "warning",
        what: `The hub is ${theirs}, this command ${ours}`,
        fix: "Use the command that came with the hub.",
      };

function partFindings(parts: readonly Part[]): Finding[] {
  const wrong = parts.filter(({ state }) => state === "broken" || state === "degraded");
  if (wrong.length === 0) return [{ check: "parts", state: "ok", what: `All ${parts.length} parts work` }];
  return wrong.map(({ part, state, why = state, fix }) => ({
    check: part,
    state: state === "broken" ? "problem" : "warning",
    what: why,
    ...(fix === undefined ? {} : { fix }),
  }));
}

function connectionFindings({ connections }: { connections: readonly Connection[] }): Finding[] {
  const check = "Home Assistant";
  const active = connections.find((one) => one.active);
  if (active) return [{ check, state: "ok", what: `Connected by ${active.name} (${active.url})` }];
  if (connections.length === 0)
    return [
      {
        check,
        state: "problem",
        what: "The hub knows no way to it",
        fix: "Set HA_URL and HA_TOKEN, and restart the hub.",
      },
    ];
  return connections.map(({ name, paused, last_failure: failure }) =>
    paused
      ? { check, state: "warning", what: `${name} is paused`, fix: "Resume it in the panel, under Connections." }
      : {
          check,
          state: "problem",
          what: `${name}: ${failure?.why ?? "not connected"}`,
          fix: failure?.fix ?? "See Connections in the panel.",
        },
  );
}

function integrationFinding(integration: Part | undefined): Finding {
  const check = "integration";
  if (!integration)
    return { check, state: "skipped", what: "This hub does not look after it (only the app of Home Assistant does)" };
  const { state, why = "It is in Home Assistant", fix } = integration;
  const found = state === "ok" ? "ok" : state === "broken" ? "problem" : "warning";
  return { check, state: found, what: why, ...(fix === undefined ? {} : { fix }) };
}
