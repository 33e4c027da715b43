import { useState } from "preact/hooks";
import type { Backup, BackupSchedule, Backups } from "../../api-storage-types.ts";
import { Card, Empty, ProblemNote, Tag } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useHub, useLoad } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { ProgressBar } from "../../parts/progress.tsx";
import { formatBytes, formatCount, formatMoment } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { NumberField } from "./fields.tsx";
import { NotThere } from "./state.tsx";
import { useFollowing } from "./use-following.ts";

/** Copies of the store: what there is, one now, whether they are whole, and by themselves. */
export function BackupsCard({ round }: { round: number }) {
  const { api } = useHub();
  const may = useMay();
  const action = useAction();
  const loaded = useLoad(`backups ${may} ${round}`, async () => (may ? api.backups() : null));
  const [leaving, setLeaving] = useState<Backup | null>(null);
  const { data } = loaded;
  const busy = data?.under_way ?? null;
  const follow = useFollowing(loaded, busy !== null);
  const act = (work: () => Promise<unknown>) => void action.run(work).then(follow);
  return (
    <Card title={t("backups.title")} note={data && t("backups.folder", { folder: data.folder })}>
      {!may && <p class="muted">{t("backups.read_only")}</p>}
      {may && <NotThere loaded={loaded} />}
      {data && (
        <div class="stack">
          {busy && <ProgressBar label={t(`backups.under_way.${busy.kind}`)} done={busy.done} total={busy.total} />}
          {data.last_failure && (
            <div class="note tone-degraded">
              <Icon name="warning" />
              <p>
                {t("backups.failed", { time: formatMoment(Date.parse(data.last_failure.time)) })}{" "}
                {data.last_failure.why} {data.last_failure.fix}
              </p>
            </div>
          )}
          <div class="buttons">
            <button
              type="button"
              class="button primary"
              disabled={busy !== null || action.busy}
              onClick={() => act(api.makeBackup)}
            >
              {t("backups.make")}
            </button>
            {data.free_bytes !== null && (
              <p class="muted small align-middle">{t("backups.free", { bytes: formatBytes(data.free_bytes) })}</p>
            )}
          </div>
          {action.problem !== null && <ProblemNote problem={action.problem} />}
          {data.backups.length === 0 && (
            <Empty icon="storage" title={t("backups.none")}>
              {t("backups.none.text")}
            </Empty>
          )}
          <ul class="listed">
            {data.backups.map((backup) => (
              <BackupRow
                key={backup.id}
                backup={backup}
                disabled={busy !== null || action.busy}
                onVerify={() => act(() => api.verifyBackup(backup.id))}
                onRemove={() => setLeaving(backup)}
              />
            ))}
          </ul>
          <Schedule
            key={JSON.stringify(data.schedule)}
            schedule={data.schedule}
            onSave={(schedule) => act(() => api.scheduleBackups(schedule))}
          />
        </div>
      )}
      {leaving && (
        <Confirm
          title={t("backups.remove.title")}
          action={t("backups.remove.yes")}
          busy={action.busy}
          onCancel={() => setLeaving(null)}
          onConfirm={() => {
            act(() => api.removeBackup(leaving.id));
            setLeaving(null);
          }}
        >
          <p>
            {t("backups.remove.text", {
              time: leaving.made === null ? leaving.id : formatMoment(Date.parse(leaving.made)),
            })}
          </p>
        </Confirm>
      )}
    </Card>
  );
}

function BackupRow(props: { backup: Backup; disabled: boolean; onVerify: () => void; onRemove: () => void }) {
  const { backup, disabled, onVerify, onRemove } = props;
  const { id, made, by, state, why, fix, verified, bytes, copied_bytes, readings, events } = backup;
  const time = made === null ? id : formatMoment(Date.parse(made));
  const bad = state !== "whole" || verified?.ok === false;
  return (
    <li class="listed-row">
      <div class="listed-text">
        <p class="listed-name">
          <strong>{time}</strong>{" "}
          <Tag tone={bad ? "broken" : "ok"}>{t(`backups.state.${state === "whole" && bad ? "damaged" : state}`)}</Tag>
        </p>
        <p class="muted small">
          {by && `${t(`backups.by.${by}`)} · `}
          {t("backups.size", { bytes: formatBytes(bytes), added: formatBytes(copied_bytes) })} ·{" "}
          {t("backups.holds", { readings: formatCount(readings), events: formatCount(events) })}
        </p>
        <p class="small">
          {why !== null
            ? `${why} ${fix ?? ""}`
            : verified
              ? t(verified.ok ? "backups.verified" : "backups.not_whole", {
                  time: formatMoment(Date.parse(verified.time)),
                })
              : t("backups.not_verified")}
        </p>
        {verified?.problems.map(({ file, why: reason, fix }) => (
          <p key={`${file} ${reason}`} class="small form-problem">
            {reason} {fix}
          </p>
        ))}
      </div>
      <div class="buttons">
        <button
          type="button"
          class="button"
          disabled={disabled}
          onClick={onVerify}
          aria-label={t("backups.verify.label", { time })}
        >
          {t("backups.verify")}
        </button>
        <button
          type="button"
          class="icon-button"
          disabled={disabled}
          aria-label={t("backups.remove", { time })}
          title={t("backups.remove", { time })}
          onClick={onRemove}
        >
          <Icon name="clear" />
        </button>
      </div>
    </li>
  );
}

const KEPT = ["daily", "weekly", "monthly"] as const;

function Schedule({ schedule, onSave }: { schedule: Backups["schedule"]; onSave: (schedule: BackupSchedule) => void }) {
  const [on, setOn] = useState(schedule.on);
  const [at, setAt] = useState(schedule.at);
  const [kept, setKept] = useState(KEPT.map((each) => String(schedule.keep[each])));
  const numbers = kept.map((text) => (/^\d{1,4}$/.test(text.trim()) ? Number(text) : null));
  const wrong = numbers.includes(null) || !/^\d\d:\d\d$/.test(at);
  const [daily = 0, weekly = 0, monthly = 0] = numbers.map((number) => number ?? 0);
  return (
    <form
      class="form schedule"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) onSave({ on, at, keep: { daily, weekly, monthly } });
      }}
    >
      <h3>{t("schedule.title")}</h3>
      {schedule.proposed && <p class="muted">{t("schedule.proposed")}</p>}
      <label class="choice">
        <input type="checkbox" checked={on} onChange={(event) => setOn(event.currentTarget.checked)} />
        <span class="choice-text">{t("schedule.on")}</span>
      </label>
      <div class="schedule-fields">
        <label class="field">
          <span class="field-label">{t("schedule.at")}</span>
          <input type="time" value={at} onInput={(event) => setAt(event.currentTarget.value)} />
        </label>
        {KEPT.map((each, index) => (
          <NumberField
            key={each}
            label={t(`schedule.${each}`)}
            value={kept[index] ?? ""}
            wrong={numbers[index] === null}
            onChange={(text) => setKept(kept.map((one, other) => (other === index ? text : one)))}
          />
        ))}
      </div>
      <div class="buttons">
        <button type="submit" class="button" disabled={wrong}>
          {t("schedule.save")}
        </button>
        {schedule.on && schedule.next && (
          <p class="muted small align-middle">
            {t("schedule.next", { time: formatMoment(Date.parse(schedule.next)) })}
          </p>
        )}
      </div>
    </form>
  );
}
