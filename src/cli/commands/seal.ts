import type { Command } from "../arguments/command.ts";
import { EXIT } from "../exit-codes.ts";
import { bytesText } from "../output/table.ts";

type Sealed = { readonly readings: number; readonly bytes: number; readonly files: number };

/** A store of years may have a lot to do. */
const WITHIN_MS = 60 * 60_000;

export const seal: Command = {
  name: "seal",
  summary: "Packs what was recorded lately into its small, lasting form now instead of by and by",
  options: {},
  examples: [["ha-ingestor seal", "Before the data folder is copied to another machine, or to see its size"]],
  run: async ({ hub, out }) => {
    const sealed = await hub.post<Sealed>("store/seal", undefined, WITHIN_MS);
    await out.answer(
      sealed,
      () =>
        `Sealed: ${sealed.readings.toLocaleString("en-US")} readings in ${bytesText(sealed.bytes)}, ${sealed.files.toLocaleString("en-US")} files\n`,
    );
    return EXIT.ok;
  },
};
