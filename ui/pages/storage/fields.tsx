import { useId, useState } from "preact/hooks";
import type { Keep } from "../../api-storage-types.ts";
import { keepOf } from "../../shape/storage/rules.ts";
import { t } from "../../text/text.ts";

export function NumberField(props: {
  label: string;
  value: string;
  wrong: boolean;
  hint?: string;
  onChange: (value: string) => void;
}) {
  const { label, value, wrong, hint, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        value={value}
        aria-invalid={wrong}
        aria-describedby={wrong || hint ? `${id}-why` : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {(wrong || hint) && (
        <p id={`${id}-why`} class={wrong ? "form-problem small" : "hint"}>
          {wrong ? t("fields.number") : hint}
        </p>
      )}
    </div>
  );
}

/** For how long; null while the days are no number of days. */
export function KeepField(props: { label: string; value: Keep | null; onChange: (keep: Keep | null) => void }) {
  const { label, value, onChange } = props;
  const id = useId();
  const [days, setDays] = useState(typeof value === "number" ? String(value) : "365");
  const inDays = typeof value !== "string";
  return (
    <div class="keep-field">
      <div class="field">
        <label for={id}>{label}</label>
        <select
          id={id}
          value={inDays ? "days" : value}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            onChange(keepOf(chosen === "days" ? days : chosen));
          }}
        >
          {(["for_ever", "within_budget", "days"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`keep.choice.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {inDays && (
        <NumberField
          label={t("keep.how_many")}
          value={days}
          wrong={value === null}
          onChange={(text) => {
            setDays(text);
            onChange(keepOf(text.trim()));
          }}
        />
      )}
    </div>
  );
}
