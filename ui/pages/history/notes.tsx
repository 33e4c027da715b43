import { useState } from "preact/hooks";
import type { Annotation } from "../../api-types.ts";
import { Card, Empty, ProblemNote } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { useAction, useHub, useMe } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import type { Span } from "../../shape/chart-data.ts";
import { localInput } from "../../shape/explorer/moments.ts";
import { timeText } from "../../shape/explorer/view.ts";
import { formatMoment } from "../../shape/format.ts";
import { t } from "../../text/text.ts";

/** What people have noted in the window: why a curve looks as it does. */
export function Notes(props: {
  notes: readonly Annotation[];
  problem: unknown;
  window: Span;
  entities: readonly string[];
  onChange: () => void;
}) {
  const { notes, problem, window, entities, onChange } = props;
  const { api } = useHub();
  const scope = useMe()?.scope;
  const mayWrite = scope === "write" || scope === "admin";
  const [writing, setWriting] = useState(false);
  const [leaving, setLeaving] = useState<Annotation | null>(null);
  const action = useAction();
  return (
    <Card title={t("notes.title")} note={t("notes.lead")}>
      {problem !== null && <ProblemNote problem={problem} onRetry={onChange} />}
      {notes.length === 0 && problem === null && !writing && (
        <Empty icon="note" title={t("notes.none")}>
          {mayWrite ? t("notes.none.text") : t("notes.read_only")}
        </Empty>
      )}
      <ul class="listed">
        {notes.map((note) => (
          <li key={note.id} class="listed-row">
            <div class="listed-text">
              <p>{note.text}</p>
              <p class="muted small">
                {formatMoment(Date.parse(note.from))}
                {note.to && ` – ${formatMoment(Date.parse(note.to))}`} · {note.created_by}
              </p>
            </div>
            {mayWrite && (
              <button
                type="button"
                class="icon-button"
                aria-label={t("notes.remove", { text: note.text })}
                title={t("notes.remove", { text: note.text })}
                onClick={() => setLeaving(note)}
              >
                <Icon name="clear" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {writing && (
        <NoteForm
          window={window}
          onCancel={() => setWriting(false)}
          onSave={async (text, at, only) => {
            const ok = await action.run(() =>
              api.annotate({ text, from: timeText(at), to: null, entities: only ? entities : [] }),
            );
            if (!ok) return;
            setWriting(false);
            onChange();
          }}
          busy={action.busy}
        />
      )}
      {action.problem !== null && <ProblemNote problem={action.problem} />}
      {mayWrite && !writing && (
        <button type="button" class="button" onClick={() => setWriting(true)}>
          {t("notes.add")}
        </button>
      )}
      {leaving && (
        <Confirm
          title={t("notes.remove.title")}
          action={t("notes.remove.yes")}
          busy={action.busy}
          onCancel={() => setLeaving(null)}
          onConfirm={() =>
            void action
              .run(() => api.removeAnnotation(leaving.id))
              .then((ok) => {
                setLeaving(null);
                if (ok) onChange();
              })
          }
        >
          <p>{leaving.text}</p>
        </Confirm>
      )}
    </Card>
  );
}

function NoteForm(props: {
  window: Span;
  busy: boolean;
  onSave: (text: string, at: number, only: boolean) => Promise<void>;
  onCancel: () => void;
}) {
  const { window, busy, onSave, onCancel } = props;
  const [text, setText] = useState("");
  const [at, setAt] = useState(localInput((window.from + window.to) / 2));
  const [only, setOnly] = useState(true);
  const seconds = Date.parse(at) / 1000;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void onSave(text.trim(), seconds, only);
      }}
    >
      <label class="field">
        <span class="field-label">{t("notes.text")}</span>
        <input
          type="text"
          maxLength={2000}
          required
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span class="field-label">{t("notes.at")}</span>
        <input
          type="datetime-local"
          step={1}
          required
          value={at}
          onInput={(event) => setAt(event.currentTarget.value)}
        />
      </label>
      <label class="choice">
        <input type="checkbox" checked={only} onChange={(event) => setOnly(event.currentTarget.checked)} />
        <span class="choice-text">{t("notes.only")}</span>
      </label>
      <div class="buttons">
        <button type="submit" class="button primary" disabled={busy || text.trim() === "" || Number.isNaN(seconds)}>
          {t("notes.save")}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t("confirm.cancel")}
        </button>
      </div>
    </form>
  );
}
