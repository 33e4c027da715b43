import { rowKey } from "../hass/fill/fill.ts";
import { readHoles } from "../hass/fill/holes.ts";
import { IMPORT } from "../hass/import/import.ts";
import { importPart } from "../hass/import/told.ts";
import { createHeld } from "../history/held.ts";
import { createPresent } from "../history/present.ts";
import { createIngest } from "../ingest/ingest.ts";
import { createStoredFeed } from "../live/stored.ts";
import { createLiveBus } from "../live/topics.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import type { Data } from "./data.ts";
import type { Ground } from "./ground.ts";

export type Recording = ReturnType<typeof openRecording>;

/** The way of a change: normalised, appended, then told. */
export function openRecording({ clock, log, status, onClose }: Ground, { database, store }: Data) {
  const held = createHeld({ store, keyOf: rowKey });
  const live = createLiveBus((error) => log.error("a live listener failed", { error }));
  status.onChange((part) => live.publish("status", [part]));
  const jobs = createJobs({
    clock,
    log: log.for("jobs"),
    book: { get: () => database.settings.get("jobs"), set: (kept) => database.settings.set("jobs", kept) },
    onChange: (job) => {
      live.publish("job", [job]);
      if (job.kind === IMPORT) status.set("import", importPart(job));
    },
  });
  const feed = createStoredFeed({ bus: live, series: store.series, clock });
  const ingest = createIngest({
    append: store.append,
    series: store.series().values(),
    latest: store.latest,
    isHeld: (series, time, state) =>
      held.rows(series, { from: time, to: time + 1 }).then((rows) => rows.has(rowKey(time, state))),
    heldIn: held.heldIn,
    readingsAt: held.readingsAt,
    correct: store.correct,
    publish: feed.publish,
    around: held.around,
    keepExclusions: {
      get: () => database.settings.get("exclusions"),
      set: (kept) => database.settings.set("exclusions", kept),
    },
    keepThinning: {
      get: () => database.settings.get("thinning"),
      set: (kept) => database.settings.set("thinning", kept),
    },
    clock,
    log: log.for("ingest"),
    status,
  });
  onClose(ingest.close);
  const present = createPresent(store, ingest.excluded, ingest.thinned);
  return {
    held,
    live,
    jobs,
    feed,
    ingest,
    present,
    /** Holes of which something is still to be had from Home Assistant. */
    holes: {
      get: () => readHoles(database.settings.get("open_holes")),
      set: (holes: ReturnType<typeof readHoles>) => database.settings.set("open_holes", holes),
    },
  };
}
