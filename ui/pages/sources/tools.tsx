import { useState } from "preact/hooks";
import type { ProviderKind, Source } from "../../api-outside-types.ts";
import { ProblemNote } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useHub, useMe } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { t } from "../../text/text.ts";
import { FileDialog } from "./file/dialog.tsx";
import { RawAnswers } from "./raw.tsx";

/** What may be done with a source. */
export function SourceTools(props: {
  source: Source;
  readers: readonly ProviderKind[];
  /** It knows what stands in files alone. */
  byFiles: boolean;
  onEdit: () => void;
  onChange: () => void;
}) {
  const { source, readers, byFiles, onEdit, onChange } = props;
  const { api } = useHub();
  const may = useMay();
  const me = useMe();
  const action = useAction();
  const [shown, setShown] = useState<"file" | "raw" | "remove" | null>(null);
  const { name } = source;
  const run = (work: () => Promise<unknown>) =>
    void action.run(work).then(() => {
      setShown(null);
      onChange();
    });
  const button = (label: string, aria: string, work: () => void) => (
    <button type="button" class="button" aria-label={aria} disabled={action.busy} onClick={work}>
      {label}
    </button>
  );
  return (
    <div class="part-actions">
      <div class="buttons">
        {me && me.scope !== "read" && source.enabled && !byFiles && (
          <button
            type="button"
            class="button"
            aria-label={t("source.refresh.of", { name })}
            disabled={action.busy}
            onClick={() => run(() => api.actOnSource(source.id, "refresh"))}
          >
            <Icon name="restart" size={18} />
            {t("source.refresh")}
          </button>
        )}
        {may &&
          source.enabled &&
          readers.length > 0 &&
          button(t("source.file"), t("source.file.of", { name }), () => setShown("file"))}
        {may && button(t("source.edit"), t("source.edit.of", { name }), onEdit)}
        {may &&
          (source.enabled
            ? button(t("source.disable"), t("source.disable.of", { name }), () =>
                run(() => api.actOnSource(source.id, "disable")),
              )
            : button(t("source.enable"), t("source.enable.of", { name }), () =>
                run(() => api.actOnSource(source.id, "enable")),
              ))}
        {may && button(t("source.raw"), t("source.raw.of", { name }), () => setShown("raw"))}
        {may && button(t("source.remove"), t("source.remove.of", { name }), () => setShown("remove"))}
      </div>
      {action.problem !== null && <ProblemNote problem={action.problem} />}
      {shown === "file" && (
        <FileDialog source={source} readers={readers} onChange={onChange} onClose={() => setShown(null)} />
      )}
      {shown === "raw" && <RawAnswers source={source} onClose={() => setShown(null)} />}
      {shown === "remove" && (
        <Confirm
          title={t("source.remove.title", { name })}
          action={t("source.remove")}
          busy={action.busy}
          onCancel={() => setShown(null)}
          onConfirm={() => run(() => api.removeSource(source.id))}
        >
          <p>{t("source.remove.text")}</p>
        </Confirm>
      )}
    </div>
  );
}
