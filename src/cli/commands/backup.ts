import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../arguments/command.ts";
import { misuse } from "../arguments/parse.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { bytesText } from "../output/table.ts";
import { untilDone } from "./work.ts";

type Backup = {
  readonly id: string;
  readonly made: string;
  readonly by: string;
  readonly bytes: number;
  readonly copied_bytes: number;
  readonly readings: number;
  readonly state: string;
  readonly why: string | null;
};
export type Backups = {
  readonly folder: string;
  readonly under_way: {
    readonly kind: string;
    readonly id: string;
    readonly phase: string;
    readonly done: number;
    readonly total: number;
  } | null;
  readonly last_failure: { readonly time: string; readonly why: string; readonly fix: string } | null;
  readonly backups: readonly Backup[];
};

export const backup: Command = {
  name: "backup",
  summary: "Makes a backup now, while recording goes on",
  options: {},
  examples: [["ha-ingestor backup", "Makes one, and says its id"]],
  run: async (context) => {
    const { hub, out } = context;
    const { id } = await hub.post<{ id: string }>("backups", {});
    const last = await untilDone(context, "Backing up", () => hub.get<Backups>("backups"), id);
    const made = last.backups.find((one) => one.id === id);
    if (!made) {
      const { why, fix } = last.last_failure ?? { why: "The backup is not there", fix: "See the hub's log." };
      out.note(`${why} ${fix}`);
      return EXIT.failed;
    }
    await out.answer(
      made,
      () => `${id}: ${bytesText(made.bytes)}, ${bytesText(made.copied_bytes)} of them new, in ${last.folder}\n`,
    );
    return EXIT.ok;
  },
};

export const backupList: Command = {
  name: "backup list",
  summary: "The backups there are",
  options: {},
  details: "Where no hub runs, those in its backup folder are listed.",
  examples: [["ha-ingestor backup list", "Newest first"]],
  run: async (context) => {
    const { hub, out } = context;
    if (runsHere(context)) {
      const answer = await hub.get<Backups>("backups");
      await out.answer(answer, () =>
        out.table(
          ["Id", "Made by", "Readings", "Size", "New", "State"],
          answer.backups.map((one) => [
            one.id,
            one.by,
            one.readings,
            bytesText(one.bytes),
            bytesText(one.copied_bytes),
            one.why ?? one.state,
          ]),
        ),
      );
      return EXIT.ok;
    }
    const folder = backupFolder(context);
    const backups = context.offline.listBackups(folder);
    await out.answer({ folder, backups }, () =>
      out.table(
        ["Id", "Readings", "Size", "State"],
        backups.map((one) => [
          one.id,
          one.readings,
          one.bytes === null ? null : bytesText(one.bytes),
          one.why ?? "whole",
        ]),
      ),
    );
    return EXIT.ok;
  },
};

export const backupDelete: Command = {
  name: "backup delete",
  summary: "Deletes a backup",
  operands: { shown: "ID", least: 1, most: 1 },
  options: { yes: { kind: "flag", help: "It cannot be undone: say that it is meant" } },
  examples: [["ha-ingestor backup delete 2026-11-26T03-40-00Z --yes", "Deletes that one"]],
  run: async ({ hub, out }, given) => {
    const [id = ""] = given.names;
    if (!given.flag("yes")) throw misuse(`${id} would be gone for good`, "Add --yes if that is meant.");
    await hub.delete(`backups/${encodeURIComponent(id)}`);
    await out.answer({ deleted: id }, () => `${id} is deleted\n`);
    return EXIT.ok;
  },
};

export const restore: Command = {
  name: "restore",
  summary: "Puts a backup in the place of what was recorded; the hub must not run",
  operands: { shown: "ID", least: 1, most: 1 },
  options: {
    from: { kind: "text", value: "FOLDER", help: "Where the backups are; default: the hub's backup folder" },
    yes: { kind: "flag", help: "It replaces what is there: say that it is meant" },
  },
  details:
    "Everything is checked before anything is replaced; interrupted anywhere, the folder is the old one or the restored\none. What was there before is kept until the hub has started.",
  examples: [
    ["ha-ingestor backup list", "Which there are"],
    ["ha-ingestor restore 2026-11-26T03-40-00Z --yes", "Restores that one"],
  ],
  run: async (context, given) => {
    const { offline, out } = context;
    const [id = ""] = given.names;
    const into = homeFolder(context);
    if (!given.flag("yes"))
      throw misuse(`What is in ${into} would be replaced by ${id}`, "Add --yes if that is meant.");
    const progress = out.progress("Restoring");
    try {
      const restored = await offline.restore({
        folder: given.text("from") ?? backupFolder(context),
        id,
        into,
        onProgress: (phase, done, total) => progress.show(done, total, phase),
      });
      progress.end();
      await out.answer(restored, () => {
        const kept = restored.replaced === null ? "" : `; what was there before is in ${restored.replaced}`;
        return `Restored ${id} of ${restored.made}: ${restored.readings.toLocaleString("en-US")} readings${kept}. Start the hub.\n`;
      });
      return EXIT.ok;
    } finally {
      progress.end();
    }
  },
};

/** Whether a hub answers for the data folder, or one elsewhere was asked for. */
export const runsHere = ({ target }: Context): boolean => target.kind === "remote" || existsSync(target.socketPath);

function localFolder({ target }: Context): string {
  if (target.kind === "local") return target.folder;
  throw misuse("This works on the files themselves, not at an address", "Run it on the hub's machine, with --data.");
}

/** The folder of the home that the data folder holds. */
export function homeFolder(context: Context): string {
  const data = localFolder(context);
  const [home, simulated] = [join(data, "home"), join(data, "simulated")];
  return !existsSync(home) && existsSync(simulated) ? simulated : home;
}

export function backupFolder(context: Context): string {
  const home = homeFolder(context);
  return join(context.config.backupFolder, home.endsWith("simulated") ? "simulated" : "home");
}
