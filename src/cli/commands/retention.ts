import type { Command } from "../arguments/command.ts";
import { EXIT } from "../exit-codes.ts";
import { bytesText } from "../output/table.ts";

type Preview = {
  readonly as_of: string;
  readonly steps: readonly {
    readonly what: string;
    readonly before: string;
    readonly reason: string;
    readonly series: number;
    readonly readings: number;
    readonly events: number;
    readonly rollups: number;
    readonly bytes: number;
    readonly lost: string;
    readonly stays: string;
  }[];
  readonly total: {
    readonly readings: number;
    readonly events: number;
    readonly rollups: number;
    readonly bytes: number;
  };
  readonly top: readonly { readonly entity_id: string; readonly readings: number; readonly bytes: number }[];
  readonly refused: { readonly why: string; readonly fix: string } | null;
};

export const retentionPreview: Command = {
  name: "retention preview",
  summary: "What the retention rules would let go, before anything goes",
  options: { announced: { kind: "flag", help: "Also what is announced and not yet due" } },
  examples: [["ha-ingestor retention preview", "What would go now, how much, and what would stay of it"]],
  run: async ({ hub, out }, given) => {
    const preview = await hub.post<Preview>(
      "retention/preview",
      given.flag("announced") ? { include_announced: true } : {},
    );
    await out.answer(preview, () => {
      if (preview.refused) return `Nothing would go: ${preview.refused.why} ${preview.refused.fix}\n`;
      if (preview.steps.length === 0) return "Nothing would go.\n";
      const steps = out.table(
        ["What", "Before (UTC)", "Because", "Entities", "Rows", "Size"],
        preview.steps.map((step) => [
          step.what,
          step.before.slice(0, 19),
          step.reason,
          step.series,
          step.readings + step.events + step.rollups,
          bytesText(step.bytes),
        ]),
      );
      const words = preview.steps.map(({ lost, stays }) => `  Goes: ${lost}.\n  Stays: ${stays}.\n`).join("");
      const top = out.table(
        ["Entity", "Rows", "Size"],
        preview.top.slice(0, 10).map((one) => [one.entity_id, one.readings, bytesText(one.bytes)]),
      );
      const { readings, events, rollups, bytes } = preview.total;
      const most = preview.top.length > 0 ? `\nMost of it:\n${top}` : "";
      return `${steps}\n${words}${most}\nAltogether ${(readings + events + rollups).toLocaleString("en-US")} rows, ${bytesText(bytes)}. Nothing has gone.\n`;
    });
    return EXIT.ok;
  },
};
