import { Hono } from "hono";
import { type Auth, isUpgrade, requireScope } from "../../auth/auth.ts";
import { type ApiEnv, addressOf } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { LiveStreams } from "../../live/streams.ts";

export const liveRoutes = (needs: { auth: Auth; streams: LiveStreams }) => {
  const { auth, streams } = needs;
  return new Hono<ApiEnv>().get("/live", (c) => {
    readQuery(c, NO_PARAMETERS);
    // A stranger's upgrade is let through: without a header, the token comes as the first message (docs/wire.md).
    const caller = auth.identify(c);
    if (caller) requireScope(caller, "read");
    const upgrade = c.env?.upgrade;
    if (!isUpgrade(c) || !upgrade) {
      if (!caller) throw refuse("unauthorized", "This needs a token or a session");
      throw refuse("invalid_request", "The live stream is a WebSocket; this request asks for no upgrade");
    }
    const refusal = streams.refusal();
    if (refusal) throw refusal;
    const address = addressOf(c.env);
    upgrade((socket) => streams.serve(socket, { caller, address }));
    return c.body(null, 200);
  });
};
