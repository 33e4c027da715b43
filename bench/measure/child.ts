import { spawn } from "node:child_process";
import { once } from "node:events";
import { onCore } from "./process.ts";

/** A program of the bench that runs in a process of its own, so that its work is not counted as another's. */
export type Child = {
  readonly pid: number;
  /** Calls one of its commands. */
  ask<T>(command: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
};

type Question = { readonly id: number; readonly command: string; readonly argument: unknown };
type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** @param core the only core that it may run on; absent: any. */
export async function startChild(file: string, { core }: { core?: number } = {}): Promise<Child> {
  const [program, ...words] = [...(core === undefined ? [] : onCore(core)), process.execPath, file];
  const child = spawn(program as string, words, { stdio: ["ignore", 2, 2, "ipc"] });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  child.on("message", (message) => {
    const { id, result, error } = message as Answer;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error));
  });
  const exited = once(child, "exit");
  void exited.then(([code, signal]) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended (${code ?? signal})`));
  });
  const endWithUs = () => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  await once(child, "spawn");
  return {
    pid: child.pid as number,
    ask: <T>(command: string, argument?: unknown) =>
      new Promise<T>((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve: (result) => resolve(result as T), reject });
        child.send({ id, command, argument } satisfies Question);
      }),
    stop: async () => {
      process.off("exit", endWithUs);
      if (child.exitCode === null && child.signalCode === null) child.disconnect();
      await exited;
    },
  };
}

type Commands = { readonly [command: string]: (argument: never) => unknown };

/** The child's side. `close` runs when the bench lets go; then the process ends. */
export function answerParent(commands: Commands, close: () => unknown = () => {}): void {
  process.on("message", async (message) => {
    const { id, command, argument } = message as Question;
    const reply = (answer: Omit<Answer, "id">) => process.connected && process.send?.({ id, ...answer });
    try {
      const run = commands[command];
      if (!run) throw new Error(`no command ${command}`);
      reply({ result: await run(argument as never) });
    } catch (error) {
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once("disconnect", async () => {
    await close();
    process.exit(0);
  });
}
