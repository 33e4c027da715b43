import type { Attributes } from "../api-types.ts";
import { t } from "../text/text.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds since the epoch, cut to whole ones; NaN where the text is no time. */
export const millisOf = (time: string): number => Date.parse(time);

/** Microseconds since the epoch: what a browser's own dates cut off. */
export function microsOf(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  return Math.floor(Date.parse(time) / 1000) * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** `3 min 20 s`: at most two units, the larger first. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return t("unit.unknown");
  const whole = Math.max(0, ms);
  if (whole < SECOND) return t("unit.milliseconds", { n: Math.round(whole) });
  if (whole < 10 * SECOND) return t("unit.seconds", { n: (Math.floor(whole / 100) / 10).toString() });
  if (whole < MINUTE) return t("unit.seconds", { n: Math.floor(whole / SECOND) });
  const [large, small, unit, rest] =
    whole < HOUR
      ? ([MINUTE, SECOND, "unit.minutes", "unit.seconds"] as const)
      : whole < DAY
        ? ([HOUR, MINUTE, "unit.hours", "unit.minutes"] as const)
        : ([DAY, HOUR, "unit.days", "unit.hours"] as const);
  const n = Math.floor(whole / large);
  const m = Math.floor((whole - n * large) / small);
  return m === 0 ? t(unit, { n }) : `${t(unit, { n })} ${t(rest, { n: m })}`;
}

/** How long ago, in one unit. A time a little in the future (clocks differ) is now. */
export function formatAge(then: number, now: number): string {
  const ms = now - then;
  if (!Number.isFinite(ms)) return t("unit.unknown");
  if (ms < 1.5 * SECOND) return t("age.now");
  if (ms < MINUTE) return t("age.ago", { age: t("unit.seconds", { n: Math.floor(ms / SECOND) }) });
  if (ms < HOUR) return t("age.ago", { age: t("unit.minutes", { n: Math.floor(ms / MINUTE) }) });
  if (ms < DAY) return t("age.ago", { age: t("unit.hours", { n: Math.floor(ms / HOUR) }) });
  return t("age.ago", { age: t("unit.days", { n: Math.floor(ms / DAY) }) });
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

export function formatBytes(bytes: number, locale?: string): string {
  const step = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(locale, { maximumFractionDigits: digits })} ${BYTE_UNITS[step]}`;
}

/** A rate per second: one decimal where it matters, and never `0` for what is a little more. */
export function formatRate(perSecond: number, locale?: string): string {
  if (perSecond > 0 && perSecond < 0.05) return `< ${(0.1).toLocaleString(locale)}`;
  return perSecond.toLocaleString(locale, { maximumFractionDigits: perSecond < 10 ? 1 : 0 });
}

export const formatCount = (count: number, locale?: string): string => count.toLocaleString(locale);

/** In the reader's own time zone. */
export function formatTime(ms: number, locale?: string, timeZone?: string): string {
  return new Date(ms).toLocaleTimeString(locale, { ...CLOCK, ...(timeZone === undefined ? {} : { timeZone }) });
}

/** With milliseconds, because changes come closer than seconds. */
export function formatClock(ms: number, locale?: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Date(ms).toLocaleTimeString(locale, { ...CLOCK, fractionalSecondDigits: 3, ...zone });
}

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;

export function formatMoment(ms: number, locale?: string, timeZone?: string): string {
  return new Date(ms).toLocaleString(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}

export const formatDay = (ms: number, locale?: string): string =>
  new Date(ms).toLocaleDateString(locale, { year: "numeric", month: "short", day: "numeric" });

/** What a state says to a person: a value with its unit, or that it is missing and why. Never a made-up 0. */
export type ShownState =
  | { readonly kind: "value"; readonly text: string; readonly unit: string | null }
  | { readonly kind: "missing"; readonly text: string; readonly why: string };

export function showState(state: string | null, attributes: Attributes = {}): ShownState {
  if (state === null) return { kind: "missing", text: t("state.removed"), why: t("state.removed.why") };
  if (state === "unavailable")
    return { kind: "missing", text: t("state.unavailable"), why: t("state.unavailable.why") };
  if (state === "unknown") return { kind: "missing", text: t("state.unknown"), why: t("state.unknown.why") };
  if (state === "") return { kind: "missing", text: t("state.empty"), why: t("state.empty.why") };
  const unit = attributes.unit_of_measurement;
  return { kind: "value", text: state, unit: typeof unit === "string" && unit !== "" ? unit : null };
}

export const domainOf = (entityId: string): string => entityId.slice(0, Math.max(0, entityId.indexOf(".")));

/** A name to show: with the device's in front as Home Assistant shows it, else made readable from the entity id. */
export function nameOf(entity: { readonly entity_id: string; readonly name?: string | null; attributes?: Attributes }) {
  const friendly = entity.attributes?.friendly_name;
  if (typeof friendly === "string" && friendly !== "") return friendly;
  if (entity.name) return entity.name;
  return readable(entity.entity_id.slice(entity.entity_id.indexOf(".") + 1));
}

/** `home_assistant` → `Home assistant`. */
export function readable(id: string): string {
  const words = id.replace(/[_.-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
