import { readConfig } from "../config/config.ts";
import { systemClock as clock } from "../platform/time/clock.ts";
import { createLog } from "../platform/told/log.ts";
import { createMask } from "../platform/told/mask.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";

export type Ground = ReturnType<typeof layGround>;

/**
 * What every part stands on: what the user chose, the clock, the log, the board of statuses, and the order of closing.
 * Options that cannot be used are on the board; nothing fails because of them.
 */
export function layGround(opening: AsyncDisposableStack) {
  const { config, problems, secrets } = readConfig(process.env);
  const mask = createMask();
  for (const secret of secrets) mask.learn(secret);
  const log = createLog({ clock, mask, level: config.logLevel });
  const status = createStatusBoard({ clock });
  for (const { option, why, fix } of problems) {
    status.set(`option ${option}`, { state: "broken", why: `${why}.`, fix });
    log.error(why, { fix });
  }
  return {
    config,
    clock,
    log,
    mask,
    status,
    /** Closed in reverse order. */
    keep: <Part extends { close(): unknown }>(part: Part): Part =>
      opening.adopt(part, async (it) => void (await it.close())),
    onClose: (close: () => unknown) => opening.defer(async () => void (await close())),
  };
}
