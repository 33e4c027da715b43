import * as v from "valibot";

/** What the hub uses of the Supervisor's answers; the rest of them is left alone. */
export const appInfo = v.object({
  slug: v.string(),
  name: v.string(),
  version: v.string(),
  version_latest: v.string(),
  hostname: v.pipe(v.string(), v.minLength(1)),
});
export type AppInfo = v.InferOutput<typeof appInfo>;

/** Percent of one machine, bytes, and bytes since the container was started. */
export const appStats = v.object({
  cpu_percent: v.number(),
  memory_usage: v.number(),
  blk_read: v.number(),
  blk_write: v.number(),
});
export type AppStats = v.InferOutput<typeof appStats>;

export const systemInfo = v.object({
  supervisor: v.string(),
  homeassistant: v.nullable(v.string()),
  hassos: v.nullish(v.string(), null),
  machine: v.nullable(v.string()),
  arch: v.string(),
});
export type SystemInfo = v.InferOutput<typeof systemInfo>;

export const posted = v.object({ uuid: v.pipe(v.string(), v.regex(/^[0-9a-f-]{32,36}$/)) });
