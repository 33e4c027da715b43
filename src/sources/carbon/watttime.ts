import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { Issue, OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import { instant } from "../asking/instant.ts";
import type { Provider, ReadNeeds } from "../source.ts";
import { joined, MINUTE, MOST_INTENSITY } from "./slots.ts";

/** One pound is 453.59237 g, one MWh 1000 kWh. */
const GRAMS_PER_KWH_OF_LBS_PER_MWH = 0.45359237;

const Login = v.object({ token: v.pipe(v.string(), v.nonEmpty()) });
const Region = v.object({ region: v.pipe(v.string(), v.nonEmpty()) });
const Index = v.object({
  data: v.array(v.object({ point_time: instant, value: v.pipe(v.number(), v.minValue(0), v.maxValue(100)) })),
  meta: v.object({ units: v.literal("percentile"), data_point_period_seconds: v.optional(v.number(), 300) }),
});
const pounds = v.pipe(v.number(), v.minValue(-500), v.maxValue(MOST_INTENSITY / GRAMS_PER_KWH_OF_LBS_PER_MWH));
const Forecast = v.object({
  data: v.array(v.object({ point_time: instant, value: pounds })),
  meta: v.object({
    units: v.literal("lbs_co2_per_mwh"),
    generated_at: v.optional(instant),
    data_point_period_seconds: v.optional(v.pipe(v.number(), v.minValue(60)), 300),
  }),
});

const settings = v.strictObject({
  username: v.pipe(v.string(), v.nonEmpty(), v.title("User name"), v.description("Of your account at WattTime")),
  password: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.title("Password"),
    v.description("Of your account at WattTime"),
    v.metadata({ secret: true }),
  ),
  region: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Z0-9_]{2,40}$/, "a region such as CAISO_NORTH"),
      v.title("Region"),
      v.description("Such as CAISO_NORTH; empty: where the home is"),
    ),
  ),
});
type Settings = v.InferOutput<typeof settings>;

const HOST = "https://api.watttime.org";
/** A token lasts 30 minutes; one that is about to end is not used. */
const TOKEN_LASTS: Micros = 25 * MINUTE;
const FORECAST_LASTS: Micros = 60 * MINUTE;

/** What an account was told and can be used again. */
type Session = {
  token?: { readonly text: string; readonly until: Micros };
  region?: { readonly of: string; readonly name: string };
  forecast?: { readonly region: string; readonly asked: Micros; readonly issues: readonly Issue[] };
};

/** Marginal: what one more kWh would emit. It is another figure than the average, and kept under another name. */
export function createWattTime(): Provider<Settings, undefined> {
  const sessions = new Map<string, Session>();
  const sessionOf = (given: Settings): Session => {
    const key = JSON.stringify([given.username, given.password]);
    const session = sessions.get(key) ?? {};
    sessions.set(key, session);
    return session;
  };

  const login = async ({ ask, settings: given, now }: ReadNeeds<Settings>, session: Session): Promise<string> => {
    const basic = Buffer.from(`${given.username}:${given.password}`).toString("base64");
    const { token } = await ask({
      url: `${HOST}/login`,
      headers: { authorization: `Basic ${basic}` },
      secret: true,
      schema: Login,
    });
    session.token = { text: token, until: now + TOKEN_LASTS };
    return token;
  };
  /** A token that was taken back early is renewed once. */
  const get = async <T>(
    needs: ReadNeeds<Settings>,
    session: Session,
    path: string,
    schema: v.GenericSchema<unknown, T>,
    onStatus?: (status: number) => T | undefined,
  ): Promise<T> => {
    const kept = session.token && needs.now < session.token.until ? session.token.text : undefined;
    let renew = false;
    const send = (token: string, last: boolean) =>
      needs.ask<T | undefined>({
        url: `${HOST}/v3/${path}`,
        headers: { authorization: `Bearer ${token}` },
        schema,
        onStatus: (status) => {
          renew = status === 401 && !last;
          return renew ? undefined : onStatus?.(status);
        },
      });
    if (kept !== undefined) {
      try {
        return (await send(kept, false)) as T;
      } catch (error) {
        if (!renew) throw error;
      }
    }
    return (await send(await login(needs, session), true)) as T;
  };

  const regionOf = async (needs: ReadNeeds<Settings>, session: Session): Promise<string> => {
    const { settings: given, place } = needs;
    if (given.region !== undefined) return given.region;
    // To a hundredth of a degree: about a kilometre.
    const of = `latitude=${(place.latitude ?? 0).toFixed(2)}&longitude=${(place.longitude ?? 0).toFixed(2)}`;
    if (session.region?.of === of) return session.region.name;
    const { region } = await get(needs, session, `region-from-loc?${of}&signal_type=co2_moer`, Region);
    session.region = { of, name: region };
    return region;
  };

  const forecastOf = async (
    needs: ReadNeeds<Settings>,
    session: Session,
    region: string,
  ): Promise<readonly Issue[]> => {
    const { now } = needs;
    const kept = session.forecast;
    if (kept?.region === region && now < kept.asked + FORECAST_LASTS && now >= kept.asked) return kept.issues;
    const path = `forecast?region=${region}&signal_type=co2_moer`;
    // The free plan has the forecast of one region alone.
    const answer = await get(needs, session, path, v.nullable(Forecast), (status) =>
      status === 403 ? null : undefined,
    );
    const issues = answer === null ? [] : toIssues(answer, now);
    session.forecast = { region, asked: now, issues };
    return issues;
  };

  return {
    id: "watttime",
    kind: "carbon",
    name: "WattTime",
    homepage: "https://watttime.org",
    attribution: "Marginal emissions from WattTime",
    terms: "The free plan has the percentile of every region, and the forecast of one of California alone.",
    settings,
    worksUnset: false,
    limits: [{ calls: 3000, perMs: 5 * 60_000 }],
    everyMs: 5 * 60_000,
    tooOldMs: 30 * 60_000,
    unfit: ({ region }, { latitude, longitude }) =>
      region === undefined && (latitude === null || longitude === null)
        ? {
            why: "Home Assistant does not say where the home is",
            fix: "Name the region in the settings of this source.",
          }
        : undefined,
    read: async (needs) => {
      const session = sessionOf(needs.settings);
      const region = await regionOf(needs, session);
      const { data, meta } = await get(needs, session, `signal-index?region=${region}&signal_type=co2_moer`, Index);
      const readings: OutsideReading[] = data.map(({ point_time: time, value }) => ({
        quantity: "signal_index",
        time,
        // The next one is out when this one ends, or some minutes later.
        until: time + meta.data_point_period_seconds * 1_000_000 + 20 * MINUTE,
        value,
      }));
      const issues = await forecastOf(needs, session, region);
      const current = issues[0]?.slots.find(({ from, to }) => from <= needs.now && needs.now < to);
      if (current)
        readings.push({
          quantity: "marginal_intensity",
          time: current.from,
          until: current.to,
          value: current.value,
          quality: "estimated",
        });
      if (readings.length === 0)
        throw new Failure("nothing_known", `WattTime knows nothing of ${region} now`, { retry: true });
      return { readings, issues };
    },
  };
}

function toIssues({ data, meta }: v.InferOutput<typeof Forecast>, now: Micros): Issue[] {
  const step = meta.data_point_period_seconds * 1_000_000;
  const slots = joined(
    data.map(({ point_time: from, value }) => ({
      from,
      to: from + step,
      value: Math.round(value * GRAMS_PER_KWH_OF_LBS_PER_MWH * 10) / 10,
    })),
  );
  return slots.length > 0 ? [{ quantity: "marginal_intensity", issued: meta.generated_at ?? now, slots }] : [];
}
