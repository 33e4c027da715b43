import { useId } from "preact/hooks";
import type { Field } from "../../api-outside-types.ts";
import { readable } from "../../shape/format.ts";
import { type Draft, type DraftOf, emptyItem, isNumeric, ticked, wrongIn } from "../../shape/forms/form.ts";
import { t } from "../../text/text.ts";
import { Icon } from "../icons.tsx";

type Drawn<T> = { field: Field; value: T; onChange: (value: Draft) => void };

/** The form that a description of settings asks for. */
export function Fields(props: { fields: readonly Field[]; draft: DraftOf; onChange: (draft: DraftOf) => void }) {
  const { fields, draft, onChange } = props;
  return (
    <>
      {fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          value={draft[field.name] ?? ""}
          onChange={(value) => onChange({ ...draft, [field.name]: value })}
        />
      ))}
    </>
  );
}

function OneField({ field, value, onChange }: Drawn<Draft>) {
  if (field.type === "truth") return <Truth field={field} value={value === true} onChange={onChange} />;
  if (field.type === "group")
    return (
      <fieldset class="setting-group">
        <legend>{titleOf(field)}</legend>
        {field.description && <p class="hint">{field.description}</p>}
        <Fields fields={field.fields ?? []} draft={value as DraftOf} onChange={onChange} />
      </fieldset>
    );
  if (field.type === "list") {
    const items = Array.isArray(value) ? (value as readonly Draft[]) : [];
    return ticked(field) ? (
      <Ticks field={field} value={items.map(String)} onChange={onChange} />
    ) : (
      <List field={field} value={items} onChange={onChange} />
    );
  }
  return field.type === "choice" ? (
    <Choice field={field} value={String(value)} onChange={onChange} />
  ) : (
    <Text field={field} value={String(value)} onChange={onChange} />
  );
}

const titleOf = ({ title, unit, required, untold }: Field): string =>
  [title, unit && `(${unit})`, !required && !untold && `– ${t("setting.optional")}`].filter(Boolean).join(" ");

function Text({ field, value, onChange }: Drawn<string>) {
  const id = useId();
  const wrong = wrongIn(field, value);
  const range = { least: field.least ?? "−∞", most: field.most ?? "∞" };
  const hint = [field.description, field.secret && value === "***" && t("setting.kept")].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{titleOf(field)}</label>
      <input
        id={id}
        type={(field.secret ? "password" : "text") as "text"}
        inputMode={isNumeric(field) ? "decimal" : "text"}
        value={value}
        placeholder={field.default === undefined ? "" : String(field.default)}
        required={field.required}
        autocomplete={field.secret ? "new-password" : "off"}
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong || hint ? `${id}-why` : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {(wrong || hint) && (
        <p id={`${id}-why`} class={wrong ? "form-problem small" : "hint"}>
          {wrong === "range" ? t("setting.range", range) : wrong ? t("fields.number") : hint}
        </p>
      )}
    </div>
  );
}

function Choice({ field, value, onChange }: Drawn<string>) {
  const id = useId();
  const usual = field.default === undefined ? t("setting.none") : t("setting.usual", { value: String(field.default) });
  return (
    <div class="field">
      <label for={id}>{titleOf(field)}</label>
      <select
        id={id}
        value={value}
        required={field.required}
        aria-describedby={field.description ? `${id}-why` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">{field.required ? t("setting.choose") : usual}</option>
        {(field.choices ?? []).map((choice) => (
          <option key={choice} value={choice}>
            {field.choice_names?.[choice] ?? choice}
          </option>
        ))}
      </select>
      {field.description && (
        <p id={`${id}-why`} class="hint">
          {field.description}
        </p>
      )}
    </div>
  );
}

function Truth({ field, value, onChange }: Drawn<boolean>) {
  return (
    <label class="choice">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span class="choice-text">
        <span>{field.title}</span>
        {field.description && <span class="hint">{field.description}</span>}
      </span>
    </label>
  );
}

function Ticks({ field, value, onChange }: Drawn<readonly string[]>) {
  const choices = ticked(field) ?? [];
  const named = field.item?.[0]?.choice_names;
  return (
    <fieldset class="choices ticks">
      <legend>{titleOf(field)}</legend>
      {field.description && <p class="hint">{field.description}</p>}
      {choices.map((choice) => (
        <label key={choice} class="choice">
          <input
            type="checkbox"
            checked={value.includes(choice)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              onChange(choices.filter((one) => (one === choice ? on : value.includes(one))));
            }}
          />
          <span class="choice-text">{named?.[choice] ?? readable(choice)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function List({ field, value, onChange }: Drawn<readonly Draft[]>) {
  const [plain] = field.item ?? [];
  return (
    <fieldset class="setting-group">
      <legend>{titleOf(field)}</legend>
      {field.description && <p class="hint">{field.description}</p>}
      {value.map((one, at) => {
        const change = (item: Draft) => onChange(value.map((other, i) => (i === at ? item : other)));
        const named = { what: field.title, n: at + 1 };
        return (
          <div key={at} class="setting-item">
            <div class="setting-item-fields">
              {typeof one === "string" && plain ? (
                <OneField
                  field={{ ...plain, title: t("setting.entry", named), required: true }}
                  value={one}
                  onChange={change}
                />
              ) : (
                <Fields fields={field.item ?? []} draft={one as DraftOf} onChange={change} />
              )}
            </div>
            <button
              type="button"
              class="icon-button"
              aria-label={t("setting.take_out", named)}
              title={t("setting.take_out", named)}
              onClick={() => onChange(value.filter((_, i) => i !== at))}
            >
              <Icon name="clear" />
            </button>
          </div>
        );
      })}
      <button type="button" class="button" onClick={() => onChange([...value, emptyItem(field)])}>
        {t("setting.add", { what: field.title })}
      </button>
    </fieldset>
  );
}
