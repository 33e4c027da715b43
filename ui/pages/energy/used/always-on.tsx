import type { AlwaysOn } from "../../../api-energy-types.ts";
import { Card, Figure, ProblemNote, Skeleton } from "../../../parts/basics.tsx";
import { useEvery, useHub, useLoad } from "../../../parts/hub.ts";
import { formatKwh, formatMoney, formatPower, formatPrice, formatWatts } from "../../../shape/energy/energy.ts";
import { type MeterNames, meterName } from "../../../shape/energy/meters.ts";
import { plural, t } from "../../../text/text.ts";
import { NotKnown } from "../now.tsx";

/** It is of whole days: what is new comes once a day. */
const LOOK_EVERY_MS = 3_600_000;

/** What is taken even while nobody uses anything, by the house and by each device, and what that comes to in a year. */
export function AlwaysOnCard({ names }: { names: MeterNames }) {
  const { api } = useHub();
  const { data, problem, reload } = useLoad("always on", api.alwaysOn);
  useEvery(LOOK_EVERY_MS, reload);
  return (
    <Card title={t("always.title")} note={data && data.house.days > 0 && plural("always.note", data.house.days)}>
      <div class="stack">
        <p class="muted small">{t("always.text")}</p>
        {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
        {data === null && problem === null && <Skeleton lines={5} />}
        {data && <House always={data} />}
        {data && data.devices.length > 0 && <Devices always={data} names={names} />}
      </div>
    </Card>
  );
}

function House({ always }: { always: AlwaysOn }) {
  const { house, price, price_mean, explained } = always;
  if (house.watts === null)
    return <NotKnown what={t("always.title")} why={house.why ?? t("always.unknown")} fix={house.fix} />;
  const { text, unit } = formatWatts(house.watts);
  return (
    <>
      <dl class="figures plain window-figures">
        <Figure label={t("always.house")} value={text} unit={unit} />
        <Figure
          label={t("always.per_year")}
          value={house.kwh_per_year === null ? null : formatKwh(house.kwh_per_year)}
          unit="kWh"
          why={t("energy.unknown")}
        />
        <Figure
          label={t("always.cost")}
          value={house.cost_per_year === null || !price ? null : formatMoney(house.cost_per_year, price.unit)}
          why={t("always.cost.unknown")}
        />
      </dl>
      <p class="hint">
        {house.spread !== null && house.spread >= 1 && `${t("always.spread", { watts: formatPower(house.spread) })} `}
        {house.precise_to !== null && `${t("always.precise", { watts: formatPower(house.precise_to) })} `}
        {price && price_mean !== null && t("always.price", { price: formatPrice(price_mean), unit: price.unit })}
      </p>
      {explained.devices > 0 && (
        <p>
          {t("always.explained", {
            devices: explained.devices,
            of: explained.of,
            watts: formatPower(explained.watts),
            share: explained.share === null ? "–" : `${Math.round(explained.share * 100)} %`,
          })}
        </p>
      )}
    </>
  );
}

function Devices({ always, names }: { always: AlwaysOn; names: MeterNames }) {
  const { price } = always;
  const devices = [...always.devices].sort((a, b) => (b.watts ?? -1) - (a.watts ?? -1));
  const most = Math.max(...devices.map(({ watts }) => watts ?? 0), 0.001);
  const named = (meter: string) => devices.find((one) => one.meter === meter)?.name ?? meterName(meter, names);
  const head = (text: string, wide = false) => (
    <th scope="col" class={`number ${wide ? "wide" : ""}`}>
      {text}
    </th>
  );
  return (
    <table class="rows energy-table">
      <caption class="visually-hidden">{t("always.devices")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("devices.device")}</th>
          {head(t("always.watts"))}
          {head(t("always.per_year.kwh"), true)}
          {head(t("always.cost"))}
        </tr>
      </thead>
      <tbody>
        {devices.map(({ meter, within, watts, kwh_per_year, cost_per_year, why }) => (
          <tr key={meter}>
            <th scope="row">
              {named(meter)}
              {within && <span class="muted small device-told">{t("devices.within", { meter: named(within) })}</span>}
              {watts === null && why && <span class="muted small device-told">{why}</span>}
              {watts !== null && (
                <svg class="share" aria-hidden="true">
                  <rect class="meter-used" width={`${(Math.max(0, watts) / most) * 100}%`} height="100%" rx="2" />
                </svg>
              )}
            </th>
            <td class="number">{watts === null ? "–" : formatPower(watts)}</td>
            <td class="number wide">{kwh_per_year === null ? "–" : formatKwh(kwh_per_year)}</td>
            <td class="number">{cost_per_year === null || !price ? "–" : formatMoney(cost_per_year, price.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
