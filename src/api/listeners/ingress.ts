import type { Log } from "../../platform/told/log.ts";
import type { IngressCallers } from "../auth/ingress-callers.ts";
import { addressOf } from "../env.ts";
import { refuse } from "../errors.ts";
import { healthRoutes } from "../routes/health/health.ts";
import { createBareApp } from "./bare-app.ts";
import type { App } from "./server.ts";

/**
 * The app as Home Assistant's ingress shows it: to the Supervisor alone, in the name of the user that it names. Whoever
 * else reaches the port learns that the process is alive, for a watchdog, and nothing more.
 */
export function createIngressApp(needs: {
  app: App;
  callers: IngressCallers;
  supervisorAddress: string;
  log: Log;
}): App {
  const { app, callers, supervisorAddress } = needs;
  const strangers = createBareApp(needs).route("/", healthRoutes({ readiness: refuseStranger }));
  strangers.all("*", refuseStranger);
  return {
    fetch: async (request, bindings) => {
      // A listener on both families shows IPv4 addresses as IPv6 ones.
      const address = addressOf(bindings).replace(/^::ffff:/i, "");
      if (address !== supervisorAddress) return strangers.fetch(request, bindings);
      const asksApi = new URL(request.url).pathname.startsWith("/api/");
      const caller = asksApi ? await callers.of(request.headers) : undefined;
      return app.fetch(request, { ...bindings, ingress: { caller } });
    },
  };
}

function refuseStranger(): never {
  throw refuse("ingress_only", "This port answers Home Assistant's Supervisor alone", {
    fix: "Open the panel in Home Assistant's sidebar, or use the token port (8098).",
  });
}
