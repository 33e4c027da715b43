import type { EnergyWindow } from "../../../api-energy-types.ts";
import { Figure, Tag } from "../../../parts/basics.tsx";
import { formatGrams, formatKwh, formatMoney, formatPrice } from "../../../shape/energy/energy.ts";
import { t } from "../../../text/text.ts";
import { formatDaySpan, formatDayTime } from "../times.ts";

type By = EnergyWindow["by"];

/** When it runs best, what that costs, and what is saved by it. */
export function Found({ found }: { found: EnergyWindow }) {
  const { by, rate, parts, kwh, total, mean, at_once, other, alike, now, known_until } = found;
  const amount = (value: number, of: By, unit: string) =>
    of === "price" ? formatMoney(value, unit) : formatGrams(value);
  const saved = at_once === null ? null : at_once - total;
  const otherBy = by === "price" ? "carbon" : "price";
  return (
    <>
      <ul class="window-parts" aria-label={t("window.times")}>
        {parts.map((part) => (
          <li key={part.from}>
            <strong>{formatDaySpan(part)}</strong>
          </li>
        ))}
      </ul>
      {alike && <p class="hint">{t(`window.alike.${by}`)}</p>}
      {now && <Tag tone="ok">{t("window.now")}</Tag>}
      <dl class="figures plain window-figures">
        <Figure label={t(`window.total.${by}`)} value={amount(total, by, rate.unit)} />
        <Figure
          label={t("window.saved")}
          value={saved === null ? null : amount(saved, by, rate.unit)}
          why={t("window.saved.unknown")}
        />
        <Figure label={t("window.energy")} value={formatKwh(kwh)} unit="kWh" />
        {mean !== null && <Figure label={t("window.mean")} value={formatPrice(mean)} unit={rate.unit} />}
        {other && <Figure label={t(`window.total.${otherBy}`)} value={amount(other.total, otherBy, other.unit)} />}
      </dl>
      <p class="hint">{t(`window.known.${by}`, { time: formatDayTime(known_until) })}</p>
    </>
  );
}
