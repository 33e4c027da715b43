import { useState } from "preact/hooks";
import type { EnergyMeters, EnergyNow, Span } from "../../api-energy-types.ts";
import { Card, Page, Skeleton } from "../../parts/basics.tsx";
import { type Loaded, useEvery, useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import type { MeterNames } from "../../shape/energy/meters.ts";
import { t } from "../../text/text.ts";
import { PlanCard } from "./best/plan.tsx";
import { WindowCard } from "./best/window.tsx";
import { MetersCard } from "./meters/card.tsx";
import { NotKnown, NowCard } from "./now.tsx";
import { AlwaysOnCard } from "./used/always-on.tsx";
import { DaysCards } from "./used/days.tsx";
import { EffectsCard } from "./used/effects.tsx";
import { ProfileCard } from "./used/profile.tsx";

const LOOK_EVERY_MS = 10_000;
const METERS_EVERY_MS = 300_000;
/** The hub learns its meters soon after it has started. */
const METERS_AGAIN_MS = 10_000;

/** What the home's energy is now, costs and emits, when it is cheapest, and what it went into. */
export function EnergyPage() {
  const { api } = useHub();
  const now = useLoad("energy now", api.energyNow);
  const meters = useLoad("energy meters", api.energyMeters);
  useEvery(LOOK_EVERY_MS, now.reload);
  const metered = meters.data === null ? undefined : meters.data.from !== null;
  useEvery(metered ? METERS_EVERY_MS : METERS_AGAIN_MS, meters.reload);
  useReconnected(() => {
    now.reload();
    meters.reload();
  });
  const names = meters.data?.candidates ?? [];
  const meterCard = (
    <MetersCard
      meters={meters}
      onChange={() => {
        meters.reload();
        now.reload();
      }}
    />
  );
  return (
    <Page title={t("nav.energy")} lead={<span class="roomy">{t("energy.lead")}</span>}>
      <NowCard now={now} />
      {metered === false && meterCard}
      <Best now={now} />
      {metered !== false && (
        <>
          {/* Without meters all of these would only be refused, for the reason that is told above. */}
          {metered === undefined && meters.problem === null ? (
            <NotYet />
          ) : (
            <Used key={usedOf(meters.data)} names={names} />
          )}
          {meterCard}
        </>
      )}
    </Page>
  );
}

/** Loaded anew as soon as other meters are in use. */
const usedOf = (meters: EnergyMeters | null): string =>
  JSON.stringify([
    meters?.whole_house.map(({ role, of, meter, inverted }) => [role, of, meter, inverted]),
    meters?.circuits.map(({ meter, power }) => [meter, power]),
  ]);

function Used({ names }: { names: MeterNames }) {
  return (
    <>
      <DaysCards names={names} />
      <ProfileCard />
      <AlwaysOnCard names={names} />
      <EffectsCard />
    </>
  );
}

function NotYet() {
  return (
    <>
      {(["days.title", "profile.title", "always.title"] as const).map((title) => (
        <Card key={title} title={t(title)}>
          <Skeleton lines={7} />
        </Card>
      ))}
    </>
  );
}

/** Prices of the day and the best time for a run, as far as a price or a carbon intensity is known. */
function Best({ now: { data, problem } }: { now: Loaded<EnergyNow> }) {
  const [found, setFound] = useState<readonly Span[]>([]);
  if (data === null && problem !== null) return null;
  if (data === null)
    return (
      <div class="columns">
        <Card title={t("plan.title")}>
          <Skeleton lines={10} />
        </Card>
        <Card title={t("window.title")}>
          <Skeleton lines={18} />
        </Card>
      </div>
    );
  // A rate of which only this moment is not known is drawn as well; without any the plan would only be refused.
  const priced = data.price.unit !== null;
  return (
    <>
      {(priced || data.carbon.unit !== null) && (
        <div class="columns">
          {priced && <PlanCard found={found} />}
          <WindowCard first={priced ? "price" : "carbon"} onFound={setFound} />
        </div>
      )}
      {!priced && data.price.why && (
        <Card title={t("plan.title")}>
          <div class="stack">
            <NotKnown what={t("plan.title")} why={data.price.why} fix={data.price.fix} />
            <a class="button at-start" href="#/sources">
              {t("nav.sources")}
            </a>
          </div>
        </Card>
      )}
    </>
  );
}
