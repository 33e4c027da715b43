import * as v from "valibot";
import { LEVELS } from "../platform/told/log.ts";
import { accessToken, eventType, type Option, type Problem, problemWith, webAddress } from "./option.ts";

export type Environment = { readonly [name: string]: string | undefined };

const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535));
const positive = v.pipe(v.string(), v.transform(Number), v.number(), v.finite(), v.gtValue(0), v.maxValue(1_000_000));
const wholeNumber = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number));
const path = v.pipe(v.string(), v.minLength(1));
const list = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
);

/** Every option of the environment: how it is read, what holds without it, and how to mend it. */
const OPTIONS = {
  HA_URL: { ...webAddress, read: v.optional(webAddress.read) },
  HA_TOKEN: { ...accessToken, read: v.optional(accessToken.read) },
  HA_INGESTOR_DATA: { read: v.optional(path, ".data"), fix: "Give a folder that the hub may write." },
  HA_INGESTOR_BACKUPS: {
    read: v.optional(path),
    fix: "Give a folder that the hub may write, best on another disk.",
  },
  HA_INGESTOR_HOST: {
    read: v.optional(v.union([v.pipe(v.string(), v.ip()), v.literal("localhost")]), "127.0.0.1"),
    fix: "Give an IP address to listen on: 127.0.0.1 for this machine alone, 0.0.0.0 for the whole network.",
  },
  HA_INGESTOR_PORT: { read: v.optional(port, "8098"), fix: "Give a port between 0 and 65535; 0 takes a free one." },
  HA_INGESTOR_LOG_LEVEL: { read: v.optional(v.picklist(LEVELS), "info"), fix: `Give one of ${LEVELS.join(", ")}.` },
  HA_INGESTOR_EVENTS: {
    read: v.optional(v.pipe(list, v.array(eventType.read)), ""),
    fix: "Give event types separated by commas; state changes are recorded anyway.",
  },
  HA_INGESTOR_SETTLE_SECONDS: {
    read: v.optional(
      v.pipe(
        list,
        v.mapItems(Number),
        v.minLength(1),
        v.maxLength(5),
        v.everyItem((seconds) => seconds > 0 && seconds <= 600),
      ),
      "6,15",
    ),
    fix: "Give one to five waits in seconds, such as 6,15.",
  },
  HA_INGESTOR_RESERVE_MB: {
    read: v.optional(wholeNumber, "500"),
    fix: "Give so many megabytes of the disk that recording leaves free, such as 500; 0 takes the disk to its end.",
  },
  HA_INGESTOR_IMPORT: {
    read: v.optional(
      v.pipe(
        v.picklist(["on", "off"]),
        v.transform((text) => text === "on"),
      ),
      "on",
    ),
    fix: "Give on or off.",
  },
  HA_INGESTOR_GATEWAY: {
    read: v.optional(webAddress.read),
    fix: "Give the address through which sources ask, such as http://192.168.1.2:3128, without user, password or query.",
  },
  HA_INGESTOR_SIMULATOR_SEED: { read: v.optional(wholeNumber, "1"), fix: "Give a whole number." },
  HA_INGESTOR_SIMULATOR_SPEED: {
    read: v.optional(positive, "1"),
    fix: "Give a factor, such as 1 for real time or 60 for an hour a minute.",
  },
  /** What the Supervisor writes from the app's form; read only under a Supervisor. */
  HA_INGESTOR_OPTIONS: { read: v.optional(path, "/data/options.json"), fix: "Give the path of a file." },
  /** Where the Supervisor's API is, where its own requests come from, and the port for them (config.yaml: ingress_port). */
  HA_INGESTOR_SUPERVISOR_URL: { ...webAddress, read: v.optional(webAddress.read, "http://supervisor") },
  HA_INGESTOR_SUPERVISOR_ADDRESS: {
    read: v.optional(v.pipe(v.string(), v.ip()), "172.30.32.2"),
    fix: "Give the IP address of the Supervisor on the app network.",
  },
  HA_INGESTOR_INGRESS_PORT: {
    read: v.optional(port, "8099"),
    fix: "Give a port between 0 and 65535, the ingress_port of the app.",
  },
  HA_INGESTOR_HOME_FOLDER: {
    read: v.optional(path, "/homeassistant"),
    fix: "Give the folder that holds Home Assistant's configuration.yaml.",
  },
} as const;

/** What the command line reads (src/cli/): nothing of the hub's, and no mistake where both share an environment. */
const OF_THE_COMMAND = ["HA_INGESTOR_URL", "HA_INGESTOR_TOKEN"];

export type EnvironmentOptions = { [name in keyof typeof OPTIONS]: v.InferOutput<(typeof OPTIONS)[name]["read"]> };

export function readEnvironment(environment: Environment): {
  options: EnvironmentOptions;
  problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const values: { [name: string]: unknown } = {};
  for (const [name, option] of Object.entries<Option>(OPTIONS)) {
    const given = environment[name]?.trim() || undefined;
    const parsed = v.safeParse(option.read, given);
    if (!parsed.success) problems.push(problemWith(name, option, given));
    values[name] = parsed.success ? parsed.output : v.parse(option.read, undefined);
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith("HA_INGESTOR_") || name in OPTIONS || OF_THE_COMMAND.includes(name)) continue;
    const fix = `Known options: ${Object.keys(OPTIONS).join(", ")}.`;
    problems.push({ option: name, why: `${name} is no option of the hub`, fix });
  }
  const options = values as EnvironmentOptions;
  for (const [name, other] of [["HA_URL", "HA_TOKEN"] as const, ["HA_TOKEN", "HA_URL"] as const])
    if (!environment[name]?.trim() && environment[other]?.trim())
      problems.push(problemWith(name, OPTIONS[name], undefined));
  return { options, problems };
}
