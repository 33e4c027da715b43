import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Command } from "../arguments/command.ts";
import { misuse } from "../arguments/parse.ts";
import { readTime } from "../arguments/times.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { withKnownEntities } from "../hub/entities.ts";
import type { Output } from "../output/output.ts";

type Counts = {
  readonly readings: number;
  readonly statistics: number;
  readonly rollups: number;
  readonly events: number;
};
type Entity = { readonly entity_id: string };
type Preview = {
  readonly plan: string;
  readonly entities: readonly Entity[];
  readonly from: string | null;
  readonly to: string | null;
  readonly removes: Counts;
  readonly backups: { readonly choice: string; readonly ids: readonly string[] };
  readonly refused: { readonly why: string; readonly fix: string } | null;
};
type Receipt = {
  readonly id: string;
  readonly state: string;
  readonly asked: string;
  readonly ended: string | null;
  readonly entities: readonly Entity[];
  readonly from: string | null;
  readonly to: string | null;
  readonly removed: Counts;
  readonly gaps: number;
  readonly backups: {
    readonly made: string | null;
    readonly removed: readonly string[];
    readonly held: readonly string[];
  };
  readonly set_aside: readonly string[];
  readonly why?: string;
  readonly fix?: string;
};

const LOOK_EVERY_MS = 500;

export const erase: Command = {
  name: "erase",
  summary: "Erases what was recorded of entities, or of a time of them, for good",
  operands: { shown: "ENTITY …", least: 1, most: 100 },
  options: {
    from: { kind: "text", value: "TIME", help: "From when on; the beginning where it is not given" },
    to: { kind: "text", value: "TIME", help: "Up to when; the end where it is not given" },
    "without-events": { kind: "flag", help: "Events that mention the entities stay" },
    "keep-backups": { kind: "flag", help: "Backups stay as they are, and hold it still" },
    yes: { kind: "flag", help: "Do it; without this it is only shown" },
  },
  details:
    "Readings, Home Assistant's long-term statistics, rollups, and events that mention the entities go from every file of the hub. A new backup is made without them, then the others are removed. Home Assistant's own recorder and its backups are not reached.",
  examples: [
    ["ha-ingestor erase person.anna", "What would go"],
    ["ha-ingestor erase person.anna --yes", "Erases it, and shows the receipt"],
    ["ha-ingestor erase camera.hall --from 2026-11-20 --to 2026-11-21 --yes", "Of that day alone"],
  ],
  run: async (context, given) => {
    const { hub, out, clock } = context;
    const [from, to] = (["from", "to"] as const).map((option) => readTime(option, given.text(option), clock.now()));
    if (from !== undefined && to !== undefined && from >= to)
      throw misuse("The time ends before it begins", "Give a --from before the --to.");
    const preview = await withKnownEntities(hub, given.names, () =>
      hub.post<Preview>("erasures/preview", {
        entities: given.names,
        ...(from === undefined ? {} : { from: microsToRfc3339(from) }),
        ...(to === undefined ? {} : { to: microsToRfc3339(to) }),
        events: !given.flag("without-events"),
        backups: given.flag("keep-backups") ? "keep" : "replace",
      }),
    );
    if (!given.flag("yes")) {
      await out.answer(preview, () => shownPreview(out, preview));
      return EXIT.ok;
    }
    const begun = await hub.post<Receipt>("erasures", { plan: preview.plan });
    const receipt = await untilErased(context, begun.id);
    await out.answer(receipt, () => shownReceipt(out, receipt));
    return receipt.state === "done" ? EXIT.ok : EXIT.failed;
  },
};

export const erasures: Command = {
  name: "erase list",
  summary: "What was erased when, and where it is gone from",
  options: {},
  examples: [["ha-ingestor erase list", "The receipts, newest first"]],
  run: async ({ hub, out }) => {
    const answer = await hub.get<{ erasures: readonly Receipt[] }>("erasures");
    await out.answer(answer, () =>
      answer.erasures.length === 0
        ? "Nothing was erased yet.\n"
        : out.table(
            ["Id", "Asked (UTC)", "State", "Entities", "Rows"],
            answer.erasures.map((one) => [
              one.id,
              one.asked.slice(0, 19),
              one.state,
              one.entities.map(({ entity_id: id }) => id).join(", "),
              rowsOf(one.removed),
            ]),
          ),
    );
    return EXIT.ok;
  },
};

async function untilErased({ hub, out, clock, signal }: Context, id: string): Promise<Receipt> {
  const progress = out.progress("Erasing");
  try {
    for (;;) {
      const { erasures: all } = await hub.get<{ erasures: readonly Receipt[] }>("erasures");
      const own = all.find((one) => one.id === id);
      if (own && own.state !== "running") return own;
      progress.show(0, 1, "");
      await clock.sleep(LOOK_EVERY_MS, signal);
      signal.throwIfAborted();
    }
  } finally {
    progress.end();
  }
}

const rowsOf = ({ readings, statistics, rollups, events }: Counts): number => readings + statistics + rollups + events;

const counted = (out: Output, counts: Counts): string =>
  out.table(
    ["What", "Rows"],
    [
      ["readings", counts.readings],
      ["long-term statistics", counts.statistics],
      ["rollups", counts.rollups],
      ["events", counts.events],
    ],
  );

function timeOf({ from, to }: { readonly from: string | null; readonly to: string | null }): string {
  if (from === null && to === null) return "all of its time";
  return `${from ?? "the beginning"} to ${to ?? "the end"}`;
}

function shownPreview(out: Output, preview: Preview): string {
  const { entities, removes, backups, refused } = preview;
  const who = entities.map(({ entity_id: id }) => id).join(", ");
  const others =
    backups.ids.length === 0
      ? ""
      : backups.choice === "replace"
        ? `\nA new backup would be made without it, and these removed: ${backups.ids.join(", ")}\n`
        : `\nThese backups would hold it still: ${backups.ids.join(", ")}\n`;
  const why = refused ? `\nNot now: ${refused.why} ${refused.fix}\n` : "";
  return `Of ${who}, ${timeOf(preview)}, this would be erased for good:\n${counted(out, removes)}${others}${why}\nNothing has gone. With --yes it goes.\n`;
}

function shownReceipt(out: Output, receipt: Receipt): string {
  const { id, state, backups, removed, set_aside: aside } = receipt;
  if (state !== "done") return `${id} could not be finished: ${receipt.why ?? ""} ${receipt.fix ?? ""}\n`;
  const lines = [
    ...(backups.made === null
      ? []
      : [`New backup: ${backups.made}. Removed: ${backups.removed.join(", ") || "none"}.`]),
    ...(backups.held.length === 0 ? [] : [`These backups hold it still: ${backups.held.join(", ")}.`]),
    ...(aside.length === 0
      ? []
      : [`Unreadable files may hold some of it: ${aside.join(", ")}. Delete them if they must not.`]),
  ];
  return `${id}: erased, ${timeOf(receipt)}\n${counted(out, removed)}${lines.map((line) => `${line}\n`).join("")}`;
}
