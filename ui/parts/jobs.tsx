import { useEffect, useState } from "preact/hooks";
import type { Job } from "../api-storage-types.ts";
import { formatShare } from "../shape/explorer/numbers.ts";
import { readable } from "../shape/format.ts";
import { mergeJobs, toTell } from "../shape/storage/jobs.ts";
import { hasText, t } from "../text/text.ts";
import { useAction, useHub, useMe } from "./hub.ts";
import { Icon } from "./icons.tsx";

const kindName = (kind: string): string => {
  const key = `jobs.kind.${kind}`;
  return hasText(key) ? t(key) : readable(kind);
};

/** Long work that is under way, and what failed lately: seen on every page, in nobody's way. */
export function JobsNote() {
  const { api, live } = useHub();
  const me = useMe();
  const action = useAction();
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  useEffect(() => {
    // Where the live stream cannot be had, they are at least there as they were when the page was opened.
    api.jobs().then(
      ({ jobs: all }) => setJobs((before) => mergeJobs(all, before)),
      () => {},
    );
    return live.listen((frame) => {
      if (frame.type === "jobs") setJobs((before) => mergeJobs(before, frame.jobs));
    });
  }, [api, live]);
  const told = toTell(jobs);
  if (told.length === 0) return null;
  return (
    <ul class="jobs" aria-label={t("jobs.label")}>
      {told.map((job) => {
        const { done, total } = job.progress;
        const share = total === null || total === 0 ? null : Math.min(1, done / total);
        const name = kindName(job.kind);
        return (
          <li key={job.id} class={`job ${job.state === "failed" ? "tone-degraded" : "tone-starting"}`}>
            <Icon name={job.state === "failed" ? "warning" : "starting"} size={16} />
            <span class="job-text">
              {job.state === "failed"
                ? t("jobs.failed", { kind: name })
                : job.state === "waiting"
                  ? t("jobs.waiting", { kind: name })
                  : name}
              {share !== null && job.state !== "failed" && <strong> {formatShare(share)}</strong>}
              {job.why && <span class="muted"> {job.why}</span>}
              {job.fix && <span class="muted"> {job.fix}</span>}
            </span>
            {job.state !== "failed" && (
              <progress aria-label={name} max={1} {...(share === null ? {} : { value: share })} />
            )}
            {me?.scope === "admin" &&
              job.actions.map((each) => (
                <button
                  key={each}
                  type="button"
                  class="icon-button"
                  disabled={action.busy}
                  aria-label={t(`jobs.${each}`, { kind: name })}
                  title={t(`jobs.${each}`, { kind: name })}
                  onClick={() => void action.run(() => api.actOnJob(job.id, each))}
                >
                  <Icon name={each === "cancel" ? "broken" : "play"} size={18} />
                </button>
              ))}
          </li>
        );
      })}
    </ul>
  );
}
