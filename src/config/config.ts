import * as v from "valibot";
import { LEVELS, type Level } from "../platform/log.ts";

/** What the hub needs to know before it starts. Everything else is set in the panel and kept in app.db. */
export type Config = {
  /** Where the real home is; undefined: the simulated home runs instead. */
  readonly home: { readonly url: string; readonly token: string } | undefined;
  /** Holds one folder per home: `home` and `simulated`. */
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: Level;
  /** Home Assistant events recorded beside the usual ones. */
  readonly eventTypes: readonly string[];
  /** Waits before the last seconds of a hole are asked for again. */
  readonly settleMs: readonly number[];
  readonly simulator: { readonly seed: number; readonly speed: number };
};

export type Problem = { readonly option: string; readonly why: string; readonly fix: string };

const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535));
const positive = v.pipe(v.string(), v.transform(Number), v.number(), v.finite(), v.gtValue(0), v.maxValue(1_000_000));
const wholeNumber = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number));
const list = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
);
const webAddress = v.pipe(
  v.string(),
  v.check((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search;
  }),
);

/** Every option: how it is read, what holds without it, and how to mend it. */
const OPTIONS = {
  HA_URL: {
    read: v.optional(webAddress),
    fix: "Give an address such as http://homeassistant.local:8123, without user, password or query.",
  },
  HA_TOKEN: {
    read: v.optional(v.pipe(v.string(), v.minLength(20))),
    fix: "Give a long-lived access token (Home Assistant: profile, security).",
  },
  HA_INGESTOR_DATA: {
    read: v.optional(v.pipe(v.string(), v.minLength(1)), ".data"),
    fix: "Give a folder that the hub may write.",
  },
  HA_INGESTOR_HOST: {
    read: v.optional(v.union([v.pipe(v.string(), v.ip()), v.literal("localhost")]), "127.0.0.1"),
    fix: "Give an IP address to listen on: 127.0.0.1 for this machine alone, 0.0.0.0 for the whole network.",
  },
  HA_INGESTOR_PORT: { read: v.optional(port, "8098"), fix: "Give a port between 0 and 65535; 0 takes a free one." },
  HA_INGESTOR_LOG_LEVEL: { read: v.optional(v.picklist(LEVELS), "info"), fix: `Give one of ${LEVELS.join(", ")}.` },
  HA_INGESTOR_EVENTS: {
    read: v.optional(
      v.pipe(
        list,
        v.everyItem((type) => /^[\w.:-]{1,64}$/.test(type) && !["state_changed", "state_reported"].includes(type)),
      ),
      "",
    ),
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
  HA_INGESTOR_SIMULATOR_SEED: { read: v.optional(wholeNumber, "1"), fix: "Give a whole number." },
  HA_INGESTOR_SIMULATOR_SPEED: {
    read: v.optional(positive, "1"),
    fix: "Give a factor, such as 1 for real time or 60 for an hour a minute.",
  },
} as const;

type Values = { [name in keyof typeof OPTIONS]: v.InferOutput<(typeof OPTIONS)[name]["read"]> };

/**
 * Reads the options. A bad one never stops the hub: its default takes its place and the problem is shown in the panel.
 * Values of tokens are never repeated in a problem.
 */
export function readConfig(environment: { readonly [name: string]: string | undefined }): {
  config: Config;
  problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const values: { [name: string]: unknown } = {};
  for (const [option, { read, fix }] of Object.entries(OPTIONS)) {
    const given = environment[option]?.trim() || undefined;
    const parsed = v.safeParse(read as v.GenericSchema, given);
    if (!parsed.success) {
      const shown = option === "HA_TOKEN" ? "" : ` (${JSON.stringify(given)})`;
      problems.push({ option, why: `${option}${shown} cannot be used`, fix });
    }
    values[option] = parsed.success ? parsed.output : v.parse(read as v.GenericSchema, undefined);
  }
  for (const option of Object.keys(environment)) {
    if (!option.startsWith("HA_INGESTOR_") || option in OPTIONS) continue;
    problems.push({
      option,
      why: `${option} is no option of the hub`,
      fix: `Known options: ${Object.keys(OPTIONS).join(", ")}.`,
    });
  }
  const value = values as Values;
  const both = value.HA_URL !== undefined && value.HA_TOKEN !== undefined;
  if (!both && (environment.HA_URL || environment.HA_TOKEN)) {
    const missing = value.HA_URL === undefined ? "HA_URL" : "HA_TOKEN";
    if (!problems.some(({ option }) => option === missing))
      problems.push({ option: missing, why: `${missing} is missing`, fix: OPTIONS[missing].fix });
  }
  return {
    problems,
    config: {
      home: both ? { url: value.HA_URL as string, token: value.HA_TOKEN as string } : undefined,
      dataFolder: value.HA_INGESTOR_DATA,
      host: value.HA_INGESTOR_HOST,
      port: value.HA_INGESTOR_PORT,
      logLevel: value.HA_INGESTOR_LOG_LEVEL,
      eventTypes: value.HA_INGESTOR_EVENTS,
      settleMs: value.HA_INGESTOR_SETTLE_SECONDS.map((seconds) => seconds * 1000),
      simulator: { seed: value.HA_INGESTOR_SIMULATOR_SEED, speed: value.HA_INGESTOR_SIMULATOR_SPEED },
    },
  };
}

/** True where somebody meant a real home, even if its address or token cannot be used: never show a simulated one then. */
export const meansRealHome = (environment: { readonly [name: string]: string | undefined }): boolean =>
  Boolean(environment.HA_URL?.trim() || environment.HA_TOKEN?.trim());
