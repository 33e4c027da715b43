import { useState } from "preact/hooks";
import type { ProviderKind } from "../../../api-outside-types.ts";
import { Select, Tag } from "../../../parts/basics.tsx";
import { Fields } from "../../../parts/forms/fields.tsx";
import { Icon } from "../../../parts/icons.tsx";
import { formatDuration } from "../../../shape/format.ts";
import { type DraftOf, draftOf, moved } from "../../../shape/forms/form.ts";
import { t } from "../../../text/text.ts";

type Chosen = { readonly provider: string; readonly draft: DraftOf };

/** Whom a source asks: the next one where those above it do not answer. */
export function ProvidersField(props: {
  offered: readonly ProviderKind[];
  chosen: readonly Chosen[];
  onChange: (chosen: readonly Chosen[]) => void;
}) {
  const { offered, chosen, onChange } = props;
  const left = offered.filter(({ id }) => !chosen.some(({ provider }) => provider === id));
  return (
    <div class="stack">
      <h3>{t("source_form.providers")}</h3>
      {chosen.length > 1 && <p class="hint">{t("source_form.order")}</p>}
      {chosen.map((one, at) => (
        <Provider
          key={one.provider}
          provider={offered.find(({ id }) => id === one.provider)}
          id={one.provider}
          draft={one.draft}
          at={at}
          of={chosen.length}
          onDraft={(draft) => onChange(chosen.map((other) => (other === one ? { ...one, draft } : other)))}
          onMove={(by) => onChange(moved(chosen, at, by))}
          onRemove={() => onChange(chosen.filter((other) => other !== one))}
        />
      ))}
      {left.length > 0 && (
        <AddProvider
          key={left.map(({ id }) => id).join()}
          left={left}
          first={chosen.length === 0}
          onAdd={({ id, form }) => onChange([...chosen, { provider: id, draft: draftOf(form, {}) }])}
        />
      )}
    </div>
  );
}

function Provider(props: {
  provider: ProviderKind | undefined;
  id: string;
  draft: DraftOf;
  at: number;
  of: number;
  onDraft: (draft: DraftOf) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}) {
  const { provider, id, draft, at, of, onDraft, onMove, onRemove } = props;
  const name = provider?.name ?? id;
  const button = (icon: "up" | "down" | "clear", label: string, disabled: boolean, run: () => void) => (
    <button type="button" class="icon-button" aria-label={label} title={label} disabled={disabled} onClick={run}>
      <Icon name={icon} />
    </button>
  );
  return (
    <fieldset class="setting-group">
      <legend>{of > 1 ? `${at + 1}. ${name}` : name}</legend>
      <div class="provider-tools">
        {provider && (
          <span class="hint">
            {provider.file_types
              ? t("source_form.files", { types: provider.file_types.join(", ") })
              : t("source_form.every", { time: formatDuration(provider.every_seconds * 1000) })}
          </span>
        )}
        <span class="at-end buttons">
          {of > 1 && button("up", t("source_form.up", { name }), at === 0, () => onMove(-1))}
          {of > 1 && button("down", t("source_form.down", { name }), at === of - 1, () => onMove(1))}
          {button("clear", t("source_form.take_out", { name }), false, onRemove)}
        </span>
      </div>
      {provider && <Fields fields={provider.form} draft={draft} onChange={onDraft} />}
      {provider?.terms && <p class="hint">{provider.terms}</p>}
    </fieldset>
  );
}

function AddProvider(props: {
  left: readonly ProviderKind[];
  first: boolean;
  onAdd: (provider: ProviderKind) => void;
}) {
  const { left, first, onAdd } = props;
  const [id, setId] = useState((left.find(({ unfit }) => !unfit) ?? left[0])?.id ?? "");
  const provider = left.find((one) => one.id === id);
  return (
    <div class="add-provider">
      <Select
        label={first ? t("source_form.first") : t("source_form.next")}
        value={id}
        options={left.map((one) => ({ value: one.id, label: one.name }))}
        onChange={setId}
      />
      <button type="button" class="button" onClick={() => provider && onAdd(provider)}>
        {t("source_form.take")}
      </button>
      {provider && (
        <div class="provider-told small">
          {provider.works_unset && <Tag tone="ok">{t("source_form.works_unset")}</Tag>}
          <p class="muted">{provider.attribution}</p>
          {provider.unfit && (
            <p>
              {provider.unfit.why} {provider.unfit.fix}
            </p>
          )}
          <a class="touch-link" href={provider.homepage} target="_blank" rel="noreferrer">
            {provider.homepage.replace(/^https?:\/\//, "")}
          </a>
        </div>
      )}
    </div>
  );
}
