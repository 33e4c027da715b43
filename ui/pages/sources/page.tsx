import { useState } from "preact/hooks";
import type { ProviderKind, Source, SourceChoice, SourceKind } from "../../api-outside-types.ts";
import type { State, Subscription } from "../../api-types.ts";
import { Card, Empty, Page, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useEvery, useFrames, useHub, useLoad, useReconnected, useWanted } from "../../parts/hub.ts";
import { t } from "../../text/text.ts";
import { SourceCard } from "./card.tsx";
import { SourceEditor } from "./form/editor.tsx";
import { kindName } from "./names.ts";

/** Ages grow and budgets are used also while nothing changes. */
const LOOK_EVERY_MS = 10_000;
const WANTED: Subscription = { topics: ["status", "sources"], snapshot: false };

/** What the hub knows of the world outside, from whom, and how old that is. */
export function SourcesPage() {
  const { api } = useHub();
  const may = useMay();
  const sources = useLoad("sources", api.sources);
  const kinds = useLoad("source kinds", api.sourceKinds);
  const states = useLoad("outside states", api.outsideStates);
  const [edited, setEdited] = useState<Source | "new" | null>(null);
  const again = () => {
    sources.reload();
    states.reload();
  };
  useEvery(LOOK_EVERY_MS, again);
  useWanted(WANTED);
  useFrames("sources", again);
  useReconnected(again);
  const { data } = sources;
  const add = may && kinds.data && (
    <button type="button" class="button primary" onClick={() => setEdited("new")}>
      {t("sources.add")}
    </button>
  );
  return (
    <Page title={t("nav.sources")} lead={<span class="roomy">{t("sources.lead")}</span>} aside={add}>
      <ReadOnlyNote what={t("sources.read_only")} />
      {sources.problem !== null && <ProblemNote problem={sources.problem} onRetry={sources.reload} />}
      {kinds.problem !== null && <ProblemNote problem={kinds.problem} onRetry={kinds.reload} />}
      {data === null && sources.problem === null && <Skeleton lines={6} />}
      {data?.sources.length === 0 && (
        <Card>
          <Empty icon="sources" title={t("sources.none")}>
            {t("sources.none.text")}
          </Empty>
        </Card>
      )}
      <div class="columns">
        {data?.sources.map((source) => (
          <SourceCard
            key={source.id}
            source={source}
            readers={readersOf(source, kinds.data ?? [])}
            states={valuesOf(source.id, data.sources, states.data ?? [])}
            onEdit={() => setEdited(source)}
            onChange={again}
          />
        ))}
      </div>
      {data && data.proposed.length > 0 && (
        <Proposals proposed={data.proposed} nameOf={(kind, id) => providerName(kind, id)} onChange={again} />
      )}
      {edited && kinds.data && (
        <SourceEditor
          source={edited === "new" ? null : edited}
          kinds={kinds.data}
          sources={data?.sources ?? []}
          onClose={() => setEdited(null)}
          onDone={() => {
            setEdited(null);
            again();
          }}
        />
      )}
    </Page>
  );

  function providerName(kind: string, id: string): string {
    const { providers = [] } = kinds.data?.find((one) => one.kind === kind) ?? {};
    return providers.find((one) => one.id === id)?.name ?? id;
  }
}

/** Of a source's providers those that read files. */
function readersOf({ kind, providers }: Source, kinds: readonly SourceKind[]): readonly ProviderKind[] {
  const offered = kinds.find((one) => one.kind === kind)?.providers ?? [];
  return offered.filter(({ id, file_types }) => file_types && providers.some(({ provider }) => provider === id));
}

/** The present values of a source; `weather` is not `weather_cabin`, though its names begin alike. */
function valuesOf(id: string, sources: readonly Source[], states: readonly State[]): readonly State[] {
  const longer = sources.map((one) => one.id).filter((other) => other !== id && other.startsWith(`${id}_`));
  const mine = (entity: string, source: string) => entity.startsWith(`outside.${source}_`);
  return states.filter(
    ({ entity_id }) =>
      mine(entity_id, id) && !entity_id.endsWith("_forecast") && !longer.some((other) => mine(entity_id, other)),
  );
}

function Proposals(props: {
  proposed: readonly SourceChoice[];
  nameOf: (kind: string, provider: string) => string;
  onChange: () => void;
}) {
  const { proposed, nameOf, onChange } = props;
  const { api } = useHub();
  const may = useMay();
  const action = useAction();
  return (
    <Card title={t("sources.proposed")} note={t("sources.proposed.note")}>
      <ul class="listed">
        {proposed.map((choice) => (
          <li key={choice.id} class="listed-row">
            <div class="listed-text">
              <p>
                <strong>{kindName(choice.kind)}</strong>
              </p>
              <p class="muted small">
                {choice.providers
                  .map(({ provider, settings }) =>
                    [nameOf(choice.kind, provider), ...Object.values(settings).map(String)].join(": "),
                  )
                  .join(", ")}
              </p>
            </div>
            {may && (
              <button
                type="button"
                class="button"
                aria-label={t("sources.take.of", { name: kindName(choice.kind) })}
                disabled={action.busy}
                onClick={() => void action.run(() => api.addSource({ ...choice, enabled: true })).then(onChange)}
              >
                {t("sources.take")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {action.problem !== null && <ProblemNote problem={action.problem} />}
    </Card>
  );
}
