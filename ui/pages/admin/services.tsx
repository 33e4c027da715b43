import type { Part } from "../../api-types.ts";
import { Card, Page, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { useCell, useHub, useWanted } from "../../parts/hub.ts";
import { plural, t } from "../../text/text.ts";
import { ActionButtons } from "../sections/actions.tsx";
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

function Actions({ part }: { part: Part }) {
  const { api, status } = useHub();
  const may = useMay();
  if (!may || !part.actions?.length) return null;
  return (
    <ActionButtons
      part={part.part}
      name={partName(part.part)}
      actions={part.actions}
      act={(action) => api.act(part.part, action)}
      onDone={status.refresh}
    />
  );
}
