import { useState } from "preact/hooks";
import type { EnergyDay, EnergyDays } from "../../../api-energy-types.ts";
import { Card, Empty, ProblemNote, Segmented, Skeleton } from "../../../parts/basics.tsx";
import { type Loaded, useEvery, useHub, useLoad } from "../../../parts/hub.ts";
import { formatGrams, formatKwh, formatMoney, isPartly, type Sum, sumOf } from "../../../shape/energy/energy.ts";
import { type MeterNames, meterName } from "../../../shape/energy/meters.ts";
import { t } from "../../../text/text.ts";
import { formatHomeDay } from "../times.ts";

const LOOK_EVERY_MS = 300_000;
const AGAIN_MS = 15_000;
const DAY_MS = 86_400_000;
const RANGES = ["7", "31"] as const;
type Range = (typeof RANGES)[number];

/** What was counted by day, and by device; with what it cost and emitted. */
export function DaysCards({ names }: { names: MeterNames }) {
  const { api, clock } = useHub();
  const [range, setRange] = useState<Range>("7");
  const loaded = useLoad(`days ${range}`, () =>
    api.energyDays({ from: new Date(clock.now() - Number(range) * DAY_MS).toISOString() }),
  );
  const { data, problem } = loaded;
  // The hub learns its meters soon after it has started.
  useEvery(problem === null ? LOOK_EVERY_MS : AGAIN_MS, loaded.reload);
  return (
    <>
      <section class="card flush" aria-labelledby="days-title">
        <div class="card-head">
          <h2 id="days-title">{t("days.title")}</h2>
          <Segmented<Range>
            label={t("days.range")}
            value={range}
            options={RANGES.map((value) => ({ value, label: t("days.count", { count: value }) }))}
            onChange={setRange}
          />
        </div>
        <NotYet loaded={loaded} />
        {data && <ByDay days={data} />}
      </section>
      {data && data.devices.length > 0 && (
        <Card title={t("devices.title")} note={t("devices.note", { count: range })} class="flush">
          <Devices days={data} names={names} />
        </Card>
      )}
    </>
  );
}

function NotYet({ loaded }: { loaded: Loaded<unknown> }) {
  if (loaded.problem !== null) return <ProblemNote problem={loaded.problem} onRetry={loaded.reload} />;
  return loaded.data === null ? <Skeleton lines={5} /> : null;
}

function ByDay({ days }: { days: EnergyDays }) {
  const imported = new Map(days.imported.map((day) => [day.from, day]));
  const house = new Map(days.house.map((day) => [day.from, day]));
  const solar = new Map(days.solar.map((day) => [day.from, day]));
  const exported = new Map(days.exported.map((day) => [day.from, day]));
  const all = [...new Set([house, imported, solar, exported].flatMap((one) => [...one.keys()]))].sort().reverse();
  if (all.length === 0) return <Empty icon="starting" title={t("days.none")} />;
  const kwh = (day: Sum | undefined) => (day ? formatKwh(day.kwh) : "–");
  const row = (name: string, of: (days: ReadonlyMap<string, EnergyDay>) => Sum | undefined) => (
    <tr key={name}>
      <th scope="row">{name}</th>
      <td class="number">{kwh(of(house))}</td>
      <td class="number">{kwh(of(imported))}</td>
      <td class="number wide">{kwh(of(solar))}</td>
      <td class="number wide">{kwh(of(exported))}</td>
      <td class="number">
        <Cost sum={of(imported)} unit={days.price?.unit} />
      </td>
      <td class="number wide">
        <Carbon sum={days.carbon ? of(imported) : undefined} />
      </td>
    </tr>
  );
  return (
    <table class="rows energy-table">
      <caption class="visually-hidden">{t("days.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("days.day")}</th>
          <Head>{t("days.house")}</Head>
          <Head>{t("days.imported")}</Head>
          <Head wide>{t("days.solar")}</Head>
          <Head wide>{t("days.exported")}</Head>
          <Head>{t("days.cost")}</Head>
          <Head wide>{t("days.carbon")}</Head>
        </tr>
      </thead>
      <tbody>
        {all.map((from) => row(formatHomeDay(from), (of) => of.get(from)))}
        {row(t("days.sum"), (of) => (of.size === 0 ? undefined : sumOf([...of.values()])))}
      </tbody>
    </table>
  );
}

function Head({ children, wide = false }: { children: string; wide?: boolean }) {
  return (
    <th scope="col" class={`number ${wide ? "wide" : ""}`}>
      {children}
    </th>
  );
}

/** `≥`: of some of it no price is known. */
function Cost({ sum, unit }: { sum: Sum | undefined; unit: string | undefined }) {
  if (!sum || sum.cost === null || unit === undefined)
    return (
      <span class="missing" title={t("days.no_price")}>
        –
      </span>
    );
  const partly = isPartly(sum.kwh, sum.priced_kwh);
  return (
    <span title={partly ? t("days.partly", { kwh: formatKwh(sum.priced_kwh) }) : undefined}>
      {formatMoney(sum.cost, unit)}
      {partly && ` ${t("days.of", { kwh: formatKwh(sum.priced_kwh) })}`}
    </span>
  );
}

function Carbon({ sum }: { sum: Sum | undefined }) {
  if (!sum || sum.carbon_g === null)
    return (
      <span class="missing" title={t("days.no_carbon")}>
        –
      </span>
    );
  return (
    <>
      {formatGrams(sum.carbon_g)}
      {isPartly(sum.kwh, sum.rated_kwh) && ` ${t("days.of", { kwh: formatKwh(sum.rated_kwh) })}`}
    </>
  );
}

function Devices({ days, names }: { days: EnergyDays; names: MeterNames }) {
  const devices = days.devices
    .map((device) => ({ ...device, sum: sumOf(device.days) }))
    .sort((a, b) => b.sum.kwh - a.sum.kwh);
  const most = Math.max(...devices.map(({ sum }) => sum.kwh), 0.001);
  const named = (meter: string) => devices.find((one) => one.meter === meter)?.name ?? meterName(meter, names);
  return (
    <table class="rows energy-table">
      <caption class="visually-hidden">{t("devices.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("devices.device")}</th>
          <Head>{t("window.kwh")}</Head>
          <Head>{t("days.cost")}</Head>
          <Head wide>{t("days.carbon")}</Head>
        </tr>
      </thead>
      <tbody>
        {devices.map(({ meter, within, why, sum }) => (
          <tr key={meter}>
            <th scope="row">
              {named(meter)}
              {within && <span class="muted small device-told">{t("devices.within", { meter: named(within) })}</span>}
              {why && <span class="muted small device-told">{why}</span>}
              <svg class="share" aria-hidden="true">
                <rect class="meter-used" width={`${(sum.kwh / most) * 100}%`} height="100%" rx="2" />
              </svg>
            </th>
            <td class="number">{why ? "–" : formatKwh(sum.kwh)}</td>
            <td class="number">
              <Cost sum={why ? undefined : sum} unit={days.price?.unit} />
            </td>
            <td class="number wide">
              <Carbon sum={why || !days.carbon ? undefined : sum} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
