import type { RetentionPreview } from "../../api-storage-types.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatBytes, formatCount, formatDay } from "../../shape/format.ts";
import { tellSelector } from "../../shape/storage/rules.ts";
import { plural, t } from "../../text/text.ts";

/** What would go, what would stay, and for how long the disk would then do. Nothing has gone yet. */
export function PreviewOf({ preview }: { preview: RetentionPreview }) {
  const { total, steps, top, forecast, refused } = preview;
  const nothing = total.readings + total.events + total.rollups + total.bytes === 0;
  return (
    <section class="preview" aria-label={t("preview.title")}>
      <p class="preview-total" role="status">
        <strong>
          {nothing
            ? t("preview.nothing")
            : t("preview.total", {
                readings: plural("history.changes", total.readings),
                events: plural("preview.events", total.events),
                rollups: plural("preview.rollups", total.rollups),
                bytes: formatBytes(total.bytes),
              })}
        </strong>
      </p>
      {refused && (
        <p class="form-problem">
          <Icon name="warning" size={16} /> {refused.why} {refused.fix}
        </p>
      )}
      <ul class="listed">
        {steps.map((step, index) => (
          <li key={index} class="listed-row">
            <div class="listed-text">
              <p>
                {step.lost} <span class="muted">{step.stays}</span>
              </p>
              <p class="muted small">
                {t(`preview.reason.${step.reason}`)}
                {step.rule && `: ${tellSelector(step.rule)}`} ·{" "}
                {t("preview.before", { time: formatDay(Date.parse(step.before)), bytes: formatBytes(step.bytes) })}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {top.length > 0 && (
        <details class="history-gaps">
          <summary>
            <Icon name="chevron" size={16} />
            {plural("preview.top", top.length)}
          </summary>
          <ul class="listed small">
            {top.slice(0, 20).map(({ entity_id, readings, bytes }) => (
              <li key={entity_id} class="listed-row">
                <code class="listed-text">{entity_id}</code>
                <span class="muted">
                  {formatCount(readings)} · {formatBytes(bytes)}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <p class="muted small">
        {forecast.bytes_in_30_days !== null && t("preview.forecast", { bytes: formatBytes(forecast.bytes_in_30_days) })}{" "}
        {forecast.days_left !== null && plural("preview.days_left", Math.floor(forecast.days_left))}
      </p>
    </section>
  );
}
