import type { Erasure } from "../../api-storage-types.ts";
import { Card } from "../../parts/basics.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { useHub, useLoad } from "../../parts/hub.ts";
import { formatCount, formatMoment } from "../../shape/format.ts";
import { t } from "../../text/text.ts";

const SHOWN = 20;

/** What was erased, and where it is gone from; no card where nothing was. */
export function ErasuresCard({ round }: { round: number }) {
  const { api } = useHub();
  const may = useMay();
  const { data } = useLoad(`erasures ${may} ${round}`, async () => (may ? api.erasures() : null));
  if (!data || data.erasures.length === 0) return null;
  return (
    <Card title={t("erasures.title")} note={t("erasures.note")}>
      <ul class="listed">
        {data.erasures.slice(0, SHOWN).map((one) => (
          <li key={one.id} class="listed-row">
            <div class="listed-text">
              <p>
                {one.entities.map(({ entity_id: id }) => (
                  <code key={id}>{id} </code>
                ))}
                · {timeOf(one)} · {formatMoment(Date.parse(one.asked))}
              </p>
              <p class="muted small">{saidOf(one)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function timeOf({ from, to }: Erasure): string {
  if (from === null && to === null) return t("erasures.all");
  return t("erasures.time", {
    from: from === null ? t("erasures.beginning") : formatMoment(Date.parse(from)),
    to: to === null ? t("erasures.end") : formatMoment(Date.parse(to)),
  });
}

function saidOf({ state, removed, backups, why, fix }: Erasure): string {
  if (state === "failed") return [why, fix].filter(Boolean).join(" ");
  const { readings, statistics, rollups, events } = removed;
  const count = formatCount(readings + statistics + rollups + events);
  if (state === "running") return t("erasures.running", { count });
  const held = backups.held.length > 0 ? ` ${t("erasures.held", { backups: backups.held.join(", ") })}` : "";
  return `${t("erasures.done", { count })}${held}`;
}
