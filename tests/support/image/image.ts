import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { arch, homedir, tmpdir } from "node:os";
import { basename, join, matchesGlob } from "node:path";
import { freePort } from "../core/core.ts";

const ROOT = join(import.meta.dirname, "../../..");
const cache =
  process.env.HA_INGESTOR_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ha-ingestor");
export const DEBIAN = join(cache, `debian-trixie-${arch() === "arm64" ? "aarch64" : "x86_64"}`);

const RUN_FILE = "/usr/bin/ha-ingestor-run";

/**
 * Makes the Debian root where needed (the first time about a minute) and says why there can be none, as the `skip` of a
 * test; false: there is one. With REQUIRE_SUITES=1 the reason is thrown: then nothing may be skipped.
 */
export function debianUnavailable(): string | false {
  const reason =
    process.getuid?.() === 0
      ? spawnSync("sh", [join(ROOT, "scripts/install-debian.sh")], { encoding: "utf8" }).stderr.trim() ||
        (existsSync(join(DEBIAN, ".complete")) ? "" : "no Debian root was made")
      : "the image's layout runs in a root of its own, and only root may chroot";
  if (reason === "") return false;
  if (process.env.REQUIRE_SUITES === "1") throw new Error(reason);
  return reason;
}

export type Image = {
  readonly layers: string;
  /** A folder of its own for each container; goes with the image. */
  folder(): string;
  /** What is still running when the image goes is ended. */
  readonly running: Set<ChildProcess>;
  dispose(): void;
};

/** The image's layers, made as the Dockerfile makes them. Call it once a file: it builds the bundle. */
export function openImage(): Image {
  const folder = mkdtempSync(join(tmpdir(), "image-"));
  const [context, layers] = [join(folder, "context"), join(folder, "layers")];
  copyContext(context);
  symlinkSync(realpathSync(join(ROOT, "node_modules")), join(context, "node_modules"));
  execFileSync(process.execPath, ["scripts/layout.ts", layers], { cwd: context });
  const running = new Set<ChildProcess>();
  return {
    layers,
    running,
    folder: () => mkdtempSync(join(folder, "run-")),
    dispose: () => {
      for (const child of running) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What Dockerfile.dockerignore lets through: names after `!`, without what a later `**` rule takes out. */
function copyContext(to: string): void {
  const rules = readFileSync(join(ROOT, "addon/Dockerfile.dockerignore"), "utf8").split("\n");
  const without = rules.flatMap((rule) => (rule.startsWith("**/") ? [rule.slice(3)] : []));
  for (const name of rules.flatMap((rule) => (rule.startsWith("!") ? [rule.slice(1)] : [])))
    cpSync(join(ROOT, name), join(to, name), {
      recursive: true,
      filter: (path) => !without.some((rule) => matchesGlob(basename(path), rule)),
    });
}

export type Container = {
  /** Where the Supervisor's mounts are outside. */
  readonly data: string;
  readonly homeassistant: string;
  readonly url: string;
  /** Milliseconds from the start of the first process to the first answer of `/health`. */
  readonly healthyMs: number;
  /** Resolves when the hub does more than to be alive. */
  ready(): Promise<void>;
  logText(): string;
  /** What strace told of the run file and of every other program, if it was asked. */
  traces(): { readonly program: string; readonly text: string }[];
  /** Runs another program in it, as `docker exec` does. */
  run(...program: string[]): { readonly code: number | null; readonly output: string };
  /** SIGTERM to the first process, as the Supervisor stops an app; answers with the exit code. */
  stop(): Promise<number | null>;
};

/** Starts the image's own run file in a root of its own, as the Supervisor would: its mounts, its environment. */
export async function startImage(
  image: Image,
  needs: { options: unknown; env?: { readonly [name: string]: string }; traced?: boolean },
): Promise<Container> {
  const folder = image.folder();
  const [data, homeassistant] = [join(folder, "data"), join(folder, "homeassistant")];
  for (const mounted of [data, homeassistant]) mkdirSync(mounted);
  const text = typeof needs.options === "string" ? needs.options : JSON.stringify(needs.options);
  writeFileSync(join(data, "options.json"), text);
  const [port, ingressPort] = [await freePort(), await freePort()];
  const environment = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    TZ: "Europe/Berlin",
    SUPERVISOR_TOKEN: "the-token-of-a-supervisor-that-is-not-there",
    HA_INGESTOR_PORT: String(port),
    HA_INGESTOR_INGRESS_PORT: String(ingressPort),
    HA_INGESTOR_SETTLE_SECONDS: "1",
    ...needs.env,
  };
  const trace = needs.traced ? join(folder, "trace") : undefined;
  const traced = trace ? [{ program: RUN_FILE, file: trace }] : [];
  const environmentFile = join(folder, "environment");
  writeFileSync(
    environmentFile,
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const inRoot = ["sh", join(import.meta.dirname, "in-root.sh"), DEBIAN, image.layers, data, homeassistant];
  const child = spawn(
    "unshare",
    [
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      ...inRoot,
      environmentFile,
      ...(trace ? [trace] : []),
      "--",
      RUN_FILE,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  image.running.add(child);
  const began = performance.now();
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      log += chunk.toString("utf8");
    });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const url = `http://127.0.0.1:${port}/`;
  const answers = async (path: string) => {
    while (!(await fetch(new URL(path, url)).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`the hub ended (${child.exitCode}):\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await answers("health");
  const healthyMs = performance.now() - began;

  /** The hub: the innermost of one child each (`unshare`, perhaps `strace`, the hub). */
  const hub = () => {
    let pid = child.pid as number;
    for (;;) {
      const [next] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
      if (!next) return pid;
      pid = Number(next);
    }
  };
  return {
    data,
    homeassistant,
    url,
    healthyMs,
    ready: () => answers("ready"),
    logText: () => log,
    traces: () => traced.map(({ program, file }) => ({ program, text: readFileSync(file, "utf8") })),
    run: (...program) => {
      const inside = ["--all", `--root=/proc/${hub()}/root`, `--wd=/proc/${hub()}/root`, "--target", String(hub())];
      const variables = ["env", "-i", `PATH=${environment.PATH}`, `HA_INGESTOR_PORT=${port}`];
      const command = ["nsenter", ...inside, ...variables, ...program];
      const file = `${trace}.${traced.length + 1}`;
      if (trace) {
        traced.push({ program: program[0] as string, file });
        command.unshift("strace", "-f", "-qq", "-y", "-s", "4096", "-o", file, "-e", "trace=%file,mmap,connect");
      }
      const ended = spawnSync(command[0] as string, command.slice(1), { encoding: "utf8" });
      return { code: ended.status, output: ended.stdout + ended.stderr };
    },
    stop: async () => {
      process.kill(hub(), "SIGTERM");
      const [code] = await exited;
      image.running.delete(child);
      return code;
    },
  };
}
