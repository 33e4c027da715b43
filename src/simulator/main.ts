import { createWriteStream } from "node:fs";
import { Failure } from "../domain/failure.ts";
import { systemClock } from "../platform/time/clock.ts";
import { createLog } from "../platform/told/log.ts";
import { createMask } from "../platform/told/mask.ts";
import { startControl } from "./faults/control.ts";
import { readCommandLine } from "./options.ts";
import { startSimulator } from "./simulator.ts";

/** A simulated home in a process of its own. Prints one line with its address and token, and lives until SIGTERM. */
async function main(): Promise<void> {
  const { simulator: options, load, emitted, control: controlPort } = readCommandLine(process.argv.slice(2));
  const written = emitted === undefined ? undefined : createWriteStream(emitted, { flags: "a" });
  const mask = createMask();
  const simulator = await startSimulator({
    ...options,
    log: createLog({ clock: systemClock, mask, level: "warning" }),
    ...(written ? { witness: { write: (line: string) => void written.write(line) } } : {}),
  });
  mask.learn(simulator.token);
  const control = controlPort === undefined ? undefined : await startControl(simulator, controlPort);
  const where = control ? ` CONTROL_URL=${control.url}` : "";
  process.stdout.write(`HA_URL=${simulator.url} HA_TOKEN=${simulator.token}${where}\n`);
  if (load) simulator.load.start(load);

  const end = async () => {
    await control?.close();
    await simulator.close();
    await new Promise<void>((resolve) => (written ? written.end(resolve) : resolve()));
    process.exit(0);
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

try {
  await main();
} catch (problem) {
  if (!(problem instanceof Failure)) throw problem;
  process.stderr.write(`${problem.message}\n${problem.fix ?? ""}\n`);
  process.exitCode = 2;
}
