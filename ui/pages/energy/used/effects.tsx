import { useState } from "preact/hooks";
import type { EnergyEffects } from "../../../api-energy-types.ts";
import { Card, Empty, ProblemNote } from "../../../parts/basics.tsx";
import { useAction, useCell, useHub } from "../../../parts/hub.ts";
import { entityHash } from "../../../router.ts";
import { formatWatts } from "../../../shape/energy/energy.ts";
import { nameOf } from "../../../shape/format.ts";
import { t } from "../../../text/text.ts";

/** What switching each thing does to the power of the house. A week of readings is gone through, so it is asked for. */
export function EffectsCard() {
  const { api, states } = useHub();
  useCell(states.version);
  const action = useAction();
  const [found, setFound] = useState<EnergyEffects | null>(null);
  const work = async () => {
    if (!states.loaded) await states.load();
    setFound(await api.energyEffects());
  };
  return (
    <Card title={t("effects.title")} note={t("effects.note")}>
      <div class="stack">
        <p class="muted small">{t("effects.text")}</p>
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        {found?.effects.length === 0 && <Empty icon="search" title={t("effects.none")} />}
        {found && found.effects.length > 0 && <Found found={found} />}
        <div class="buttons">
          <button type="button" class="button" disabled={action.busy} onClick={() => void action.run(work)}>
            {action.busy ? t("effects.busy") : t("effects.do")}
          </button>
        </div>
      </div>
    </Card>
  );
}

function Found({ found }: { found: EnergyEffects }) {
  const { states } = useHub();
  const noise = formatWatts(found.noise);
  return (
    <>
      <table class="rows energy-table">
        <caption class="visually-hidden">{t("effects.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("effects.what")}</th>
            <th scope="col" class="number">
              {t("effects.watts")}
            </th>
            <th scope="col" class="number">
              {t("effects.confidence")}
            </th>
          </tr>
        </thead>
        <tbody>
          {found.effects.map((effect) => {
            const { entity_id, watts, spread, switchings, used, crowded, unknown, confidence } = effect;
            const [much, about] = [formatWatts(watts), formatWatts(spread)];
            return (
              <tr key={entity_id}>
                <th scope="row">
                  <a class="writer-name" href={entityHash(entity_id)}>
                    {nameOf(states.byEntity(entity_id) ?? { entity_id })}
                  </a>
                  <span class="muted small device-told">
                    {t("effects.used", { used, switchings, crowded, unknown })}
                  </span>
                </th>
                <td class="number">
                  {much.text} {much.unit}
                  <span class="muted small device-told">
                    ± {about.text} {about.unit}
                  </span>
                </td>
                <td class="number">{confidence === 0 ? t("effects.not_sure") : `${Math.round(confidence * 100)} %`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="muted small">
        {t("effects.noise", { noise: `${noise.text} ${noise.unit}`, seconds: found.around_seconds })}
      </p>
    </>
  );
}
