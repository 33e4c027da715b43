import type { GenericSchema, ObjectEntries, StrictObjectSchema } from "valibot";
import type { ForecastKind, ForecastRow } from "../domain/outside/forecast.ts";
import type { HomeCalendar } from "../domain/outside/occurrence.ts";
import type { Issue, OutsideReading, SourceKind } from "../domain/outside/outside.ts";
import type { Calendar } from "../domain/time/calendar.ts";
import type { Micros, Window } from "../domain/time/time.ts";

/** What Home Assistant says of where the home is. null: it does not say. */
export type Place = {
  /** Degrees; a provider rounds them to two or three decimals, so that nobody learns the house number. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Metres above the sea. */
  readonly elevation: number | null;
  /** ISO 4217 and ISO 3166-1 alpha-2. */
  readonly currency: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly calendar: Calendar;
};

export type Request<T> = {
  readonly url: string;
  readonly method?: "GET" | "POST" | "PROPFIND" | "REPORT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How the answer is read; JSON unless said. `text` for CSV, XML, iCalendar; `bytes` (a Uint8Array) as they came. */
  readonly as?: "json" | "text" | "bytes";
  /** What the answer must be. What does not fit is a Failure `changed_shape` that names the path. */
  readonly schema: GenericSchema<unknown, T>;
  /** Bytes; 6 MB unless said. */
  readonly mostBytes?: number;
  /** The answer, or the address, holds a key or what is nobody's business: neither is kept for a report nor quoted. */
  readonly secret?: boolean;
  /** Its server writes headers that HTTP forbids. */
  readonly lenient?: boolean;
  /** What the provider means by a status that is no success: an answer in place of a failure. undefined: a failure. */
  readonly onStatus?: (status: number, text: string) => T | undefined;
  /** What it means to be sent on to another address, which is whole; absent: it is followed on the same host. */
  readonly onRedirect?: (to: string) => T;
};

/**
 * Asks a provider. The runner adds the User-Agent, what makes the request conditional, caps of time and size; it
 * counts the call against the provider's limits, and keeps the raw answer for a report. Redirects are followed only on
 * the same host.
 *
 * @throws Failure `unreachable`, `no_answer`, `answer_too_large`, `refused` (401, 403), `limited` (429, or the budget
 * is used up), `provider_failed` (5xx), `unexpected_status`, `not_json` (an HTML page, an empty or cut answer),
 * `changed_shape`
 */
export type Ask = <T>(request: Request<T>) => Promise<T>;

/**
 * Listens at a TCP port of a device in the home's own network that speaks by itself (a meter behind ser2net) until `enough`
 * says so; nothing is sent. What came is not kept for a report: meters say whose they are.
 *
 * @throws Failure `bad_address` (no device of the home's network), `unreachable`, `no_answer`, `answer_too_large`, `limited`
 */
export type Listen = (request: {
  readonly host: string;
  readonly port: number;
  readonly enough: (bytes: Uint8Array) => boolean;
  /** 64 kB unless said. */
  readonly mostBytes?: number;
  /** 25 s unless said. */
  readonly withinMs?: number;
}) => Promise<Uint8Array>;

export type Reading = OutsideReading;

/** What a provider knows. Nothing is made up: a quantity that the answer does not hold is left out. */
export type Answered<Facts = undefined> = {
  readonly readings: readonly OutsideReading[];
  readonly issues: readonly Issue[];
  /** What is no number over time: games, events of a calendar. Kept as the last good answer, as JSON. */
  readonly facts?: Facts;
  /** The unit of prices (`EUR/kWh`), or of another quantity that has none of its own. */
  readonly units?: { readonly [quantity: string]: string };
  /** Not to be asked again before; the runner adds jitter. Absent: the provider's rhythm. */
  readonly next?: Micros;
  /** Nothing is wrong, yet something is still missing: tomorrow's prices before they are published. */
  readonly waitsFor?: string;
};

/** An entity of Home Assistant as it is now: what the home knows already need not be asked for again. */
export type EntityNow = {
  readonly entityId: string;
  readonly state: string;
  readonly attributes: { readonly [name: string]: unknown };
  /** `last_updated`. */
  readonly time: Micros;
};

export type ReadNeeds<Settings> = {
  readonly ask: Ask;
  readonly socket: Listen;
  /** By `entity_id`, from what is recorded of the present. undefined: there is none, or it is excluded. */
  readonly entity: (entityId: string) => EntityNow | undefined;
  /** What is in Home Assistant's calendars; of those named, or of all. @throws Failure `not_connected` */
  readonly calendars: (window: Window, entityIds: readonly string[]) => Promise<readonly HomeCalendar[]>;
  /** What a weather entity of Home Assistant says of the times to come. @throws Failure `not_connected`, `entity_absent` */
  readonly forecasts: (entityId: string, kind: ForecastKind) => Promise<readonly ForecastRow[]>;
  readonly settings: Settings;
  readonly place: Place;
  readonly now: Micros;
  /** The facts of this provider's last good answer, as they were kept; whoever uses them checks them. */
  readonly facts?: unknown;
  readonly signal: AbortSignal;
};

export type FileNeeds<Settings> = Pick<ReadNeeds<Settings>, "settings" | "place" | "now">;

/** What was not taken of a file, in the words of whoever handed it in. */
export type LeftOut = {
  readonly why: string;
  readonly count: number;
  /** Where the first of them is. */
  readonly where?: string;
};

/** What a file holds. Nothing is made up: what cannot be read is left out, and said. */
export type FileRead = {
  readonly readings: readonly OutsideReading[];
  readonly leftOut: readonly LeftOut[];
  /** What somebody should know before it is taken in. */
  readonly notes: readonly string[];
};

/** How a file that could be meant in several ways is meant: for somebody to look at and to confirm. */
export type FileLook<Settings> = {
  readonly settings: Settings;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** A published limit: at most so many calls in so long. */
export type Limit = { readonly calls: number; readonly perMs: number };

/** A schema of settings; each entry has `title`, `description`, and `metadata({ secret: true })` or `{ unit }` where it is so. */
export type SettingsSchema<Settings> = StrictObjectSchema<ObjectEntries, undefined> & GenericSchema<unknown, Settings>;

/** One place that knows something of a kind. A source asks its providers in order until one answers. */
export type Provider<Settings = never, Facts = unknown> = {
  /** `open_meteo`; unique within its kind. */
  readonly id: string;
  readonly kind: SourceKind;
  readonly name: string;
  readonly homepage: string;
  /** Shown beside the values, as the provider's terms ask for. */
  readonly attribution: string;
  /** What the user must know of the terms before it is switched on. */
  readonly terms?: string;
  readonly settings: SettingsSchema<Settings>;
  /** True: works as it comes, without a key and without settings. */
  readonly worksUnset: boolean;
  readonly limits: readonly Limit[];
  /** Between two reads, unless an answer says otherwise. */
  readonly everyMs: number;
  /** A value that is older than this is absent. */
  readonly tooOldMs: number;
  /** Why it cannot be asked with these settings at this place (no place known, no coverage); undefined: it can. */
  unfit?(settings: Settings, place: Place): { readonly why: string; readonly fix: string } | undefined;
  /** Settings by which what Home Assistant has already is used, which is proposed first; undefined: it has nothing of it. */
  ofHome?(entities: readonly EntityNow[]): Settings | undefined;
  read(needs: ReadNeeds<Settings>): Promise<Answered<Facts>>;
  /** Milliseconds until the next read, where that depends on what is known: a game that is on. Absent: `everyMs`. */
  rhythm?(facts: Facts | undefined, settings: Settings, now: Micros): number;
  /** Whether it reads an entity of Home Assistant, so that it is read again soon after that changed. Absent: it does not. */
  follows?(entityId: string, settings: Settings): boolean;
  /** What was between two times, for days before the source was set up. */
  readBetween?(needs: ReadNeeds<Settings> & { readonly window: Window }): Promise<Answered<Facts>>;
  /** Endings of the files that it reads: `.xml`. */
  readonly fileTypes?: readonly string[];
  /**
   * What stands in a file that somebody handed in. The same file may come again and again.
   *
   * @throws Failure where it is no such file, or the settings do not say how it is meant
   */
  readFile?(bytes: Uint8Array, needs: FileNeeds<Settings>): FileRead;
  /** What settings a file seems to want, beside those that are given. @throws Failure as `readFile` */
  lookAtFile?(bytes: Uint8Array, needs: FileNeeds<Settings>): FileLook<Settings>;
};

/** A provider as the registry keeps it, whatever its settings and facts are. */
// biome-ignore lint/suspicious/noExplicitAny: settings are checked by the provider's own schema before they reach it.
export type AnyProvider = Provider<any, any>;
