import { useRef, useState } from "preact/hooks";
import { ProblemNote } from "../../parts/basics.tsx";
import { saveFile } from "../../parts/download.ts";
import { useAction, useHub } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import type { Span } from "../../shape/chart-data.ts";
import { timeText } from "../../shape/explorer/view.ts";
import { t } from "../../text/text.ts";

const FORMATS = ["csv", "ndjson"] as const;

/** Every reading of what is on show, as a file: the same entities, the same window, nothing summed up. */
export function ExportMenu({ entities, window }: { entities: readonly string[]; window: Span }) {
  const { api } = useHub();
  const action = useAction();
  const menu = useRef<HTMLDetailsElement>(null);
  const [saved, setSaved] = useState(false);
  const save = async (format: (typeof FORMATS)[number]) => {
    setSaved(false);
    const from = timeText(window.from);
    const ok = await action.run(() =>
      saveFile(
        api,
        ["api/v1/export", { format, entity: entities, from, to: timeText(window.to) }],
        `history-${from.slice(0, 10)}.${format}`,
      ),
    );
    setSaved(ok);
    if (ok && menu.current) menu.current.open = false;
  };
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current) return;
        menu.current.open = false;
        menu.current.querySelector("summary")?.focus();
      }}
    >
      <summary class="button">
        <Icon name="download" />
        {t("explorer.export")}
      </summary>
      <div class="menu-body stack">
        <p class="small muted">{t("explorer.export.text")}</p>
        {FORMATS.map((format) => (
          <button key={format} type="button" class="button" disabled={action.busy} onClick={() => void save(format)}>
            {t(`explorer.export.${format}`)}
          </button>
        ))}
        <p class="small" role="status">
          {action.busy && t("explorer.export.busy")}
          {saved && t("explorer.export.saved")}
        </p>
        {action.problem !== null && <ProblemNote problem={action.problem} />}
      </div>
    </details>
  );
}
