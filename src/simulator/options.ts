import { parseArgs } from "node:util";
import { describeError, Failure } from "../domain/failure.ts";
import type { LoadOptions } from "./load/load.ts";
import type { SimulatorOptions } from "./simulator.ts";

export type CommandLine = {
  readonly simulator: SimulatorOptions;
  readonly load: LoadOptions | undefined;
  /** Where the load's changes are written, one JSON array a line: sequence, entity, state, time in microseconds. */
  readonly emitted: string | undefined;
  /** The port that takes faults; 0: any. undefined: none is opened. */
  readonly control: number | undefined;
};

export const USAGE = `node src/simulator/main.ts [options]
  --port N          where Home Assistant's address is served (0: any free port)
  --seed TEXT       the same seed and start make the same home
  --speed N         how many times as fast as the clock the home lives (1)
  --history-days N  how many days it has lived before the start (2)
  --home N          instead of the demo home: N plain number sensors
  --token TEXT      the access token (made from the seed when absent)
  --commit-ms N     rows younger than this are not in history answers (1000)
  --rate N          makes a load of N changes a second; or
  --fast            as fast as the slowest client reads; or
  --flood           as fast as it can, whoever reads
  --entities N      load entities (200)
  --mix KIND        numeric or mixed
  --count N         ends the load after N changes
  --unrecorded N    the first N load entities are kept out of history
  --emitted FILE    writes down what the load made
  --control PORT    takes faults by HTTP on this port (0: any free port)`;

const KNOWN = {
  port: { type: "string" },
  seed: { type: "string" },
  speed: { type: "string" },
  "history-days": { type: "string" },
  home: { type: "string" },
  token: { type: "string" },
  "commit-ms": { type: "string" },
  rate: { type: "string" },
  fast: { type: "boolean" },
  flood: { type: "boolean" },
  entities: { type: "string" },
  mix: { type: "string" },
  count: { type: "string" },
  unrecorded: { type: "string" },
  emitted: { type: "string" },
  control: { type: "string" },
} as const;

/** What the words on the command line mean; a Failure names what is wrong and shows what there is. */
export function readCommandLine(words: readonly string[]): CommandLine {
  const given = parse(words);
  const number = (name: keyof typeof KNOWN, check: (value: number) => boolean, meaning: string): number | undefined => {
    const text = given[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === "" || !Number.isFinite(value) || !check(value))
      throw bad(`--${name} is ${text}, but needs ${meaning}`);
    return value;
  };
  const whole = (name: keyof typeof KNOWN, least = 0) =>
    number(name, (value) => Number.isInteger(value) && value >= least, `a whole number from ${least} on`);
  const positive = (name: keyof typeof KNOWN) => number(name, (value) => value > 0, "a number above 0");
  const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value < 65_536;
  const port = (name: "port" | "control") => number(name, isPort, "a port from 0 to 65535");

  const days = number("history-days", (value) => value >= 0, "a number of days");
  const sensors = whole("home", 1);
  return {
    simulator: defined({
      port: port("port"),
      seed: given.seed,
      speed: positive("speed"),
      history: days === undefined ? undefined : { days },
      home: sensors === undefined ? undefined : { entities: sensors },
      token: given.token,
      commitMs: whole("commit-ms"),
    }),
    load: loadOf(),
    emitted: given.emitted,
    control: port("control"),
  };

  function loadOf(): LoadOptions | undefined {
    const { fast = false, flood = false, mix } = given;
    const rate = positive("rate");
    const kinds = [rate !== undefined, fast, flood].filter(Boolean).length;
    const more = { entities: whole("entities", 1), count: whole("count", 1), unrecorded: whole("unrecorded") };
    if (mix !== undefined && mix !== "numeric" && mix !== "mixed")
      throw bad(`--mix is ${mix}, but there are numeric and mixed`);
    if (kinds > 1) throw bad("--rate, --fast and --flood exclude each other");
    if (kinds === 1) return defined({ rate, asFastAsPossible: fast, flood, mix, ...more });
    if (mix !== undefined || Object.values(more).some((value) => value !== undefined))
      throw bad("--entities, --mix, --count and --unrecorded belong to a load: add --rate, --fast or --flood");
    return undefined;
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: KNOWN, strict: true, allowPositionals: false }).values;
  } catch (problem) {
    throw bad(describeError(problem));
  }
}

const bad = (message: string) => new Failure("bad_options", message, { fix: USAGE });

type Defined<T> = { [name in keyof T]: Exclude<T[name], undefined> };
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
