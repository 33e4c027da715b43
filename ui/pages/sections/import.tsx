import type { Job } from "../../api-storage-types.ts";
import { Card, ProblemNote } from "../../parts/basics.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useHub, useLoad, useNow } from "../../parts/hub.ts";
import { formatCount, formatMoment } from "../../shape/format.ts";
import { t } from "../../text/text.ts";

const LOOK_EVERY_MS = 2_000;

/** What the hub took over of the time before it, and how far it is. */
export function Import() {
  const { api } = useHub();
  const tick = Math.floor(useNow(LOOK_EVERY_MS) / LOOK_EVERY_MS);
  const { data, problem, reload } = useLoad(`import ${tick}`, api.jobs);
  const action = useAction();
  const may = useMay();
  if (!data) return problem === null ? null : <ProblemNote problem={problem} onRetry={reload} />;
  const job = data.jobs.find(({ kind }) => kind === "import");
  const act = (work: () => Promise<unknown>) => void action.run(work).then(reload);
  return (
    <Card title={t("import.title")}>
      <div class="form">
        <p>{job ? t(`import.${job.state}`) : t("import.none")}</p>
        {job && <Progress job={job} />}
        {job?.why && <p class="part-why">{job.why}</p>}
        {job?.fix && (
          <p class="part-fix">
            <strong>{t("part.fix")}</strong> {job.fix}
          </p>
        )}
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        {may && (
          <p class="row">
            {job?.actions.map((name) => (
              <button
                key={name}
                type="button"
                class="button"
                disabled={action.busy}
                onClick={() => act(() => api.actOnJob(job.id, name))}
              >
                {t(`import.${name}`)}
              </button>
            ))}
            {(!job || job.state === "done") && (
              <button
                type="button"
                class="button"
                disabled={action.busy}
                onClick={() => act(() => api.startJob("import"))}
              >
                {t(job ? "import.again" : "import.start")}
              </button>
            )}
          </p>
        )}
      </div>
    </Card>
  );
}

function Progress({ job }: { job: Job }) {
  const { progress, outcome } = job;
  const under = job.state === "running" || job.state === "waiting";
  const count = (name: string) => formatCount(Number(outcome[name] ?? 0));
  const left = Number(outcome.external_left_out ?? 0);
  return (
    <>
      {under && (
        <progress
          aria-label={t("import.progress")}
          {...(progress.total === null ? {} : { value: progress.done, max: Math.max(1, progress.total) })}
        />
      )}
      <p>{t("import.outcome", { readings: count("readings"), statistics: count("statistics") })}</p>
      {typeof outcome.since === "string" && (
        <p class="muted small">{t("import.since", { time: formatMoment(Date.parse(outcome.since)) })}</p>
      )}
      {left > 0 && <p class="muted small">{t("import.external", { count: formatCount(left) })}</p>}
    </>
  );
}
