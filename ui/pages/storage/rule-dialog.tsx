import { useEffect, useState } from "preact/hooks";
import type { Keep, Recording, Retention, RetentionPreview, Selector } from "../../api-storage-types.ts";
import { ProblemNote, Segmented } from "../../parts/basics.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { useAction, useHub } from "../../parts/hub.ts";
import { choiceOf, positiveOf, withRule, withThinning } from "../../shape/storage/rules.ts";
import { t } from "../../text/text.ts";
import { KeepField, NumberField } from "./fields.tsx";
import { PreviewOf } from "./preview.tsx";

type Way = "thin" | "keep" | "stop";

/** One click from what fills the disk: record less of it, keep it for less long, or not at all; seen before it is done. */
export function RuleDialog(props: {
  name: string;
  select: Selector;
  retention: Retention | null;
  recording: Recording | null;
  onClose: () => void;
  onDone: () => void;
}) {
  const { name, select, retention, recording, onClose, onDone } = props;
  const { api } = useHub();
  const action = useAction();
  const [way, setWay] = useState<Way>("thin");
  const [change, setChange] = useState("");
  const [interval, setInterval] = useState("60");
  const [keep, setKeep] = useState<Keep | null>(365);
  const [preview, setPreview] = useState<RetentionPreview | null>(null);
  useEffect(() => setPreview(null), [keep, way]);

  const minChange = positiveOf(change);
  const seconds = positiveOf(interval);
  const thinnable =
    recording !== null && minChange !== undefined && seconds !== undefined && (minChange ?? seconds) !== null;
  const choice =
    retention && keep !== null
      ? { ...choiceOf(retention), rules: withRule(choiceOf(retention).rules, { select, what: "readings", keep }) }
      : null;
  const done = (work: () => Promise<unknown>) => void action.run(work).then((ok) => ok && onDone());
  const stop = async () => {
    const { exclusions } = await api.exclusions();
    const pattern = select.kind === "domain" ? `${select.value}.*` : select.value;
    await api.exclude([...new Set([...exclusions.map((one) => one.pattern), pattern])]);
  };
  const stoppable = select.kind === "entity" || select.kind === "domain";
  return (
    <Dialog title={t("rule.title", { name })} size="wide" onClose={onClose}>
      <div class="stack">
        <Segmented<Way>
          label={t("rule.way")}
          value={way}
          options={[
            { value: "thin", label: t("rule.thin") },
            { value: "keep", label: t("rule.keep") },
            ...(stoppable ? [{ value: "stop" as const, label: t("rule.stop") }] : []),
          ]}
          onChange={setWay}
        />
        <p class="muted">{t(`rule.${way}.text`)}</p>
        {way === "thin" && (
          <>
            <NumberField
              label={t("thin.interval")}
              value={interval}
              wrong={seconds === undefined}
              onChange={setInterval}
            />
            <NumberField label={t("thin.change")} value={change} wrong={minChange === undefined} onChange={setChange} />
          </>
        )}
        {way === "keep" && <KeepField label={t("rule.keep.for")} value={keep} onChange={setKeep} />}
        {way === "keep" && preview && <PreviewOf preview={preview} />}
        {action.problem !== null && <ProblemNote problem={action.problem} />}
      </div>
      <div class="buttons dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {t("confirm.cancel")}
        </button>
        {way === "thin" && (
          <button
            type="button"
            class="button primary"
            disabled={!thinnable || action.busy}
            onClick={() =>
              done(() =>
                api.thin(
                  withThinning(
                    (recording?.thinning ?? []).map((rule) => ({
                      select: rule.select,
                      min_change: rule.min_change,
                      min_interval_seconds: rule.min_interval_seconds,
                    })),
                    { select, min_change: minChange ?? null, min_interval_seconds: seconds ?? null },
                  ),
                ),
              )
            }
          >
            {t("rule.thin.do")}
          </button>
        )}
        {way === "keep" && !preview && (
          <button
            type="button"
            class="button primary"
            disabled={choice === null || action.busy}
            onClick={() => choice && void action.run(async () => setPreview(await api.previewRetention(choice)))}
          >
            {t("retention.preview")}
          </button>
        )}
        {way === "keep" && preview && (
          <button
            type="button"
            class="button danger"
            disabled={choice === null || action.busy || preview.refused !== null}
            onClick={() => choice && done(() => api.chooseRetention(choice))}
          >
            {t("retention.save")}
          </button>
        )}
        {way === "stop" && (
          <button type="button" class="button danger" disabled={action.busy} onClick={() => done(stop)}>
            {t("rule.stop.do")}
          </button>
        )}
      </div>
    </Dialog>
  );
}
