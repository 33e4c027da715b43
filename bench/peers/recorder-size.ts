import { statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { microsFromSeconds } from "../../src/domain/time/time.ts";
import { startCore } from "../../tests/support/core/core.ts";
import { startHub } from "../../tests/support/hub/hub.ts";
import { sameValues } from "../measure/same-values.ts";
import { openStored, sizesOf } from "../measure/stored.ts";
import { fillBoth } from "../workload/both.ts";
import { connected } from "../workload/tally.ts";

const ENTITIES = 500;
const PREFIX = "size";
/**
 * Changes a second, ten times what a large home makes. At Core's full speed a segment of the log is over in some
 * seconds, and of changes within ten seconds of its ends the context is kept: what is measured would be that.
 */
export const RATE = 500;

export type CoreSide = {
  /** Bytes a change: Core's database, our sealed files, our log. */
  readonly recorder: number;
  readonly sealed: number;
  readonly log: number;
  /** Rows of the recorder; those of which the hub has no reading with that state and time. */
  readonly rows: number;
  readonly missing: number;
  /** Rows with other values in their attributes; with the same values in another spelling. */
  readonly different: number;
  readonly respelt: number;
  readonly note: string;
};

/** A real Core and the hub beside it record the same changes; both are stopped, and what each has on the disk is counted. */
export async function coreSide(needs: {
  readonly folder: string;
  readonly hubEntry: string;
  readonly changes: number;
  readonly say: (progress: string) => void;
}): Promise<CoreSide> {
  const { folder, hubEntry, changes, say } = needs;
  const core = await startCore({ name: "bench-p1" });
  try {
    const hub = await startHub({ haUrl: core.url, haToken: core.token, dataDir: folder, entry: hubEntry });
    try {
      await connected(hub);
      const made = await fillBoth(core, hub, { changes, entities: ENTITIES, prefix: PREFIX, rate: RATE });
      say(`core: ${made} changes made and recorded by both`);
    } finally {
      await hub.stop();
    }
    await core.shutDown();
    return await compare(join(core.runDir, "config/home-assistant_v2.db"), join(folder, "home/store"));
  } finally {
    await core.stop();
  }
}

type Recorded = {
  readonly entity: string;
  readonly state: string;
  readonly at: number;
  readonly attributes: string | null;
};

async function compare(database: string, folder: string): Promise<CoreSide> {
  const db = new Database(database);
  const store = await openStored(folder);
  try {
    db.pragma("wal_checkpoint(TRUNCATE)");
    const { all } = db.prepare('SELECT count(*) AS "all" FROM states').get() as { all: number };
    await store.seal();
    const { readings, sealed, log } = await sizesOf(store);
    const held = new Map<string, string>();
    const view = store.view();
    const reader = store.reader(view);
    for (const { id, identities } of store.series().values()) {
      const entity = identities.at(-1)?.entityId ?? "";
      if (!entity.startsWith(`sensor.${PREFIX}_`)) continue;
      const window = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
      const query = {
        series: id,
        window,
        order: "oldest_first",
        limit: Number.MAX_SAFE_INTEGER,
        attributes: true,
      } as const;
      for await (const page of reader.readings(query))
        for (const { time, state, attributes } of page)
          held.set(`${entity} ${time} ${state}`, JSON.stringify(attributes));
    }
    await reader.close();
    store.release(view);
    const rows = db
      .prepare(
        `SELECT m.entity_id AS entity, s.state AS state, s.last_updated_ts AS at, a.shared_attrs AS attributes
           FROM states s JOIN states_meta m USING (metadata_id) LEFT JOIN state_attributes a USING (attributes_id)
          WHERE m.entity_id LIKE 'sensor.${PREFIX}\\_%' ESCAPE '\\'`,
      )
      .iterate() as IterableIterator<Recorded>;
    let compared = 0;
    let missing = 0;
    let different = 0;
    let respelt = 0;
    for (const { entity, state, at, attributes } of rows) {
      compared++;
      const found = held.get(`${entity} ${microsFromSeconds(at)} ${state}`);
      const theirs = attributes ?? "{}";
      if (found === undefined) missing++;
      else if (!sameValues(found, theirs)) different++;
      else if (found !== theirs) respelt++;
    }
    return {
      recorder: statSync(database).size / all,
      sealed: sealed / readings,
      log: log / readings,
      rows: compared,
      missing,
      different,
      respelt,
      note: `core: ${all.toLocaleString("en-US")} rows in the recorder's database after a checkpoint, ${readings.toLocaleString("en-US")} readings in the hub's sealed files, each divided by its own number. States of random numbers, and attributes that differ in every change (a running number, now and then a level, a text, a nested object): more than homes do.`,
    };
  } finally {
    await store.close();
    db.close();
  }
}
