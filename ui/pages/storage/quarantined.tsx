import type { Storage } from "../../api-storage-types.ts";
import { Card } from "../../parts/basics.tsx";
import { formatBytes } from "../../shape/format.ts";
import { monthName } from "../../shape/storage/sizes.ts";
import { t } from "../../text/text.ts";

/** Files that were set aside, and what to do about each; no card where there are none. */
export function QuarantinedCard({ files }: { files: Storage["quarantined"] }) {
  if (files.length === 0) return null;
  return (
    <Card title={t("quarantined.title")} note={t("quarantined.note")}>
      <ul class="listed">
        {files.map(({ file, bytes, why, kind, month, fix }) => (
          <li key={file} class="listed-row">
            <div class="listed-text">
              <p>
                <code>{file}</code> · {formatBytes(bytes)} ·{" "}
                {kind === null ? t("quarantined.foreign") : t(`stored.${kind}`)}
                {month !== null && ` · ${monthName(month)}`}
              </p>
              <p class="muted small">
                {why ?? t("quarantined.earlier")}. {fix}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
