import type { Command } from "../arguments/command.ts";
import { backup, backupDelete, backupList, restore } from "./backup.ts";
import { doctor } from "./doctor.ts";
import { erase, erasures } from "./erase.ts";
import { exportCommand } from "./export.ts";
import { jobActions, jobs } from "./jobs.ts";
import { query } from "./query.ts";
import { retentionPreview } from "./retention.ts";
import { seal } from "./seal.ts";
import { status } from "./status.ts";
import { verify } from "./verify.ts";

export const COMMANDS: readonly Command[] = [
  status,
  query,
  exportCommand,
  backup,
  backupList,
  backupDelete,
  restore,
  verify,
  retentionPreview,
  erase,
  erasures,
  seal,
  jobs,
  ...jobActions,
  doctor,
];
