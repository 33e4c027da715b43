import type { Source } from "../../api-outside-types.ts";
import { Age, Empty, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { useHub, useLoad } from "../../parts/hub.ts";
import { t } from "../../text/text.ts";

/** What the providers answered last, letter by letter: for whoever looks for what is wrong. */
export function RawAnswers({ source, onClose }: { source: Source; onClose: () => void }) {
  const { api } = useHub();
  const { data, problem, reload } = useLoad(`raw ${source.id}`, () => api.rawAnswers(source.id));
  return (
    <Dialog title={t("raw.title", { name: source.name })} size="raw" onClose={onClose}>
      <div class="stack">
        <p class="muted small">{t("raw.note")}</p>
        {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
        {data === null && problem === null && <Skeleton />}
        {data?.length === 0 && <Empty icon="sources" title={t("raw.none")} />}
        {data?.map(({ time, provider, where, status, text }) => (
          <details key={`${time} ${provider} ${where}`} class="raw-answer">
            <summary>
              <strong>{status}</strong> · {where} · <Age time={time} />
            </summary>
            <pre class="raw-text">{text === "" ? t("raw.empty") : text}</pre>
          </details>
        ))}
      </div>
      <div class="buttons dialog-buttons">
        <button type="button" class="button primary" onClick={onClose}>
          {t("raw.close")}
        </button>
      </div>
    </Dialog>
  );
}
