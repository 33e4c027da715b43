import { Card, ProblemNote, StateBadge } from "../../parts/basics.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useCell, useHub, useLoad } from "../../parts/hub.ts";
import { ProgressBar } from "../../parts/progress.tsx";
import { formatCount, formatMoment } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { NotThere } from "./state.tsx";
import { useFollowing } from "./use-following.ts";

/** Whether what is on the disk is what was written; what is not, stands aside and is asked for again. */
export function IntegrityCard({ round }: { round: number }) {
  const { api, status } = useHub();
  const may = useMay();
  const action = useAction();
  const loaded = useLoad(`check ${may} ${round}`, async () => (may ? api.storeCheck() : null));
  const store = useCell(status.view).status?.parts.find(({ part }) => part === "store");
  const { data } = loaded;
  const follow = useFollowing(loaded, data !== null && data.under_way !== null);
  const act = (work: () => Promise<unknown>) => void action.run(work).then(follow);
  const last = data?.last;
  return (
    <Card title={t("integrity.title")} note={t("integrity.note")}>
      <div class="stack">
        {store && (
          <p class="listed-name">
            <StateBadge state={store.state} /> {store.why ?? t("integrity.fine")} {store.fix}
          </p>
        )}
        {may ? <NotThere loaded={loaded} /> : <p class="muted">{t("integrity.read_only")}</p>}
        {data?.under_way && (
          <ProgressBar label={t("integrity.under_way")} done={data.under_way.done} total={data.under_way.total} />
        )}
        {last && (
          <div>
            <p>
              {t(last.ok ? "integrity.ok" : "integrity.not_ok", {
                time: formatMoment(Date.parse(last.time)),
                readings: formatCount(last.readings),
                events: formatCount(last.events),
              })}
            </p>
            {last.problems.map(({ file, why, fix }) => (
              <p key={`${file} ${why}`} class="small form-problem">
                {file && <code>{file}</code>} {why} {fix}
              </p>
            ))}
          </div>
        )}
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        {data && (
          <div class="buttons">
            <button
              type="button"
              class="button"
              disabled={data.under_way !== null || action.busy}
              onClick={() => act(api.checkStore)}
            >
              {t("integrity.check")}
            </button>
            {last && !last.ok && (
              <button type="button" class="button" disabled={action.busy} onClick={() => act(api.refetch)}>
                {t("integrity.refetch")}
              </button>
            )}
          </div>
        )}
      </div>
    </Card>
  );
}
