import { useId, useState } from "preact/hooks";
import type { ChosenProvider, Source, SourceChoice, SourceKind, SourceTest } from "../../../api-outside-types.ts";
import { ProblemNote, Select } from "../../../parts/basics.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { useAction, useHub } from "../../../parts/hub.ts";
import { type DraftOf, draftOf, freeId, settingsOf } from "../../../shape/forms/form.ts";
import { t } from "../../../text/text.ts";
import { kindName } from "../names.ts";
import { ProvidersField } from "./providers.tsx";
import { TestResult } from "./test-result.tsx";

type Chosen = { readonly provider: string; readonly draft: DraftOf };

/** Adds a source, or changes one: its name, whom it asks in which order, and with which settings. */
export function SourceEditor(props: {
  /** What is changed; null: one is added. */
  source: Source | null;
  kinds: readonly SourceKind[];
  sources: readonly Source[];
  onClose: () => void;
  onDone: () => void;
}) {
  const { source, kinds, sources, onClose, onDone } = props;
  const { api } = useHub();
  const action = useAction();

  const [kind, setKind] = useState(source?.kind ?? kinds[0]?.kind ?? "");
  const offered = kinds.find((one) => one.kind === kind)?.providers ?? [];
  const formOf = (provider: string) => offered.find((one) => one.id === provider)?.form ?? [];
  const [name, setName] = useState(source?.name ?? "");
  const [own, setOwn] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly Chosen[]>(
    (source?.providers ?? []).map(({ provider, settings }) => ({
      provider,
      draft: draftOf(formOf(provider), settings),
    })),
  );
  const [tested, setTested] = useState<SourceTest | null>(null);
  const sourceId = source?.id ?? own ?? freeId(kind, sources);
  const change = (next: readonly Chosen[]) => {
    setChosen(next);
    setTested(null);
  };
  const choice = (): SourceChoice => ({
    id: sourceId,
    kind,
    name: name.trim() || kindName(kind),
    enabled: source?.enabled ?? true,
    providers: chosen.map(
      ({ provider, draft }): ChosenProvider => ({ provider, settings: settingsOf(formOf(provider), draft) }),
    ),
  });
  const save = () => {
    const { id: _id, kind: _kind, ...changed } = choice();
    return source ? api.changeSource(source.id, changed) : api.addSource(choice());
  };
  const title = source ? t("source_form.change", { name: source.name }) : t("source_form.add");
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(save).then((ok) => ok && onDone());
        }}
      >
        {!source && (
          <Select
            label={t("source_form.kind")}
            value={kind}
            options={kinds.map((one) => ({ value: one.kind, label: kindName(one.kind) }))}
            onChange={(next) => {
              setKind(next);
              setOwn(null);
              change([]);
            }}
          />
        )}
        <Text label={t("source_form.name")} value={name} placeholder={kindName(kind)} onChange={setName} />
        {!source && (
          <Text
            label={t("source_form.id")}
            value={sourceId}
            hint={t("source_form.id.hint", { id: sourceId })}
            onChange={setOwn}
          />
        )}
        <ProvidersField offered={offered} chosen={chosen} onChange={change} />
        {tested && <TestResult test={tested} offered={offered} />}
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        <div class="buttons dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {t("confirm.cancel")}
          </button>
          <button
            type="button"
            class="button"
            disabled={action.busy || chosen.length === 0}
            onClick={() => void action.run(async () => setTested(await api.testSource(choice())))}
          >
            {action.busy ? t("source_form.busy") : t("source_form.test")}
          </button>
          <button type="submit" class="button primary" disabled={action.busy || chosen.length === 0}>
            {source ? t("source_form.save") : t("source_form.do_add")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Text(props: {
  label: string;
  value: string;
  placeholder?: string;
  hint?: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        value={props.value}
        placeholder={props.placeholder ?? ""}
        autocomplete="off"
        aria-describedby={props.hint ? `${id}-why` : undefined}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      {props.hint && (
        <p id={`${id}-why`} class="hint">
          {props.hint}
        </p>
      )}
    </div>
  );
}
