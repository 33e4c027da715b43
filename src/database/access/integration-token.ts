import * as v from "valibot";
import type { Settings } from "../home/settings.ts";
import type { Token, Tokens } from "./tokens.ts";

const KEY = "integration_token";
const kept = v.object({ id: v.string(), secret: v.string() });

/**
 * The token that the integration gets by discovery. Unlike any other its secret is kept, since the Supervisor must be
 * told the same at every start: a new one at each start would lock Home Assistant out until it has heard of it.
 * Removing the token is the way to ask for a new one.
 */
export type IntegrationToken = {
  /** The secret; made where there is none or its token was removed. */
  secret(): string;
  /** The token as it is listed; undefined: there is none yet. */
  token(): Token | undefined;
};

export function openIntegrationToken(needs: { tokens: Tokens; settings: Settings }): IntegrationToken {
  const { tokens, settings } = needs;
  const held = () => {
    const read = v.safeParse(kept, settings.get(KEY));
    return read.success ? read.output : undefined;
  };
  const token: IntegrationToken["token"] = () => {
    const id = held()?.id;
    return tokens.list().find((one) => one.id === id);
  };
  return {
    token,
    secret: () => {
      const known = held();
      if (known && token()) return known.secret;
      const made = tokens.create("Home Assistant integration", "write");
      settings.set(KEY, { id: made.token.id, secret: made.secret });
      return made.secret;
    },
  };
}
