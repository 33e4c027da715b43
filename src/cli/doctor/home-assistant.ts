import { describeError } from "../../domain/failure.ts";
import type { Context } from "../context.ts";
import type { Finding } from "./finding.ts";

const WITHIN_MS = 10_000;
const MOST_BYTES = 1_000_000;

/** Asks Home Assistant itself, as the hub would, where no hub runs that could say how it does. */
export async function checkHomeAssistant({ http, config }: Context): Promise<Finding[]> {
  const check = "Home Assistant";
  if (config.connections.length === 0)
    return [
      {
        check,
        state: "skipped",
        what: "HA_URL and HA_TOKEN are not set here, so it was not asked",
        fix: "Set them as the hub has them, to have it asked.",
      },
    ];
  return Promise.all(
    config.connections.map(async ({ name, url, token }): Promise<Finding> => {
      try {
        const { status } = await http({
          url: `${url.replace(/\/$/, "")}/api/`,
          headers: { authorization: `Bearer ${token}` },
          withinMs: WITHIN_MS,
          mostBytes: MOST_BYTES,
        });
        if (status === 200) return { check, state: "ok", what: `${name} answers at ${url} and takes the token` };
        if (status === 401 || status === 403)
          return {
            check: "token",
            state: "problem",
            what: `${name} at ${url} refuses the token`,
            fix: "Make a long-lived access token in Home Assistant (profile, security) and give it as HA_TOKEN.",
          };
        return {
          check,
          state: "problem",
          what: `${url} answers with ${status}`,
          fix: "Check that the address is Home Assistant's.",
        };
      } catch (error) {
        return {
          check,
          state: "problem",
          what: describeError(error),
          fix: "Check the address, and that Home Assistant runs and can be reached from here.",
        };
      }
    }),
  );
}
