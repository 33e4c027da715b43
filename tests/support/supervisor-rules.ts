import * as v from "valibot";

// The Supervisor's published rules for what an app's folder says. A file that breaks one makes the app vanish from the
// store without a word, and unknown keys are dropped, so both are found here.

/** An option's type in `schema`. */
const SCHEMA_ELEMENT =
  /^(bool|email|url|port|device(\(subsystem=[a-z]+\))?|(str|password)(\(\d*,\d*\))?|int(\(-?\d*,-?\d*\))?|float(\([-.\d]*,[-.\d]*\))?|match\(.*\)|list\(.+\))\??$/;
const element = v.pipe(v.string(), v.regex(SCHEMA_ELEMENT));
type Element = string | Element[] | { [name: string]: Element };
const schemaElement: v.GenericSchema<Element> = v.union([
  element,
  // A list may not directly hold another list.
  v.array(
    v.union([
      element,
      v.record(
        v.string(),
        v.lazy(() => schemaElement),
      ),
    ]),
  ),
  v.record(
    v.string(),
    v.lazy(() => schemaElement),
  ),
]);
const version = v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/));
const flag = v.optional(v.boolean());
const text = v.optional(v.string());

export const appConfig = v.strictObject({
  name: v.string(),
  version,
  slug: v.pipe(v.string(), v.regex(/^[-_.A-Za-z0-9]+$/)),
  description: v.string(),
  arch: v.pipe(v.array(v.picklist(["amd64", "aarch64"])), v.minLength(1)),
  url: v.optional(v.pipe(v.string(), v.url())),
  image: v.optional(v.pipe(v.string(), v.regex(/^([a-z\d.-]+(:\d+)?\/)*[a-z\d._-]+$/))),
  startup: v.optional(v.picklist(["initialize", "system", "services", "application", "once"])),
  boot: v.optional(v.picklist(["auto", "manual", "manual_only"])),
  stage: v.optional(v.picklist(["stable", "experimental", "deprecated"])),
  init: flag,
  timeout: v.optional(v.pipe(v.number(), v.minValue(10), v.maxValue(300))),
  tmpfs: flag,
  homeassistant: v.optional(version),
  ports: v.optional(
    v.record(v.pipe(v.string(), v.regex(/^\d+\/(tcp|udp)$/)), v.nullable(v.pipe(v.number(), v.maxValue(65_535)))),
  ),
  ports_description: v.optional(v.record(v.string(), v.string())),
  watchdog: v.optional(v.pipe(v.string(), v.regex(/^(https?|\[PROTO:\w+\]|tcp):\/\/\[HOST\]:(\[PORT:\d+\]|\d+)/))),
  ingress: flag,
  ingress_port: v.optional(v.pipe(v.number(), v.maxValue(65_535))),
  ingress_entry: text,
  ingress_stream: flag,
  panel_icon: v.optional(v.pipe(v.string(), v.startsWith("mdi:"))),
  panel_title: text,
  panel_admin: flag,
  homeassistant_api: flag,
  hassio_api: flag,
  hassio_role: v.optional(v.picklist(["default", "homeassistant", "backup", "manager", "admin"])),
  auth_api: flag,
  docker_api: flag,
  full_access: flag,
  apparmor: flag,
  host_network: flag,
  host_pid: flag,
  host_uts: flag,
  kernel_modules: flag,
  privileged: v.optional(v.array(v.string())),
  services: v.optional(v.array(v.pipe(v.string(), v.regex(/^(mqtt|mysql):(provide|want|need)$/)))),
  discovery: v.optional(v.array(v.string())),
  // As text: in the other form a type unknown to an older Supervisor makes the whole file invalid.
  map: v.optional(
    v.array(
      v.pipe(v.string(), v.regex(/^(data|ssl|backup|share|media|homeassistant_config|addon_config)(:(rw|ro))?$/)),
    ),
  ),
  backup: v.optional(v.picklist(["hot", "cold"])),
  backup_pre: text,
  backup_post: text,
  backup_exclude: v.optional(v.array(v.string())),
  breaking_versions: v.optional(v.array(version)),
  options: v.optional(v.record(v.string(), v.unknown())),
  schema: v.optional(v.record(v.string(), schemaElement)),
});
export type AppConfig = v.InferOutput<typeof appConfig>;

type Translated = {
  name: string;
  description?: string | undefined;
  fields?: { [name: string]: Translated } | undefined;
};
const translated: v.GenericSchema<Translated> = v.strictObject({
  name: v.string(),
  description: v.optional(v.string()),
  fields: v.optional(
    v.record(
      v.string(),
      v.lazy(() => translated),
    ),
  ),
});
export const appTranslations = v.strictObject({
  configuration: v.record(v.string(), translated),
  network: v.optional(v.record(v.string(), v.string())),
});

export const repository = v.strictObject({
  name: v.string(),
  url: v.pipe(v.string(), v.url()),
  maintainer: v.string(),
});

/** Every option by its path, such as `connections.url`. */
export function optionPaths(schema: { readonly [name: string]: Element }, before = ""): string[] {
  return Object.entries(schema).flatMap(([name, kind]) => {
    const inner = Array.isArray(kind) ? kind[0] : kind;
    return [
      before + name,
      ...(typeof inner === "object" && !Array.isArray(inner) ? optionPaths(inner, `${before}${name}.`) : []),
    ];
  });
}
export function translatedPaths(texts: { readonly [name: string]: Translated }, before = ""): string[] {
  return Object.entries(texts).flatMap(([name, { fields }]) => [
    before + name,
    ...(fields ? translatedPaths(fields, `${before}${name}.`) : []),
  ]);
}

/** Capabilities that cost a point, once. */
const RISKY = [
  "BPF",
  "CHECKPOINT_RESTORE",
  "DAC_READ_SEARCH",
  "NET_ADMIN",
  "NET_RAW",
  "PERFMON",
  "SYS_ADMIN",
  "SYS_MODULE",
  "SYS_PTRACE",
  "SYS_RAWIO",
];

/** The security rating, 1 to 8, that the store shows. */
export function securityRating(config: AppConfig, more: { ownProfile: boolean }): number {
  if (config.docker_api || config.full_access) return 1;
  let rating = 5;
  if (config.apparmor === false) rating -= 1;
  else if (more.ownProfile) rating += 1;
  if (config.ingress) rating += 2;
  else if (config.auth_api) rating += 1;
  if (config.kernel_modules || config.privileged?.some((name) => RISKY.includes(name))) rating -= 1;
  if (config.hassio_role === "manager") rating -= 1;
  if (config.hassio_role === "admin") rating -= 2;
  if (config.host_network) rating -= 1;
  if (config.host_pid) rating -= 2;
  if (config.host_uts && config.privileged?.includes("SYS_ADMIN")) rating -= 1;
  return Math.max(1, Math.min(8, rating));
}
