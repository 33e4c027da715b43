import { useState } from "preact/hooks";
import {
  type Keep,
  type Retention,
  type RetentionChoice,
  type RetentionPreview,
  type RetentionRule,
  RULED,
  type Ruled,
  SELECTOR_KINDS,
  type Selector,
} from "../../api-storage-types.ts";
import { Card, ProblemNote, Select, TextField } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { type Loaded, useAction, useHub } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatBytes, formatDay, formatMoment } from "../../shape/format.ts";
import { choiceOf, positiveOf, tellKeep, tellSelector, withRule } from "../../shape/storage/rules.ts";
import { plural, t } from "../../text/text.ts";
import { KeepField, NumberField } from "./fields.tsx";
import { PreviewOf } from "./preview.tsx";
import { NotThere } from "./state.tsx";

const KINDS = ["readings", "events", "rollups"] as const;

/** For how long what is kept; changed only after it was seen what that would cost. */
export function RetentionCard({ retention, onChange }: { retention: Loaded<Retention>; onChange: () => void }) {
  const { data } = retention;
  return (
    <Card title={t("retention.title")} note={t("retention.note")}>
      <NotThere loaded={retention} />
      {data && (
        <div class="stack">
          {!data.clock.trusted && (
            <div class="note tone-degraded">
              <Icon name="warning" />
              <p>
                {data.clock.why} {data.clock.fix}
              </p>
            </div>
          )}
          <Editor key={JSON.stringify(choiceOf(data))} retention={data} onChange={onChange} />
          <Outlook retention={data} />
        </div>
      )}
    </Card>
  );
}

function Editor({ retention, onChange }: { retention: Retention; onChange: () => void }) {
  const { api } = useHub();
  const may = useMay();
  const action = useAction();
  const [draft, setDraft] = useState<RetentionChoice>(choiceOf(retention));
  const [preview, setPreview] = useState<RetentionPreview | null>(null);
  const [running, setRunning] = useState(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(choiceOf(retention));
  const change = (part: Partial<RetentionChoice>) => {
    setDraft({ ...draft, ...part });
    setPreview(null);
  };
  const countOf = (rule: RetentionRule) => retention.rules.find((one) => keyOf(one) === keyOf(rule))?.entities;
  return (
    <>
      {KINDS.map((kind) =>
        may ? (
          <KeepField
            key={kind}
            label={t(`retention.${kind}`)}
            value={draft.defaults[kind]}
            onChange={(keep) => keep !== null && change({ defaults: { ...draft.defaults, [kind]: keep } })}
          />
        ) : (
          <p key={kind}>
            {t(`retention.${kind}`)}: <strong>{tellKeep(draft.defaults[kind])}</strong>
          </p>
        ),
      )}
      {may && (
        <BudgetField
          bytes={draft.budget_bytes}
          automatic={retention.budget.bytes}
          onChange={(budget_bytes) => change({ budget_bytes })}
        />
      )}
      <h3>{t("retention.rules")}</h3>
      {draft.rules.length === 0 && <p class="muted">{t("retention.no_rules")}</p>}
      <ul class="listed">
        {draft.rules.map((rule) => (
          <li key={keyOf(rule)} class="listed-row">
            <div class="listed-text">
              <p>
                <strong>{tellSelector(rule.select)}</strong> · {t(`retention.${rule.what}`)} · {tellKeep(rule.keep)}
              </p>
              <p class="muted small">{plural("gaps.entities", countOf(rule) ?? 0)}</p>
            </div>
            {may && (
              <button
                type="button"
                class="icon-button"
                aria-label={t("retention.remove", {
                  rule: `${tellSelector(rule.select)} · ${t(`retention.${rule.what}`)}`,
                })}
                title={t("retention.remove", { rule: `${tellSelector(rule.select)} · ${t(`retention.${rule.what}`)}` })}
                onClick={() => change({ rules: draft.rules.filter((other) => other !== rule) })}
              >
                <Icon name="clear" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {may && <AddRule onAdd={(rule) => change({ rules: withRule(draft.rules, rule) })} />}
      {preview && <PreviewOf preview={preview} />}
      {action.problem !== null && <ProblemNote problem={action.problem} />}
      <div class="buttons">
        <button
          type="button"
          class={`button ${changed && !preview ? "primary" : ""}`}
          disabled={action.busy}
          onClick={() => void action.run(async () => setPreview(await api.previewRetention(changed ? draft : {})))}
        >
          {t("retention.preview")}
        </button>
        {may && changed && (
          <>
            <button
              type="button"
              class="button danger"
              disabled={action.busy || preview === null || preview.refused !== null}
              onClick={() => void action.run(() => api.chooseRetention(draft)).then((ok) => ok && onChange())}
            >
              {t("retention.save")}
            </button>
            <button type="button" class="button" onClick={() => change(choiceOf(retention))}>
              {t("retention.reset")}
            </button>
          </>
        )}
        {may && !changed && preview && preview.total.bytes > 0 && preview.refused === null && (
          <button
            type="button"
            class="button danger"
            disabled={action.busy || retention.running}
            onClick={() => setRunning(true)}
          >
            {t("retention.run")}
          </button>
        )}
      </div>
      {may && changed && <p class="muted small">{preview ? t("retention.save.text") : t("retention.preview_first")}</p>}
      {running && preview && (
        <Confirm
          title={t("retention.run.title")}
          action={t("retention.run")}
          busy={action.busy}
          onCancel={() => setRunning(false)}
          onConfirm={() =>
            void action
              .run(() => api.runRetention(preview.plan))
              .then((ok) => {
                setRunning(false);
                if (ok) onChange();
              })
          }
        >
          <p>{t("retention.run.text", { bytes: formatBytes(preview.total.bytes) })}</p>
        </Confirm>
      )}
    </>
  );
}

/** Rules are told apart by whom and what they are for. */
const keyOf = ({ select, what }: Pick<RetentionRule, "select" | "what">): string => JSON.stringify([select, what]);

function BudgetField(props: { bytes: number | null; automatic: number; onChange: (bytes: number | null) => void }) {
  const { bytes, automatic, onChange } = props;
  const [text, setText] = useState(bytes === null ? "" : String(bytes / 1e9));
  const wrong = positiveOf(text) === undefined;
  return (
    <NumberField
      label={t("retention.budget")}
      hint={t("retention.budget.hint", { bytes: formatBytes(automatic) })}
      value={text}
      wrong={wrong}
      onChange={(given) => {
        setText(given);
        const value = positiveOf(given);
        if (value !== undefined) onChange(value === null ? null : Math.round(value * 1e9));
      }}
    />
  );
}

function AddRule({ onAdd }: { onAdd: (rule: RetentionRule) => void }) {
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Selector["kind"]>("pattern");
  const [value, setValue] = useState("");
  const [what, setWhat] = useState<Ruled>("readings");
  const [keep, setKeep] = useState<Keep | null>(30);
  if (!open)
    return (
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {t("retention.add")}
      </button>
    );
  return (
    <form
      class="form add-rule"
      onSubmit={(event) => {
        event.preventDefault();
        if (keep === null || value.trim() === "") return;
        onAdd({ select: { kind, value: value.trim() }, what, keep });
        setOpen(false);
        setValue("");
      }}
    >
      <div class="keep-field">
        <Select
          label={t("selector.kind")}
          value={kind}
          options={SELECTOR_KINDS.map((one) => ({ value: one, label: t(`selector.${one}`) }))}
          onChange={(one) => setKind(one as Selector["kind"])}
        />
        <TextField label={t("selector.value")} value={value} onChange={setValue} />
      </div>
      <Select
        label={t("rule.what")}
        value={what}
        options={RULED.map((one) => ({ value: one, label: t(`retention.${one}`) }))}
        onChange={(one) => setWhat(one as Ruled)}
      />
      <KeepField label={t("rule.keep.for")} value={keep} onChange={setKeep} />
      <div class="buttons">
        <button type="submit" class="button primary" disabled={keep === null || value.trim() === ""}>
          {t("retention.add.do")}
        </button>
        <button type="button" class="button" onClick={() => setOpen(false)}>
          {t("confirm.cancel")}
        </button>
      </div>
    </form>
  );
}

/** What goes next by itself, and what went last. */
function Outlook({ retention }: { retention: Retention }) {
  const { announced, next_run, last_run, running } = retention;
  return (
    <div class="outlook small">
      {running && <p role="status">{t("retention.running")}</p>}
      {announced.map(({ what, before, due, bytes }) => (
        <p key={`${what} ${before}`} class="announced">
          <Icon name="warning" size={16} />{" "}
          {t("retention.announced", {
            what: t(`retention.${what}`),
            before: formatDay(Date.parse(before)),
            due: formatDay(Date.parse(due)),
            bytes: formatBytes(bytes),
          })}
        </p>
      ))}
      <p class="muted">
        {announced.length === 0 && `${t("retention.nothing_announced")} `}
        {next_run && t("retention.next", { time: formatMoment(Date.parse(next_run)) })}
      </p>
      {last_run && (
        <p class="muted">
          {t(`retention.last.${last_run.state}`, {
            time: formatMoment(Date.parse(last_run.ended)),
            bytes: formatBytes(last_run.bytes),
          })}{" "}
          {last_run.why}
        </p>
      )}
    </div>
  );
}
