import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { get } from "node:http";

/** What the Supervisor does to an app from outside its container. */

type BackupOptions = {
  readonly dataDir: string;
  /** A tar file to write. */
  readonly archive: string;
  /** As in config.yaml: run in the app's container, here with the app's environment. */
  readonly pre: readonly string[];
  readonly post: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exclude?: readonly string[];
};

/** A hot backup: hook, copy while the app runs, hook. A hook that fails makes all of Home Assistant's backup fail. */
export async function hotBackup({ dataDir, archive, pre, post, env, exclude = [] }: BackupOptions): Promise<void> {
  await run(pre, env);
  try {
    const left = exclude.map((pattern) => `--exclude=${pattern}`);
    // Python's tar, which the Supervisor uses, copies as much of a file as it had when it was opened.
    await run(["tar", "--warning=no-file-changed", ...left, "-cf", archive, "-C", dataDir, "."], {}, [0, 1]);
  } finally {
    await run(post, env);
  }
}

export async function restore(archive: string, dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  await run(["tar", "-xf", archive, "-C", dataDir]);
}

/** One poll of the watchdog: anything below 300 within 10 s is well. */
export const watchdogFindsWell = (url: string, localAddress?: string): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = get(url, { timeout: 10_000, ...(localAddress === undefined ? {} : { localAddress }) }, (answer) => {
      answer.resume();
      resolve((answer.statusCode ?? 500) < 300);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
  });

async function run(
  [command, ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
  fine: readonly number[] = [0],
): Promise<void> {
  const child = spawn(command as string, args, { env: { PATH: process.env.PATH, ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += chunk;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (!fine.includes(code ?? -1)) throw new Error(`${command} ${args.join(" ")} failed (${code}): ${said}`);
}
