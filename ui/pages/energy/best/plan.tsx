import { useState } from "preact/hooks";
import type { EnergyPlan, PlanSlot, Span } from "../../../api-energy-types.ts";
import { Empty, ProblemNote, Segmented, Skeleton } from "../../../parts/basics.tsx";
import { useEvery, useHub, useLoad, useNow } from "../../../parts/hub.ts";
import { barsOf, formatMoney, formatPrice, holesOf, placeOf } from "../../../shape/energy/energy.ts";
import { t } from "../../../text/text.ts";
import { DayBox } from "../day-box.tsx";
import { formatHour, formatSpan } from "../times.ts";

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
  const [begin, end] = [Date.parse(plan.from), Date.parse(plan.to)];
  const holes = holesOf(plan);
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
      <DayBox
        label={t("plan.label", { unit })}
        most={formatPrice(most)}
        least={formatPrice(least)}
        zero={zero}
        zeroText={formatPrice(0)}
        hours={[0, 0.25, 0.5, 0.75, 1].map((share) => formatHour(begin * (1 - share) + end * share))}
      >
        {holes.map((hole) => {
          const { x, width } = placeOf(hole, plan);
          return (
            <rect key={hole.from} class="day-unknown" x={x} y="0" width={width} height="100">
              <title>{t("plan.unknown.of", { time: formatSpan(hole) })}</title>
            </rect>
          );
        })}
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
        {at > 0 && at < 1000 && (
          <line class="plan-now" x1={at} x2={at} y1="0" y2="100" vector-effect="non-scaling-stroke" />
        )}
      </DayBox>
      <ul class="legend">
        {LEVELS.filter((level) => bars.some(({ slot }) => slot.level === level)).map((level) => (
          <li key={level}>
            <span class={`swatch plan-${level}`} />
            {t(`plan.${level}`)}
          </li>
        ))}
        {holes.length > 0 && (
          <li>
            <span class="swatch day-unknown" />
            {t("plan.unknown")}
          </li>
        )}
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
  const rows: readonly (PlanSlot | Span)[] = [...plan.slots, ...holesOf(plan)].sort(
    (a, b) => Date.parse(a.from) - Date.parse(b.from),
  );
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
        {rows.map((row) => (
          <tr key={row.from}>
            <th scope="row">{formatSpan(row)}</th>
            {"level" in row ? (
              <>
                <td class="number">{formatMoney(row.price, plan.price.unit)}</td>
                <td class="number">{row.carbon === null ? "–" : Math.round(row.carbon)}</td>
                <td>{t(`plan.${row.level}`)}</td>
              </>
            ) : (
              <td class="missing" colSpan={3}>
                {t("plan.unknown")}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
