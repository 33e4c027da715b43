import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** The version of Core that was the peer; null: there was none. */
  readonly core: string | null;
};

export const thisMachine = (core: string | null): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: `${process.platform} ${release()}`,
  node: process.version,
  core,
});

/** The commit that was measured; with a mark where files differ from it. */
export function currentCommit(root: string): string {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "bench", "package-lock.json");
    return `${git("rev-parse", "--short=10", "HEAD")}${changed === "" ? "" : " (with local changes)"}`;
  } catch {
    return "unknown (no git)";
  }
}
