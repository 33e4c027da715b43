import { useState } from "preact/hooks";
import type { Field, FileImport, Settings } from "../../../api-outside-types.ts";
import { Fields } from "../../../parts/forms/fields.tsx";
import { draftOf, settingsOf } from "../../../shape/forms/form.ts";
import { t } from "../../../text/text.ts";

/** How the file seems to be meant, beside its first rows: right, or to be put right. */
export function Mapping(props: {
  told: FileImport;
  proposed: Settings;
  fields: readonly Field[];
  busy: boolean;
  onConfirm: (settings: Settings) => void;
}) {
  const { told, proposed, fields, busy, onConfirm } = props;
  const { columns = [], rows = [] } = told;
  const offered = fields.map((field) => ({ ...offering(field, columns, proposed[field.name]), untold: true }));
  const seen = offered.filter(({ name }) => proposed[name] !== undefined);
  const further = offered.filter(({ name }) => proposed[name] === undefined);
  const [draft, setDraft] = useState(() => draftOf(offered, proposed));
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm(settingsOf(offered, draft));
      }}
    >
      <h3>{t("file.mapping")}</h3>
      <p class="muted small">{t("file.mapping.text")}</p>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        <section class="file-rows" tabIndex={0} aria-label={t("file.rows")}>
          <table class="rows">
            <thead>
              <tr>
                {columns.map((column, at) => (
                  <th key={at} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, i) => (
                    <td key={i}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <Fields fields={seen} draft={draft} onChange={setDraft} />
      {further.length > 0 && (
        <details class="more-fields" open={seen.length === 0}>
          <summary>{t("file.mapping.further")}</summary>
          <div class="form">
            <Fields fields={further} draft={draft} onChange={setDraft} />
          </div>
        </details>
      )}
      <button type="submit" class="button" disabled={busy}>
        {t("file.mapping.confirm")}
      </button>
    </form>
  );
}

/** A column is chosen from those that the file has rather than written. */
function offering(field: Field, columns: readonly string[], held: unknown): Field {
  if (field.type !== "text" || !field.name.endsWith("_column") || columns.length === 0) return field;
  const choices = [...new Set([...columns, ...(typeof held === "string" ? [held] : [])])];
  return { ...field, type: "choice", choices };
}
