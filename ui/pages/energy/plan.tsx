import { useState } from "preact/hooks";
import type { EnergyPlan, PlanSlot, Span } from "../../api-outside-types.ts";
import { Empty, ProblemNote, Segmented, Skeleton } from "../../parts/basics.tsx";
import { useEvery, useHub, useLoad, useNow } from "../../parts/hub.ts";
import { barsOf, formatMoney, formatPrice, placeOf } from "../../shape/energy/energy.ts";
import { t } from "../../text/text.ts";
import { formatHour, formatSpan } from "./times.ts";

type Day = "today" | "tomorrow";
const DAYS: readonly Day[] = ["today", "tomorrow"];
const LEVELS = ["cheap", "usual", "dear"] as const;
const LOOK_EVERY_MS = 300_000;

/** A day's prices as bars, and where the run that was asked for fits best. */
export function PlanCard({ found }: { found: readonly Span[] }) {
  const { api } = useHub();
  const [day, setDay] = useState<Day>("today");
  const [asTable, setAsTable] = useState(false);
  const { data, problem, loading, reload } = useLoad(`plan ${day}`, () => api.energyPlan(day));
  useEvery(LOOK_EVERY_MS, reload);
  return (
    <section class="card" aria-labelledby="plan-title">
      <div class="card-head">
        <h2 id="plan-title">{t("plan.title")}</h2>
        <Segmented<Day>
          label={t("plan.day")}
          value={day}
          options={DAYS.map((value) => ({ value, label: t(`plan.${value}`) }))}
          onChange={setDay}
        />
      </div>
      {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
      {data === null && problem === null && <Skeleton lines={4} />}
      {data && problem === null && (
        <div class="stack" aria-busy={loading}>
          {data.slots.length === 0 ? (
            <Empty icon="starting" title={t(`plan.none.${day}`)}>
              {t("plan.none.text")}
            </Empty>
          ) : (
            <>
              <Drawing plan={data} found={found} />
              <div class="buttons">
                <button type="button" class="button" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>
                  {asTable ? t("storage.hide_table") : t("storage.show_table")}
                </button>
              </div>
              {asTable && <Slots plan={data} />}
            </>
          )}
        </div>
      )}
    </section>
  );
}

function Drawing({ plan, found }: { plan: EnergyPlan; found: readonly Span[] }) {
  const { bars, zero, least, most } = barsOf(plan);
  const now = new Date(useNow(60_000)).toISOString();
  const at = placeOf({ from: plan.from, to: now }, plan).width;
  const unit = plan.price.unit;
  const inDay = found.map((part) => placeOf(part, plan)).filter(({ width }) => width > 0);
  return (
    <figure class="plan">
      <figcaption class="muted small">
        {t("plan.range", {
          least: formatPrice(Math.min(...plan.slots.map(({ price }) => price))),
          most: formatPrice(Math.max(...plan.slots.map(({ price }) => price))),
          mean: plan.mean === null ? "–" : formatPrice(plan.mean),
          unit,
        })}
        {plan.known < 0.999 && ` ${t("plan.known", { share: `${Math.round(plan.known * 100)} %` })}`}
        {plan.alike && ` ${t("plan.alike")}`}
      </figcaption>
      <div class="plan-box">
        <div class="plan-scale muted small" aria-hidden="true">
          <span>{formatPrice(most)}</span>
          <span>{formatPrice(least)}</span>
        </div>
        <svg
          class="plan-bars"
          viewBox="0 0 1000 100"
          preserveAspectRatio="none"
          role="img"
          aria-label={t("plan.label", { unit })}
        >
          {inDay.map(({ x, width }) => (
            <rect key={x} class="plan-found" x={x} y="0" width={width} height="100" />
          ))}
          {bars.map(({ slot, x, width, y, height }) => (
            <rect
              key={slot.from}
              class={`plan-${slot.level}`}
              x={x}
              y={y}
              width={Math.max(1, width - gapOf(width))}
              height={height}
            >
              <title>{toldOf(slot, unit)}</title>
            </rect>
          ))}
          <line class="plan-zero" x1="0" x2="1000" y1={zero} y2={zero} vector-effect="non-scaling-stroke" />
          {at > 0 && at < 1000 && (
            <line class="plan-now" x1={at} x2={at} y1="0" y2="100" vector-effect="non-scaling-stroke" />
          )}
        </svg>
        <div class="plan-hours muted small" aria-hidden="true">
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <span key={share}>{formatHour(Date.parse(plan.from) * (1 - share) + Date.parse(plan.to) * share)}</span>
          ))}
        </div>
      </div>
      <ul class="legend">
        {LEVELS.map((level) => (
          <li key={level}>
            <span class={`swatch plan-${level}`} />
            {t(`plan.${level}`)}
          </li>
        ))}
        {inDay.length > 0 && (
          <li>
            <span class="swatch plan-found" />
            {t("plan.found")}
          </li>
        )}
      </ul>
    </figure>
  );
}

/** A little air between bars that have room for it. */
const gapOf = (width: number): number => (width > 8 ? 2 : 0);

const toldOf = (slot: PlanSlot, unit: string): string =>
  `${formatSpan(slot)}: ${formatPrice(slot.price)} ${unit}, ${t(`plan.${slot.level}`)}`;

function Slots({ plan }: { plan: EnergyPlan }) {
  return (
    <table class="rows">
      <caption class="visually-hidden">{t("plan.label", { unit: plan.price.unit })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("plan.time")}</th>
          <th scope="col" class="number">
            {t("energy.price")}
          </th>
          <th scope="col" class="number">
            {t("energy.carbon")}
          </th>
          <th scope="col">{t("plan.level")}</th>
        </tr>
      </thead>
      <tbody>
        {plan.slots.map((slot) => (
          <tr key={slot.from}>
            <th scope="row">{formatSpan(slot)}</th>
            <td class="number">{formatMoney(slot.price, plan.price.unit)}</td>
            <td class="number">{slot.carbon === null ? "–" : Math.round(slot.carbon)}</td>
            <td>{t(`plan.${slot.level}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
