import type { EnergyNow, RateNow } from "../../api-energy-types.ts";
import { Age, Card, Figure, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import type { Loaded } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatGrams, formatMoney, formatPrice, formatWatts } from "../../shape/energy/energy.ts";
import { t } from "../../text/text.ts";

/** What the house takes and from where, what that costs and emits; what is not known, why. */
export function NowCard({ now }: { now: Loaded<EnergyNow> }) {
  const { data } = now;
  return (
    <Card title={t("energy.now")} note={data && <Age time={data.time} />} class="energy-now">
      <div class="stack">
        {now.problem !== null && <ProblemNote problem={now.problem} onRetry={now.reload} />}
        {data === null && now.problem === null && <Skeleton lines={4} />}
        {data && <Figures now={data} />}
        {data?.power.why && <NotKnown what={t("energy.power")} why={data.power.why} fix={data.power.fix} />}
        {data?.price.why && <NotKnown what={t("energy.price")} why={data.price.why} fix={data.price.fix} />}
        {data?.carbon.why && <NotKnown what={t("energy.carbon")} why={data.carbon.why} fix={data.carbon.fix} />}
      </div>
    </Card>
  );
}

function Figures({ now }: { now: EnergyNow }) {
  const { power, price, carbon } = now;
  const watts = (label: string, value: number | null) => {
    const shown = value === null ? null : formatWatts(value);
    return (
      <Figure
        label={label}
        value={shown?.text ?? null}
        unit={shown?.unit ?? ""}
        why={t(power.why ? "energy.unknown" : "energy.none")}
      />
    );
  };
  const feeds = power.grid !== null && power.grid < 0;
  const charges = power.battery !== null && power.battery < 0;
  return (
    <dl class="figures energy-figures" aria-label={t("energy.now")}>
      {watts(t("energy.house"), power.house)}
      {feeds ? watts(t("energy.fed_in"), -(power.grid ?? 0)) : watts(t("energy.grid"), power.grid)}
      {watts(t("energy.solar"), power.solar)}
      {charges ? watts(t("energy.charging"), -(power.battery ?? 0)) : watts(t("energy.battery"), power.battery)}
      <Figure
        label={labelOf(t("energy.price"), price)}
        value={price.value === null ? null : formatPrice(price.value)}
        unit={price.unit ?? ""}
        why={t("energy.unknown")}
      />
      <Figure
        label={t("energy.cost_per_hour")}
        value={now.cost_per_hour === null ? null : formatMoney(now.cost_per_hour, price.unit ?? "")}
        why={feeds ? t("energy.none_drawn") : t("energy.unknown")}
      />
      <Figure
        label={labelOf(t("energy.carbon"), carbon)}
        value={carbon.value === null ? null : carbon.value.toLocaleString(undefined, { maximumFractionDigits: 0 })}
        unit={carbon.unit ?? ""}
        why={t("energy.unknown")}
      />
      <Figure
        label={t("energy.carbon_per_hour")}
        value={now.carbon_per_hour === null ? null : formatGrams(now.carbon_per_hour)}
        why={feeds ? t("energy.none_drawn") : t("energy.unknown")}
      />
    </dl>
  );
}

/** With whose word it is. */
const labelOf = (label: string, { source, value }: RateNow): string =>
  value === null ? label : t("energy.by", { what: label, source: source ?? t("energy.dashboard") });

export function NotKnown({ what, why, fix }: { what: string; why: string; fix?: string | undefined }) {
  return (
    <div class="note tone-starting">
      <Icon name="off" />
      <p>
        <strong>{t("energy.not_known", { what })}</strong> {why}. {fix}
      </p>
    </div>
  );
}
