import { useState } from "preact/hooks";
import type { Part, ServiceAction } from "../../api-types.ts";
import { Card, Page, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useCell, useHub, useWanted } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { plural, t } from "../../text/text.ts";
import { PartRow, partName, worstFirst } from "../sections/part.tsx";

/** Every part of the hub: how it is, why, how to mend it, and what may be done with it. */
export function ServicesPage() {
  const { status } = useHub();
  const { status: known, problem } = useCell(status.view);
  useWanted({ topics: ["status"], snapshot: false });
  const actions = known?.parts.some((part) => part.actions?.length);
  return (
    <Page title={t("nav.services")} lead={t("services.lead")}>
      {problem !== null && <ProblemNote problem={problem} onRetry={() => void status.refresh()} />}
      {actions && <ReadOnlyNote what={t("services.read_only")} />}
      {!known && problem === null && <Skeleton lines={8} />}
      {known && (
        <Card title={t("overview.parts")} note={plural("overview.parts.count", known.parts.length)}>
          <ul class="parts">
            {worstFirst(known.parts).map((part) => (
              <PartRow key={part.part} part={part} open>
                <Actions part={part} />
              </PartRow>
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
}

const ICONS = { pause: "pause", resume: "play", restart: "restart" } as const;

function Actions({ part }: { part: Part }) {
  const { api, status } = useHub();
  const may = useMay();
  const [asking, setAsking] = useState<Exclude<ServiceAction, "resume"> | null>(null);
  const { busy, problem, run } = useAction();
  if (!may || !part.actions?.length) return null;
  const name = partName(part.part);
  const act = (action: ServiceAction) =>
    run(async () => {
      await api.act(part.part, action);
      await status.refresh();
    });
  return (
    <div class="part-actions">
      <div class="buttons">
        {part.actions.map((action) => (
          <button
            key={action}
            type="button"
            class="button"
            disabled={busy}
            aria-label={t(`service.${action}.named`, { name })}
            // To go on again stops nothing, so nothing is asked.
            onClick={() => (action === "resume" ? void act(action) : setAsking(action))}
          >
            <Icon name={ICONS[action]} size={18} />
            {t(`service.${action}`)}
          </button>
        ))}
      </div>
      {problem !== null && asking === null && <ProblemNote problem={problem} />}
      {asking !== null && (
        <Confirm
          title={t(`service.${asking}.title`, { name })}
          action={t(`service.${asking}`)}
          busy={busy}
          onCancel={() => setAsking(null)}
          onConfirm={() => void act(asking).then((done) => done && setAsking(null))}
        >
          <p>{t(`service.${asking}.text`)}</p>
          {problem !== null && <ProblemNote problem={problem} />}
        </Confirm>
      )}
    </div>
  );
}
