import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { failingFiles } from "../conformance/support/faults.ts";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import { readingEntry, seriesEntry } from "../conformance/support/samples.ts";
import { writeFloor } from "./lock.ts";

const run = promisify(execFile);

test("a second hub on the same folder is refused with who has it, in the same process and in another", () =>
  withFolder(async (folder) => {
    await using(openIn(folder), async (store) => {
      const refusal = { code: "store_in_use", message: new RegExp(`process ${process.pid}`) };
      await assert.rejects(openIn(folder), refusal);
      const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
      const { stdout } = await run(process.execPath, [
        "--input-type=module",
        "-e",
        `const { openStore } = await import(${url("../open.ts")});
         const { systemClock: clock } = await import(${url("../../platform/time/clock.ts")});
         const { silentLog: log } = await import(${url("../../platform/told/log.ts")});
         await openStore({ kind: "embedded", folder: ${JSON.stringify(folder)}, clock, log }).catch((error) => console.log(error.code, error.message));`,
      ]);
      assert.match(stdout, /^store_in_use .*process/);
      // The refused ones have not spoilt anything for the holder.
      await store.append([seriesEntry(1), readingEntry()]);
    });
    await using(openIn(folder), async (store) => assert.equal(store.stats().readings, 1));
  }));

test("after a power loss new positions lie far beyond all that may have been given out", () =>
  withFolder(async (folder) => {
    const before = await using(openIn(folder), async (store) => {
      await store.append([seriesEntry(1), readingEntry()]);
      return store.stats().position;
    });
    const note = join(folder, "running.json");
    await assert.rejects(readFile(note), { code: "ENOENT" });
    // What an open store leaves behind when the machine stops.
    await writeFile(note, JSON.stringify({ pid: 1, since: "then", boot: "another boot" }));
    await using(openIn(folder), async (store) => {
      const [position] = await store.append([readingEntry()]);
      assert.ok((position as number) > before + 2 ** 32);
      assert.equal(store.stats().readings, 2);
    });
    await using(openIn(folder), async (store) => {
      const [position] = await store.append([readingEntry()]);
      assert.ok((position as number) < before + 2 ** 33);
    });
  }));

test("after kill -9 on a machine that runs on, positions simply go on", () =>
  withFolder(async (folder) => {
    let note = "";
    const before = await using(openIn(folder), async (store) => {
      note = await readFile(join(folder, "running.json"), "utf8");
      await store.append([seriesEntry(1), readingEntry()]);
      return store.stats().position;
    });
    await writeFile(join(folder, "running.json"), note);
    await using(openIn(folder), async (store) => {
      const [position] = await store.append([readingEntry()]);
      assert.ok((position as number) < before + 1000);
    });
  }));

test("a start that is cut off while it notes who it is forgets nothing of which positions were given out", () =>
  withFolder(async (folder) => {
    const floor = 2 ** 40;
    writeFloor(folder, { since: "then", floor });
    const { files, faults } = failingFiles();
    faults.write = { code: "ENOSPC", taken: 0 };
    await assert.rejects(
      using(openIn(folder, { files }), async () => {}),
      { code: "store_unreadable" },
    );
    await using(openIn(folder), async (store) => {
      const [position] = await store.append([seriesEntry(1)]);
      assert.ok((position as number) > floor);
    });
  }));
