import { readConfig } from "../config/config.ts";
import { describeError, Failure } from "../domain/failure.ts";
import { createHttp } from "../platform/http/http.ts";
import type { Clock } from "../platform/time/clock.ts";
import { helpOf, overview } from "./arguments/help.ts";
import { findCommand, misuse, readGiven } from "./arguments/parse.ts";
import { COMMANDS } from "./commands/commands.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import type { HubFailure } from "./hub/client.ts";
import { type Environment, openHub, readTarget } from "./hub/target.ts";
import type { Offline } from "./offline.ts";
import { createOutput, type Stream } from "./output/output.ts";

export type CliNeeds = {
  /** Behind the program's name. */
  readonly words: readonly string[];
  readonly env: Environment;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly clock: Clock;
  readonly version: string;
  readonly offline: Offline;
  readonly signal: AbortSignal;
};

/** Runs one command; whatever goes wrong is told in plain words on standard error, never as a stack. */
export async function runCli(needs: CliNeeds): Promise<ExitCode> {
  const { stderr, signal } = needs;
  try {
    return await run(needs);
  } catch (error) {
    if (signal.aborted) {
      stderr.write("Stopped.\n");
      return EXIT.failed;
    }
    const failure = error instanceof Failure ? error : new Failure("internal", describeError(error));
    stderr.write(`ha-ingestor: ${sentence(failure.message)}${failure.fix === undefined ? "" : ` ${failure.fix}`}\n`);
    return exitCodeOf(failure, (failure as HubFailure).status);
  }
}

async function run({ words, env, stdout, stderr, clock, version, offline, signal }: CliNeeds): Promise<ExitCode> {
  if (words[0] === "--version") {
    stdout.write(`${version}\n`);
    return EXIT.ok;
  }
  const long = words.map((word) => (word === "-h" ? "--help" : word));
  const asked = long[0] === "help" ? [...long.slice(1), "--help"] : long;
  if (asked[0]?.startsWith("-") && asked[0] !== "--help")
    throw misuse(`${asked[0]} stands where the command should`, "Write the command first: ha-ingestor status --json.");
  const command = asked[0]?.startsWith("-") ? undefined : findCommand(COMMANDS, asked);
  if (!command) {
    stdout.write(overview(COMMANDS, version));
    return EXIT.ok;
  }
  const given = readGiven(command, asked);
  if (given.flag("help")) {
    stdout.write(helpOf(command));
    return EXIT.ok;
  }
  if (given.flag("json") && given.flag("table"))
    throw misuse("--json and --table are two forms of one answer", "Give one of them.");
  const data = given.text("data");
  const { config, problems } = readConfig(data === undefined ? env : { ...env, HA_INGESTOR_DATA: data });
  const target = readTarget(given, env, config.dataFolder);
  const out = createOutput({
    stdout,
    stderr,
    clock,
    asked: given.flag("json") ? "json" : given.flag("table") ? "table" : undefined,
  });
  return command.run(
    {
      version,
      clock,
      http: createHttp({ clock }),
      target,
      hub: openHub(target, clock),
      out,
      config,
      configProblems: problems,
      offline,
      signal,
    },
    given,
  );
}

const sentence = (text: string): string => (/[.!?\u2026]$/.test(text) ? text : `${text}.`);
