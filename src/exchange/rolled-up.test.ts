import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv } from "../../tests/support/data/csv.ts";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { microsFromRfc3339 } from "../domain/time/time.ts";
import { silentLog } from "../platform/told/log.ts";
import { startWorker } from "../platform/worker.ts";
import { openIn, using, withFolder } from "../store/conformance/support/folder.ts";
import { blockingMaintainer } from "../store/embedded/maintenance/job.ts";
import { createExchange, type ExportRequest } from "./exchange.ts";

const HOUR = 3_600_000_000;
const START = microsFromRfc3339("2026-11-01T00:00:00Z") as number;
const clock = createTestClock(START + 40 * 24 * HOUR);

test("a file says of what time readings were let go and only roll-ups stand, in both formats", () =>
  withFolder((folder) =>
    using(openIn(folder, { clock, seals: true, maintainer: blockingMaintainer }), async (store) => {
      const exchange = createExchange({
        ...{ store, clock, log: silentLog, unitOfStatistics: () => null },
        startWorker: () => startWorker("exchange/worker"),
      });
      try {
        for (const [series, entityId] of [
          [1, "sensor.short"],
          [2, "sensor.long"],
        ] as const)
          await store.append([
            { kind: "series", series, identity: identity(entityId) },
            ...[...Array(48).keys()].map((hour) => {
              const time = START + hour * HOUR;
              return { kind: "reading" as const, reading: reading(series, String(hour), { time, changed: time }) };
            }),
          ]);
        await store.seal();
        const cutoff = START + 24 * HOUR;
        await store.shed({ readings: { default: null, series: new Map([[1, cutoff]]) }, events: { default: null } });
        const ask = async (more: Partial<ExportRequest> = {}) => {
          const series = [
            { id: 1, entityId: "sensor.short" },
            { id: 2, entityId: "sensor.long" },
          ];
          const kinds = ["readings"] as const;
          return new Response(await exchange.export({ format: "ndjson", kinds, series, ...more })).text();
        };
        const [from, to] = ["2026-11-01T00:00:00.000000Z", "2026-11-02T00:00:00.000000Z"];
        assert.deepEqual((await ask()).trimEnd().split("\n").slice(-2), [
          `{"kind":"rolled_up","entity_id":"sensor.short","series":1,"from":"${from}","to":"${to}"}`,
          '{"kind":"end","readings":72,"events":0,"statistics":0,"gaps":0,"rolled_up":1,"damaged":0,"from":null,"to":null}',
        ]);
        // Rows with attributes are written another way.
        assert.match(await ask({ columns: ["time", "attributes"] }), /"kind":"rolled_up"/);
        assert.deepEqual(parseCsv(await ask({ format: "csv" })).slice(-2), [
          [`#rolled_up entity_id=sensor.short from=${from} to=${to}`, null, null],
          ["#end readings=72 events=0 statistics=0 gaps=0 rolled_up=1 damaged=0 replaced=0", null, null],
        ]);
        assert.doesNotMatch(await ask({ from: cutoff }), /"kind":"rolled_up"/);
        assert.doesNotMatch(await ask({ kinds: ["events"] }), /"kind":"rolled_up"/);
      } finally {
        await exchange.close();
      }
    }),
  ));
