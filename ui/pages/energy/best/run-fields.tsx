import { useEffect, useId, useRef } from "preact/hooks";
import { Segmented } from "../../../parts/basics.tsx";
import { Icon } from "../../../parts/icons.tsx";
import {
  MINUTES,
  MOST_STAGES,
  type Range,
  type RunDraft,
  type StageDraft,
  WATTS,
  WAYS,
  type Way,
  wrongWhole,
} from "../../../shape/energy/run.ts";
import { t } from "../../../text/text.ts";

/** What the device does: how long, at how many watts, and whether it may pause or goes through stages. */
export function RunFields({ run, onChange }: { run: RunDraft; onChange: (run: RunDraft) => void }) {
  const { way, stages } = run;
  const [first] = stages;
  const change = (at: number, stage: StageDraft) =>
    onChange({ ...run, stages: stages.map((other, i) => (i === at ? stage : other)) });
  return (
    <>
      <div class="stack tight">
        <Segmented<Way>
          label={t("window.way")}
          value={way}
          options={WAYS.map((value) => ({ value, label: t(`window.way.${value}`) }))}
          onChange={(next) => onChange({ ...run, way: next })}
        />
        <p class="hint">{t(`window.way.${way}.hint`)}</p>
      </div>
      {way === "stages" ? (
        <Stages stages={stages} onChange={(next) => onChange({ ...run, stages: next })} onStage={change} />
      ) : (
        first && (
          <div class="window-fields">
            <Whole
              label={t("window.minutes")}
              value={first.minutes}
              range={MINUTES}
              onChange={(minutes) => change(0, { ...first, minutes })}
            />
            <Whole
              label={t("window.watts")}
              value={first.watts}
              range={WATTS}
              onChange={(watts) => change(0, { ...first, watts })}
            />
          </div>
        )
      )}
    </>
  );
}

function Stages(props: {
  stages: readonly StageDraft[];
  onChange: (stages: readonly StageDraft[]) => void;
  onStage: (at: number, stage: StageDraft) => void;
}) {
  const { stages, onChange, onStage } = props;
  const list = useRef<HTMLOListElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const next = useRef<"new" | "more" | null>(null);
  // Whoever goes by keyboard must not be thrown to the top of the page by what appears or goes.
  useEffect(() => {
    if (next.current === "new") list.current?.querySelector<HTMLInputElement>("li:last-child input")?.focus();
    if (next.current === "more") more.current?.focus();
    next.current = null;
  }, [stages.length]);
  return (
    <div class="stack tight">
      <ol class="stages" ref={list}>
        {stages.map((stage, at) => (
          <li key={at}>
            <fieldset class="stage">
              <legend>{t("window.stage", { n: at + 1 })}</legend>
              <div class="stage-row">
                <Whole
                  label={t("window.stage.minutes")}
                  value={stage.minutes}
                  range={MINUTES}
                  onChange={(minutes) => onStage(at, { ...stage, minutes })}
                />
                <Whole
                  label={t("window.stage.watts")}
                  value={stage.watts}
                  range={WATTS}
                  onChange={(watts) => onStage(at, { ...stage, watts })}
                />
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t("window.stage.remove", { n: at + 1 })}
                  title={t("window.stage.remove", { n: at + 1 })}
                  disabled={stages.length === 1}
                  onClick={() => {
                    next.current = "more";
                    onChange(stages.filter((_, i) => i !== at));
                  }}
                >
                  <Icon name="clear" />
                </button>
              </div>
            </fieldset>
          </li>
        ))}
      </ol>
      <button
        type="button"
        class="button at-start"
        ref={more}
        disabled={stages.length >= MOST_STAGES}
        onClick={() => {
          next.current = "new";
          onChange([...stages, { minutes: "30", watts: "100" }]);
        }}
      >
        {t("window.stage.add")}
      </button>
    </div>
  );
}

function Whole(props: { label: string; value: string; range: Range; onChange: (value: string) => void }) {
  const { label, value, range, onChange } = props;
  const id = useId();
  const wrong = wrongWhole(value, range);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        value={value}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong ? `${id}-why` : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {wrong && (
        <p id={`${id}-why`} class="form-problem small">
          {wrong === "range" ? t("setting.range", range) : t("fields.number")}
        </p>
      )}
    </div>
  );
}
