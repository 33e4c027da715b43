import { after, test } from "node:test";
import { type Fault, openForm, type Row, Skipped } from "./fault.ts";

/** Makes a test of each fault, so that the quick ones can fail wherever tests run. With REQUIRE_SUITES=1 none is skipped. */
export function testFaults(faults: readonly Fault[], unavailable: string | false = false): void {
  const form = openForm({ long: false, quick: true });
  after(() => form.close());
  for (const fault of faults.filter(({ runs }) => runs === "always"))
    test(`${fault.id}, ${fault.name} (${fault.home}): ${fault.how}`, { skip: unavailable }, async (t) => {
      const row: Row = { notes: [] };
      try {
        await fault.run(row, form);
      } catch (error) {
        if (!(error instanceof Skipped) || process.env.REQUIRE_SUITES === "1") throw error;
        t.skip(error.message);
      }
      const { emitted = 0, lost = 0, duplicated = 0, gaps = 0, notes } = row;
      t.diagnostic(`${lost} lost of ${emitted}, ${duplicated} duplicated, ${gaps} gaps; ${notes.join("; ")}`);
    });
}
