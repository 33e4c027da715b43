import type { Config, Problem } from "../config/config.ts";
import type { Http } from "../platform/http/http.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Hub } from "./hub/client.ts";
import type { Target } from "./hub/target.ts";
import type { Offline } from "./offline.ts";
import type { Output } from "./output/output.ts";

/** What a command works with. */
export type Context = {
  readonly version: string;
  readonly clock: Clock;
  readonly http: Http;
  readonly target: Target;
  readonly hub: Hub;
  readonly out: Output;
  readonly config: Config;
  readonly configProblems: readonly Problem[];
  /** Work on the files themselves, where no hub runs. */
  readonly offline: Offline;
  /** Aborts when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
};
