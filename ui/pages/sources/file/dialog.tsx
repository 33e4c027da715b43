import { useId, useState } from "preact/hooks";
import type { FileImport, ProviderKind, Settings, Source } from "../../../api-outside-types.ts";
import { ProblemNote, Select } from "../../../parts/basics.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { useAction, useHub } from "../../../parts/hub.ts";
import { Icon } from "../../../parts/icons.tsx";
import { ProgressBar } from "../../../parts/progress.tsx";
import { formatBytes } from "../../../shape/format.ts";
import { plural, t } from "../../../text/text.ts";
import { Mapping } from "./mapping.tsx";
import { FileTold } from "./told.tsx";

/** As the hub takes them. */
const MOST_MB = 16;
const MOST_BYTES = MOST_MB * 1024 * 1024;
const MOST_TEXT = `${MOST_MB} MB`;

/** A file is looked at first: what would come, and what is left out; it is read in once somebody says so. */
export function FileDialog(props: {
  source: Source;
  readers: readonly ProviderKind[];
  onChange: () => void;
  onClose: () => void;
}) {
  const { source, readers, onChange, onClose } = props;
  const { api } = useHub();
  const action = useAction();
  const [providerId, setProviderId] = useState(readers[0]?.id ?? "");
  const [file, setFile] = useState<File | null>(null);
  const [told, setTold] = useState<FileImport | null>(null);
  /** Whether the meaning of the columns is asked; null: where it differs from what is set. */
  const [asked, setAsked] = useState<boolean | null>(null);
  const provider = readers.find((one) => one.id === providerId) ?? readers[0];
  const held = source.providers.find((one) => one.provider === provider?.id)?.settings ?? {};
  const tooLarge = file !== null && file.size > MOST_BYTES;
  const read = async (chosen: File, by: string, preview: boolean) => {
    setTold(null);
    setTold(await api.readFile(source.id, chosen, { provider: by, preview }));
  };
  const look = (chosen: File | null, by: string) => {
    setFile(chosen);
    setTold(null);
    setAsked(null);
    if (chosen && chosen.size <= MOST_BYTES) void action.run(() => read(chosen, by, true));
  };
  const confirm = (settings: Settings) =>
    void action.run(async () => {
      if (!file || !provider) return;
      const { name, enabled, providers } = source;
      const changed = providers.map((one) => (one.provider === provider.id ? { ...one, settings } : one));
      await api.changeSource(source.id, { name, enabled, providers: changed });
      setAsked(false);
      onChange();
      await read(file, provider.id, true);
    });
  const isDone = told !== null && !told.preview;
  const proposed = told?.proposed ?? null;
  const mapping = proposed && (asked ?? !isSame(proposed, held)) ? proposed : null;
  return (
    <Dialog title={t("file.title", { name: source.name })} size="wide" onClose={onClose}>
      <div class="stack">
        {!isDone && readers.length > 1 && (
          <Select
            label={t("file.provider")}
            value={provider?.id ?? ""}
            options={readers.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(next) => {
              setProviderId(next);
              look(file, next);
            }}
          />
        )}
        {!isDone && provider && (
          <FileField
            types={provider.file_types ?? []}
            busy={action.busy}
            onFile={(chosen) => look(chosen, provider.id)}
          />
        )}
        {tooLarge && (
          <p class="form-problem" role="alert">
            {t("file.too_large", { size: formatBytes(file.size), most: MOST_TEXT })}
          </p>
        )}
        <div class="stack" role="status">
          {action.busy && file && (
            <ProgressBar
              label={t("file.reading", { name: file.name, size: formatBytes(file.size) })}
              done={0}
              total={null}
            />
          )}
          {isDone && (
            <div class="note tone-ok">
              <Icon name="check" />
              <p class="note-title">{plural("file.done", told.readings)}</p>
            </div>
          )}
          {told && <FileTold told={told} />}
        </div>
        {told && mapping && provider && (
          <Mapping told={told} proposed={mapping} fields={provider.form} busy={action.busy} onConfirm={confirm} />
        )}
        {proposed && !mapping && (
          <button type="button" class="button at-start" onClick={() => setAsked(true)}>
            {t("file.mapping.change")}
          </button>
        )}
        {action.problem !== null && <ProblemNote problem={action.problem} />}
      </div>
      <div class="buttons dialog-buttons">
        <button type="button" class={`button ${isDone ? "primary" : ""}`} onClick={onClose}>
          {t(isDone ? "raw.close" : "confirm.cancel")}
        </button>
        {!isDone && (
          <button
            type="button"
            class="button primary"
            disabled={action.busy || !told || mapping !== null || told.readings === 0}
            onClick={() =>
              void action.run(async () => {
                if (!file || !provider) return;
                await read(file, provider.id, false);
                onChange();
              })
            }
          >
            {told && told.readings > 0 ? plural("file.import_count", told.readings) : t("file.import")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** Whether settings say the same; in which order their names stand is nobody's concern. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [a as Settings, b as Settings];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => isSame(left[name], right[name]));
}

function FileField(props: { types: readonly string[]; busy: boolean; onFile: (file: File | null) => void }) {
  const { types, busy, onFile } = props;
  const id = useId();
  const told = types.length > 0 ? t("file.types", { types: types.join(", ") }) : "";
  return (
    <div class="field file-field">
      <label for={id}>{t("file.file")}</label>
      <input
        id={id}
        type="file"
        accept={types.join(",")}
        disabled={busy}
        aria-describedby={`${id}-why`}
        onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)}
      />
      <p id={`${id}-why`} class="hint">
        {told} {t("file.hint", { most: MOST_TEXT })}
      </p>
    </div>
  );
}
