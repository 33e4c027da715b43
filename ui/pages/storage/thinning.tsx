import type { Recording } from "../../api-storage-types.ts";
import { Card, ProblemNote } from "../../parts/basics.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { type Loaded, useAction, useHub } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatDay } from "../../shape/format.ts";
import { tellSelector, tellThinning, withoutThinning } from "../../shape/storage/rules.ts";
import { plural, t } from "../../text/text.ts";
import { NotThere } from "./state.tsx";

/** Of what fewer readings are recorded than come. */
export function ThinningCard({ recording, onChange }: { recording: Loaded<Recording>; onChange: () => void }) {
  const { api } = useHub();
  const may = useMay();
  const action = useAction();
  const { data } = recording;
  return (
    <Card title={t("thin.title")} note={data && plural("thin.dropped", data.dropped)}>
      <NotThere loaded={recording} />
      {data && data.thinning.length === 0 && <p class="muted">{t("thin.none")}</p>}
      {data && (
        <ul class="listed">
          {data.thinning.map((rule) => (
            <li key={JSON.stringify(rule.select)} class="listed-row">
              <div class="listed-text">
                <p>
                  <strong>{tellSelector(rule.select)}</strong>
                </p>
                <p class="muted small">
                  {tellThinning(rule)} · {plural("gaps.entities", rule.entities)} ·{" "}
                  {t("thin.since", { time: formatDay(Date.parse(rule.since)) })}
                </p>
              </div>
              {may && (
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t("thin.remove", { rule: tellSelector(rule.select) })}
                  title={t("thin.remove", { rule: tellSelector(rule.select) })}
                  disabled={action.busy}
                  onClick={() =>
                    void action
                      .run(() =>
                        api.thin(
                          withoutThinning(data.thinning, rule.select).map((kept) => ({
                            select: kept.select,
                            min_change: kept.min_change,
                            min_interval_seconds: kept.min_interval_seconds,
                          })),
                        ),
                      )
                      .then((ok) => ok && onChange())
                  }
                >
                  <Icon name="clear" />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {action.problem !== null && <ProblemNote problem={action.problem} />}
    </Card>
  );
}
