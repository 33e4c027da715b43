import { useEffect, useState } from "preact/hooks";
import { Page } from "../../parts/basics.tsx";
import { ReadOnlyNote } from "../../parts/forms/read-only.tsx";
import { useCell, useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import { t } from "../../text/text.ts";
import { BackupsCard } from "./backups.tsx";
import { ErasuresCard } from "./erasures.tsx";
import { IntegrityCard } from "./integrity.tsx";
import { QuarantinedCard } from "./quarantined.tsx";
import { RetentionCard } from "./retention.tsx";
import { SizeCard } from "./size.tsx";
import { ThinningCard } from "./thinning.tsx";
import { WritersCard } from "./writers.tsx";

/** What the disk holds, what fills it, what is kept for how long, and whether it is safe. */
export function StoragePage() {
  const { api, states } = useHub();
  useCell(states.version);
  useEffect(() => {
    if (!states.loaded) void states.load();
  }, [states]);
  const storage = useLoad("storage", api.storage);
  const retention = useLoad("retention", api.retention);
  const recording = useLoad("recording", api.recording);
  const [round, setRound] = useState(0);
  const again = () => {
    storage.reload();
    retention.reload();
    recording.reload();
    setRound((n) => n + 1);
  };
  useReconnected(again);
  return (
    <Page title={t("nav.storage")} lead={<span class="roomy">{t("storage.lead")}</span>}>
      <ReadOnlyNote what={t("storage.read_only")} />
      <SizeCard storage={storage} />
      {storage.data && <QuarantinedCard files={storage.data.quarantined} />}
      <WritersCard round={round} retention={retention.data} recording={recording.data} onChange={again} />
      <div class="columns">
        <RetentionCard retention={retention} onChange={again} />
        <div class="stack">
          <ThinningCard recording={recording} onChange={again} />
          <IntegrityCard round={round} />
        </div>
      </div>
      <BackupsCard round={round} />
      <ErasuresCard round={round} />
    </Page>
  );
}
