import type { Log } from "../../platform/told/log.ts";
import { refuse } from "../errors.ts";
import { healthRoutes } from "../routes/health/health.ts";
import { servePanel } from "../static.ts";
import { createBareApp } from "./bare-app.ts";
import type { App } from "./server.ts";

/** Answers from the first moment: whoever watches over the hub must not take a long migration for a dead process. */
export type Door = App & {
  /** From now on the app answers. */
  open(app: App): void;
};

const WHY = "The hub is starting: it opens what it has recorded";

export function createDoor(needs: { log: Log; panel: string | undefined }): Door {
  const waiting = createBareApp(needs).route("/", healthRoutes({ readiness: () => ({ ready: false, why: WHY }) }));
  if (needs.panel !== undefined) waiting.use(servePanel({ folder: needs.panel, log: needs.log }));
  waiting.all("*", () => {
    throw refuse("not_ready", WHY, { fix: "Try again in a few seconds.", headers: { "retry-after": "2" } });
  });

  let current: App = waiting;
  return {
    fetch: (request, bindings) => current.fetch(request, bindings),
    open: (app) => {
      current = app;
    },
  };
}
