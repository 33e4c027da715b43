import { useState } from "preact/hooks";
import type { EnergyMeters } from "../../../api-energy-types.ts";
import { Card, Empty, ProblemNote, Skeleton } from "../../../parts/basics.tsx";
import { Confirm } from "../../../parts/forms/confirm.tsx";
import { useMay } from "../../../parts/forms/read-only.tsx";
import { type Loaded, useAction, useHub } from "../../../parts/hub.ts";
import { plural, t } from "../../../text/text.ts";
import { NotKnown } from "../now.tsx";
import { MeterChooser } from "./chooser.tsx";
import { MeterTable } from "./table.tsx";

/** Which meters the figures of this page are of, on whose word, and how others are chosen. */
export function MetersCard({ meters, onChange }: { meters: Loaded<EnergyMeters>; onChange: () => void }) {
  const { data, problem, reload } = meters;
  return (
    <Card title={t("meters.title")}>
      <div class="stack">
        {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
        {data === null && problem === null && <Skeleton lines={4} />}
        {data && <Told meters={data} />}
        {data && <Tools meters={data} onChange={onChange} />}
      </div>
    </Card>
  );
}

function Told({ meters }: { meters: EnergyMeters }) {
  const { from, why, fix, dashboard, whole_house, circuits, choice } = meters;
  const some = whole_house.length > 0 || circuits.length > 0;
  return (
    <>
      {from === null ? (
        why && <NotKnown what={t("meters.what")} why={why} fix={fix} />
      ) : (
        <p>
          {t(`meters.from.${from}`)} {from === "chosen" && dashboard === "set_up" && t("meters.from.instead")}
          {from === "dashboard" && choice && t("meters.from.unused")}
        </p>
      )}
      {some && <MeterTable meters={meters} />}
      {from !== null && !some && <Empty icon="energy" title={t("meters.none")} />}
    </>
  );
}

function Tools({ meters, onChange }: { meters: EnergyMeters; onChange: () => void }) {
  const { from, choice, candidates, dashboard } = meters;
  const { api } = useHub();
  const may = useMay();
  const action = useAction();
  const [shown, setShown] = useState<"choose" | "drop" | null>(null);
  const done = () => {
    setShown(null);
    onChange();
  };
  if (!may) return from === null ? <p class="muted small">{t("meters.read_only")}</p> : null;
  return (
    <>
      {from === null && (
        <p class="muted small">
          {candidates.length === 0 ? t("meters.candidates.none") : plural("meters.candidates", candidates.length)}
        </p>
      )}
      <div class="buttons">
        {(candidates.length > 0 || choice !== null) && (
          <button
            type="button"
            class={`button ${from === null ? "primary" : ""}`}
            disabled={action.busy}
            onClick={() => setShown("choose")}
          >
            {t(choice ? "meters.change" : from === "dashboard" ? "meters.choose_others" : "meters.choose")}
          </button>
        )}
        {choice && (
          <button type="button" class="button" disabled={action.busy} onClick={() => setShown("drop")}>
            {t("meters.drop")}
          </button>
        )}
      </div>
      {shown === "choose" && <MeterChooser meters={meters} onClose={() => setShown(null)} onDone={done} />}
      {shown === "drop" && (
        <Confirm
          title={t("meters.drop.title")}
          action={t("meters.drop")}
          busy={action.busy}
          onCancel={() => setShown(null)}
          onConfirm={() => void action.run(api.dropMeters).then((ok) => ok && done())}
        >
          <p>{t(dashboard === "set_up" ? "meters.drop.to_dashboard" : "meters.drop.to_none")}</p>
          {action.problem !== null && <ProblemNote problem={action.problem} />}
        </Confirm>
      )}
    </>
  );
}
