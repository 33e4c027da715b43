import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const INSTALL_WITHIN_MS = 300_000;
const RUN_WITHIN_MS = 900_000;

export type PythonTools = {
  /** The interpreter that has them: installed scripts name the folder that they were made in. */
  readonly interpreter: string;
  /** Runs Python with what is given; answers with its exit code and everything it said. */
  python(given: readonly string[], more?: { cwd?: string; input?: string }): Promise<{ code: number; text: string }>;
};

/**
 * Tools in a Python environment of their own, cached; installed by the machine's own configuration of pip. The reason
 * where they cannot be had, as the `skip` of a test; thrown with REQUIRE_SUITES=1.
 *
 * @param name of their folder in the cache
 * @param pins each at one version: what they find must not depend on the day
 * @param what they are for, in the words of the reason
 */
export async function pythonTools(name: string, pins: readonly string[], what: string): Promise<PythonTools | string> {
  const cache = process.env.API_TOOLS_CACHE ?? join(homedir(), ".cache/ha-ingestor");
  const folder = join(cache, `${name}-${createHash("sha256").update(pins.join()).digest("hex").slice(0, 10)}`);
  try {
    if (!existsSync(folder)) await install(cache, folder, pins);
  } catch (error) {
    const reason = `no ${what}: ${error instanceof Error ? error.message.slice(0, 500) : error}`;
    if (process.env.REQUIRE_SUITES === "1") throw new Error(reason);
    return reason;
  }
  const interpreter = join(folder, "bin/python");
  return { interpreter, python: (given, { cwd, input } = {}) => execute(interpreter, given, { cwd, input }) };
}

async function install(cache: string, folder: string, pins: readonly string[]): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    await must("python3", ["-m", "venv", unfinished]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await must(join(unfinished, "bin/python"), [...pip, ...pins]);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function must(command: string, given: readonly string[]): Promise<void> {
  const { code, text } = await execute(command, given, { timeout: INSTALL_WITHIN_MS });
  if (code !== 0) throw new Error(`${command} ${given.slice(0, 3).join(" ")} ended with ${code}: ${text.slice(-400)}`);
}

function execute(
  command: string,
  given: readonly string[],
  more: { cwd?: string | undefined; input?: string | undefined; timeout?: number },
): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const { cwd, input, timeout = RUN_WITHIN_MS } = more;
    const options = { ...(cwd === undefined ? {} : { cwd }), timeout, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(command, given, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, text: `${stdout}${stderr}${code === -1 ? String(error) : ""}` });
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "");
  });
}
