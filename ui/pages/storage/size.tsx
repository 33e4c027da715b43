import { useState } from "preact/hooks";
import type { Storage } from "../../api-storage-types.ts";
import { Card, Empty, Figure } from "../../parts/basics.tsx";
import type { Loaded } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatShare } from "../../shape/explorer/numbers.ts";
import { formatBytes, formatCount, formatMoment } from "../../shape/format.ts";
import {
  daysTone,
  daysUntilBudget,
  MOST_BARS,
  monthBars,
  monthLabels,
  monthName,
  sizeByKind,
} from "../../shape/storage/sizes.ts";
import { plural, t } from "../../text/text.ts";
import { NotThere } from "./state.tsx";

/** How much there is, month by month, how fast it grows and for how long that goes well. */
export function SizeCard({ storage }: { storage: Loaded<Storage> }) {
  const { data } = storage;
  return (
    <>
      {data?.recording.stopped && (
        <div class="note tone-broken" role="alert">
          <Icon name="warning" />
          <p>
            <strong>{t("storage.stopped")}</strong>{" "}
            {t("storage.stopped.text", {
              time: data.recording.since ? formatMoment(Date.parse(data.recording.since)) : t("unit.unknown"),
            })}
          </p>
        </div>
      )}
      {data && <Figures storage={data} />}
      <Card title={t("storage.months")} note={data && t("storage.total", { bytes: formatBytes(data.total.bytes) })}>
        <NotThere loaded={storage} />
        {data && <Months months={data.months} />}
      </Card>
    </>
  );
}

function Figures({ storage }: { storage: Storage }) {
  const { total, growth, budget, disk } = storage;
  const perDay = growth?.bytes_per_day ?? null;
  const daysLeft = daysUntilBudget(storage);
  const used = budget.bytes > 0 ? budget.used / budget.bytes : 0;
  return (
    <Card>
      <dl class="figures plain">
        <Figure label={t("storage.size")} value={formatBytes(total.bytes)} />
        <Figure
          label={t("storage.growth")}
          value={perDay === null ? null : formatBytes(perDay)}
          why={t("storage.growth.none")}
        />
        <Figure
          label={t("storage.days_left")}
          value={
            daysLeft === null ? null : (
              <span class={`figure-tone tone-${daysTone(daysLeft)}`}>{tellDays(daysLeft)}</span>
            )
          }
          why={perDay === null ? t("storage.growth.none") : t("storage.days_left.never")}
        />
        <Figure label={t("storage.free")} value={disk && formatBytes(disk.free)} why={t("unit.unknown")} />
      </dl>
      <div class="budget">
        <svg class="meter" role="img" aria-label={t("storage.budget.label", { share: formatShare(used) })}>
          <rect width="100%" height="100%" rx="5" class="meter-ground" />
          <rect width={`${Math.min(100, Math.max(0.5, used * 100))}%`} height="100%" rx="5" class="meter-used" />
        </svg>
        <p class="small muted">
          {t("storage.budget", {
            used: formatBytes(budget.used),
            bytes: formatBytes(budget.bytes),
            source: t(`storage.budget.${budget.source}`),
          })}
          {growth &&
            ` · ${t("storage.growth.over", { readings: formatCount(Math.round(growth.readings_per_day)), days: formatCount(Math.round(growth.days)) })}`}
        </p>
      </div>
    </Card>
  );
}

const tellDays = (days: number): string =>
  days > 3_650 ? t("storage.days_left.long") : plural("storage.days", Math.floor(days));

function Months({ months }: { months: Storage["months"] }) {
  const [all, setAll] = useState(false);
  const bars = monthBars(months);
  const kinds = sizeByKind(months);
  if (bars.length === 0) return <Empty icon="storage" title={t("storage.none")} />;
  const shown = bars.slice(-MOST_BARS);
  const most = Math.max(...shown.map(({ bytes }) => bytes), 1);
  const labels = monthLabels(shown, t("storage.no_month.short"));
  return (
    <>
      <div class="month-bars" aria-hidden="true">
        {shown.map(({ month, bytes, parts }, index) => (
          <div key={month ?? ""} class="month-bar" title={`${nameOfMonth(month)}: ${formatBytes(bytes)}`}>
            <svg aria-hidden="true">
              {parts.map(({ kind, bytes: size, from }) => (
                <rect
                  key={kind}
                  class={`kind-${kind}`}
                  width="100%"
                  y={`${100 - ((from + size) / most) * 100}%`}
                  height={`${Math.max(0.6, (size / most) * 100)}%`}
                />
              ))}
            </svg>
            <span class="small muted">{labels[index]}</span>
          </div>
        ))}
      </div>
      <ul class="legend">
        {kinds.map(({ kind, bytes }) => (
          <li key={kind}>
            <span class={`swatch kind-${kind}`} />
            {t(`stored.${kind}`)} <span class="muted">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      <button type="button" class="button" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? t("storage.hide_table") : t("storage.show_table")}
      </button>
      {all && (
        <table class="rows sizes">
          <caption class="visually-hidden">{t("storage.months")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("storage.month")}</th>
              {kinds.map(({ kind }) => (
                <th key={kind} scope="col" class="number wide">
                  {t(`stored.${kind}`)}
                </th>
              ))}
              <th scope="col" class="number">
                {t("storage.sum")}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.toReversed().map(({ month, bytes, parts }) => (
              <tr key={month ?? ""}>
                <th scope="row">{nameOfMonth(month)}</th>
                {kinds.map(({ kind }) => (
                  <td key={kind} class="number wide">
                    {formatBytes(parts.find((part) => part.kind === kind)?.bytes ?? 0)}
                  </td>
                ))}
                <td class="number">{formatBytes(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const nameOfMonth = (month: string | null): string => (month === null ? t("storage.no_month.long") : monthName(month));
