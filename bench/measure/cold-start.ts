import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";

/** The ways of a start that is timed; the hub's own ready line is not waited for. */
export type ColdStart = {
  readonly entry: string;
  readonly dataDir: string;
  readonly port: number;
  readonly haUrl: string;
  readonly haToken: string;
};

const TRY_EVERY_MS = 2;
const GIVE_UP_MS = 60_000;

/** Seconds from the start of the process to the first answer that passes; then the process is ended. */
export async function timeToAnswer(
  { entry, dataDir, port, haUrl, haToken }: ColdStart,
  question: { readonly path: string; readonly token: string; readonly passes: (body: string) => boolean },
): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [entry], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env.PATH,
      HA_INGESTOR_DATA: dataDir,
      HA_INGESTOR_PORT: String(port),
      HA_URL: haUrl,
      HA_TOKEN: haToken,
    },
  });
  let log = "";
  child.stderr?.on("data", (bytes) => {
    log += bytes;
  });
  const exited = once(child, "exit");
  try {
    const url = `http://127.0.0.1:${port}/${question.path}`;
    return (await firstAnswer(url, question.token, question.passes, () => isRunning(child))) - began;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${log}`);
  } finally {
    child.kill("SIGTERM");
    await exited;
  }
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Asks again and again; answers with the moment (performance.now) of the first answer that passes. */
export async function firstAnswer(
  url: string,
  token: string,
  passes: (body: string) => boolean,
  goOn: () => boolean = () => true,
): Promise<number> {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const body = await ask(url, token);
    const now = performance.now();
    if (body !== undefined && passes(body)) return now;
    if (!goOn()) throw new Error("the process ended before it answered");
    if (now > deadline) throw new Error(`no right answer from ${url} in time; the last was ${body}`);
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
}

/** The body of a 200; undefined: nobody there, or another answer. */
const ask = (url: string, token: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let body = "";
      response.on("data", (bytes) => {
        body += bytes;
      });
      response.on("end", () => resolve(response.statusCode === 200 ? body : undefined));
      response.on("error", () => resolve(undefined));
    });
    request.on("error", () => resolve(undefined));
  });
