import { Hono } from "hono";
import { type Auth, isUpgrade, requireScope } from "../../auth/auth.ts";
import { type ApiEnv, addressOf } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { LiveStreams } from "../../live/streams.ts";
import { describe, type RouteDescription } from "../../openapi/describe.ts";

const LIVE: RouteDescription = {
  id: "open_live_stream",
  tag: "Live",
  summary: "The live stream, a WebSocket",
  description:
    "docs/wire.md says what is spoken on it. A client without a header sends its token as the first message.",
  query: NO_PARAMETERS,
  answer: { status: 101, description: "The stream begins." },
  problems: ["not_ready"],
};
/** Strangers pass here, so this is not `auth.needs`; the stream itself asks for the scope. */
const described = describe((_, next) => next(), { scope: "read", description: LIVE });

export const liveRoutes = (needs: { auth: Auth; streams: LiveStreams }) => {
  const { auth, streams } = needs;
  return new Hono<ApiEnv>().get("/live", described, (c) => {
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
