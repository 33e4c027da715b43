import { useState } from "preact/hooks";
import type { Span } from "../../api-outside-types.ts";
import { Card, Page } from "../../parts/basics.tsx";
import { useEvery, useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import { t } from "../../text/text.ts";
import { DaysCards } from "./days.tsx";
import { EffectsCard } from "./effects.tsx";
import { NotKnown, NowCard } from "./now.tsx";
import { PlanCard } from "./plan.tsx";
import { WindowCard } from "./window.tsx";

const LOOK_EVERY_MS = 10_000;

/** What the home's energy is now, costs and emits, when it is cheapest, and what it went into. */
export function EnergyPage() {
  const { api } = useHub();
  const now = useLoad("energy now", api.energyNow);
  useEvery(LOOK_EVERY_MS, now.reload);
  useReconnected(now.reload);
  const [found, setFound] = useState<readonly Span[]>([]);
  const { data } = now;
  // Without a price the plan and the windows would only be refused, with the reason that is told here.
  const priced = data !== null && data.price.value !== null;
  const rated = priced || (data !== null && data.carbon.value !== null);
  return (
    <Page title={t("nav.energy")} lead={<span class="roomy">{t("energy.lead")}</span>}>
      <NowCard now={now} />
      {rated && (
        <div class="columns">
          {priced && <PlanCard found={found} />}
          <WindowCard first={priced ? "price" : "carbon"} onFound={setFound} />
        </div>
      )}
      {data?.price.why && (
        <Card title={t("plan.title")}>
          <div class="stack">
            <NotKnown what={t("plan.title")} why={data.price.why} fix={data.price.fix} />
            <a class="button" href="#/sources">
              {t("nav.sources")}
            </a>
          </div>
        </Card>
      )}
      <DaysCards />
      <EffectsCard />
    </Page>
  );
}
