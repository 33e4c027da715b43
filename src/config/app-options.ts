import * as v from "valibot";
import { LEVELS, type Level } from "../platform/told/log.ts";
import { accessToken, eventType, type Option, type Problem, problemWith, webAddress } from "./option.ts";

/** What the app's form in Home Assistant holds; `addon/config.yaml` offers exactly these. */
export type AppOptions = {
  readonly logLevel: Level | undefined;
  readonly installIntegration: boolean;
  readonly backupFolder: "data" | "share";
  readonly eventTypes: readonly string[];
  readonly connections: readonly { readonly name: string | undefined; readonly url: string; readonly token: string }[];
};

const OPTIONS = {
  log_level: { read: v.optional(v.picklist(LEVELS)), fix: `Choose one of ${LEVELS.join(", ")}.` },
  install_integration: { read: v.optional(v.boolean(), true), fix: "Switch it on or off." },
  backup_folder: {
    read: v.optional(v.picklist(["data", "share"]), "data"),
    fix: "Choose data, or share for Home Assistant's share folder.",
  },
  events: { read: v.optional(v.array(v.unknown()), []), fix: "Give a list of event types." },
  connections: {
    read: v.optional(v.array(v.record(v.string(), v.unknown())), []),
    fix: "Give a list of connections, each with url and token.",
  },
} as const;

const CONNECTION = {
  name: {
    read: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(60))),
    fix: "Give a name of at most 60 characters.",
  },
  url: webAddress,
  token: accessToken,
} as const;

/** @param text what the Supervisor's file holds; undefined: it cannot be read */
export function readAppOptions(
  text: string | undefined,
  file: string,
): { options: AppOptions; problems: readonly Problem[]; secrets: readonly string[] } {
  const problems: Problem[] = [];
  const secrets: string[] = [];
  const given = parseObject(text);
  if (!given)
    problems.push({
      option: file,
      why: `${file} ${text === undefined ? "cannot be read" : "does not hold options"}`,
      fix: "Save the app's configuration again and restart the app; until then the defaults hold.",
    });

  const read = <name extends keyof typeof OPTIONS>(name: name): v.InferOutput<(typeof OPTIONS)[name]["read"]> => {
    const option: Option = OPTIONS[name];
    const parsed = v.safeParse(option.read, given?.[name] ?? undefined);
    // Connections hold tokens, so what was given is not repeated.
    if (!parsed.success)
      problems.push(problemWith(name, name === "connections" ? { ...option, secret: true } : option, given?.[name]));
    return (parsed.success ? parsed.output : v.parse(option.read, undefined)) as never;
  };
  for (const name of Object.keys(given ?? {}))
    if (!(name in OPTIONS))
      problems.push({
        option: name,
        why: `${name} is no option of the app`,
        fix: `Known options: ${Object.keys(OPTIONS).join(", ")}.`,
      });

  const connection = (fields: { readonly [field: string]: unknown }, index: number) => {
    const before = problems.length;
    for (const [field, option] of Object.entries<Option>(CONNECTION))
      if (!v.is(option.read, fields[field] ?? undefined))
        problems.push(problemWith(`connections[${index}].${field}`, option, fields[field] ?? undefined));
    if (typeof fields.token === "string") secrets.push(fields.token);
    if (problems.length > before) return [];
    const { name, url, token } = fields as { name?: string | null; url: string; token: string };
    return [{ name: name?.trim() || undefined, url, token }];
  };
  const event = (type: unknown, index: number) => {
    if (v.is(eventType.read, type)) return [type];
    problems.push(problemWith(`events[${index}]`, eventType, type));
    return [];
  };
  const options: AppOptions = {
    logLevel: read("log_level"),
    installIntegration: read("install_integration"),
    backupFolder: read("backup_folder"),
    eventTypes: read("events").flatMap(event),
    connections: read("connections").flatMap(connection),
  };
  return { options, problems, secrets };
}

function parseObject(text: string | undefined): { readonly [name: string]: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    const given: unknown = JSON.parse(text);
    return typeof given === "object" && given !== null && !Array.isArray(given)
      ? (given as { [name: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
}
