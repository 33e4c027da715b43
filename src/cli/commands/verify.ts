import type { Command } from "../arguments/command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Verified } from "../offline.ts";
import { type Backups, backupFolder, homeFolder, runsHere } from "./backup.ts";
import { untilDone } from "./work.ts";

type StoreCheck = {
  readonly under_way: { readonly done: number; readonly total: number } | null;
  readonly last: Verified | null;
};
type CheckedBackup = { readonly verified: (Verified & { readonly time: string }) | null };

export const verify: Command = {
  name: "verify",
  summary: "Reads everything back: what was recorded, or a backup",
  operands: { shown: "[BACKUP]", least: 0, most: 1 },
  options: {
    offline: { kind: "flag", help: "Read the files themselves, though a hub could be asked; it must not run" },
  },
  details:
    "Where no hub runs, the files are read directly, without a change to them. Exits with 5 if anything is wrong.",
  examples: [
    ["ha-ingestor verify", "What was recorded"],
    ["ha-ingestor verify 2026-11-26T03-40-00Z", "A backup"],
  ],
  run: async (context, given) => {
    const [id] = given.names;
    const asks = runsHere(context) && !given.flag("offline");
    const verified = asks ? await byHub(context, id) : await offline(context, id);
    return tell(context, id ?? "The store", verified);
  },
};

async function byHub(context: Context, id: string | undefined): Promise<Verified | null> {
  const { hub } = context;
  if (id === undefined) {
    await hub.post("store/verify", {});
    return (await untilDone(context, "Verifying", () => hub.get<StoreCheck>("store/verify"))).last;
  }
  const path = `backups/${encodeURIComponent(id)}`;
  await hub.post(`${path}/verify`, {});
  await untilDone(context, "Verifying", () => hub.get<Backups>("backups"), id);
  return (await hub.get<CheckedBackup>(path)).verified;
}

async function offline(context: Context, id: string | undefined): Promise<Verified> {
  const progress = context.out.progress("Verifying");
  const onProgress = (phase: string, done: number, total: number) => progress.show(done, total, phase);
  try {
    return id === undefined
      ? await context.offline.verifyStore(homeFolder(context), onProgress)
      : await context.offline.verifyBackup(backupFolder(context), id, onProgress);
  } finally {
    progress.end();
  }
}

async function tell({ out }: Context, what: string, verified: Verified | null): Promise<ExitCode> {
  if (!verified) {
    out.note(`${what} could not be verified: the hub's log says more.`);
    return EXIT.failed;
  }
  const { ok, problems, readings, events, gaps, statistics } = verified;
  await out.answer(verified, () => {
    const counts = `${readings.toLocaleString("en-US")} readings, ${events.toLocaleString("en-US")} events, ${gaps.toLocaleString("en-US")} gaps${statistics === null ? "" : `, ${statistics.toLocaleString("en-US")} statistics`}`;
    if (ok) return `${what} is whole: ${counts}\n`;
    const rows = problems.map(({ file, why, fix }) => `  ${file === null ? "" : `${file}: `}${why} ${fix}\n`);
    return `${what} is not whole (${counts}):\n${rows.join("")}`;
  });
  return ok ? EXIT.ok : EXIT.found;
}
