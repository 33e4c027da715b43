import { useEffect, useState } from "preact/hooks";
import type { Arrived, Change, Entity, Identity, State } from "../api-types.ts";
import { Age, Card, Page, ProblemNote, Skeleton, Tag, Value } from "../parts/basics.tsx";
import { useCell, useHub, useLoad, useReconnected, useWanted } from "../parts/hub.ts";
import { Icon } from "../parts/icons.tsx";
import { formatMoment, nameOf, showState } from "../shape/format.ts";
import { t } from "../text/text.ts";
import { AttributeTable, describeFlaw } from "./sections/details.tsx";
import { HistoryCard } from "./sections/history.tsx";
import { Rows } from "./sections/rows.tsx";

/** A page left open for a day still draws in no time. */
const MOST_ARRIVED = 5_000;

/** One entity: what it is now, what it was, and under which names. */
export function EntityPage({ id }: { id: string }) {
  const { api, states } = useHub();
  useCell(states.version);
  const { data, problem, reload } = useLoad(id, async () => {
    const [entity, state] = await Promise.all([api.entity(id), api.state(id)]);
    return { entity, state };
  });
  useReconnected(reload);
  useEffect(() => {
    if (!states.loaded) void states.load();
  }, [states]);
  const back = (
    <a class="button" href="#/entities">
      <Icon name="back" />
      {t("entity.back")}
    </a>
  );
  if (problem !== null && data === null)
    return (
      <Page title={id} aside={back}>
        <ProblemNote problem={problem} onRetry={reload} />
      </Page>
    );
  if (!data)
    return (
      <Page title={id} aside={back}>
        <Skeleton lines={8} />
      </Page>
    );
  return <Known key={data.entity.series} entity={data.entity} loaded={data.state} asked={id} back={back} />;
}

function Known(props: { entity: Entity; loaded: State; asked: string; back: preact.ComponentChildren }) {
  const { entity, loaded, asked, back } = props;
  const { live, states } = useHub();
  const [state, setState] = useState(loaded);
  const [arrived, setArrived] = useState<readonly Arrived[]>([]);
  useEffect(() => setState((before) => newest(before, loaded)), [loaded]);
  useWanted({ topics: ["changes", "gaps", "status"], entities: [entity.entity_id], snapshot: true });
  useEffect(
    () =>
      live.listen((frame) => {
        // The snapshot tells what changed between the answer that this page was drawn from and the subscription.
        const heard = frame.type === "changes" ? frame.changes : frame.type === "snapshot" ? frame.states : [];
        const mine = heard.filter(({ series }) => series === entity.series);
        if (mine.length === 0) return;
        setArrived((before) => {
          // Positions only grow: what a second snapshot repeats is already here. What is not stored has none.
          const last = before.findLast(({ position }) => position > 0)?.position ?? Number.NEGATIVE_INFINITY;
          const isNew = ({ position, time }: Arrived) =>
            position > last || (position === 0 && before.every((one) => one.time !== time));
          return [...before, ...mine.filter(isNew)].slice(-MOST_ARRIVED);
        });
        setState((before) => mine.reduce(newest, before));
      }),
    [live, entity.series],
  );
  const area = entity.area_id === null ? null : (states.areas.get(entity.area_id) ?? entity.area_id);
  return (
    <Page
      title={nameOf({ ...state, name: entity.name })}
      lead={
        <>
          <code>{entity.entity_id}</code>
          {asked !== entity.entity_id && !asked.startsWith("#") && (
            <span> · {t("entity.asked_as", { name: asked })}</span>
          )}
        </>
      }
      aside={back}
    >
      <div class="columns even">
        <Latest state={state} />
        <Card title={t("entity.belongs")}>
          <dl class="pairs">
            <Pair name={t("entities.area")} value={area} />
            <Pair name={t("entities.integration")} value={entity.integration} />
            <Pair name={t("entity.device")} value={useDeviceName(entity.device_id)} />
            <Pair name={t("entity.labels")} value={entity.labels.length > 0 ? entity.labels.join(", ") : null} />
            <Pair name={t("entity.series")} value={`#${entity.series}`} />
          </dl>
        </Card>
      </div>
      <HistoryCard
        series={`#${entity.series}`}
        name={nameOf({ ...state, name: entity.name })}
        state={state}
        arrived={arrived}
      />
      <div class="columns">
        <Rows series={`#${entity.series}`} state={state} arrived={arrived} />
        <div class="stack">
          <Card title={t("details.attributes")}>
            <AttributeTable attributes={state.attributes} />
          </Card>
          <Names identities={entity.identities ?? []} areas={states.areas} />
        </div>
      </div>
    </Page>
  );
}

/** The id until the name is known, and where it has none. */
function useDeviceName(id: string | null): string | null {
  const { api } = useHub();
  const { data } = useLoad(`device ${id}`, async () => (id === null ? null : api.device(id)));
  return data?.name ?? id;
}

function Latest({ state }: { state: State }) {
  const shown = showState(state.state, state.attributes);
  return (
    <Card title={t("entity.latest")}>
      <p class="latest" aria-live="polite">
        <Value state={state.state} attributes={state.attributes} />
      </p>
      {shown.kind === "missing" && <p class="latest-why">{shown.why}</p>}
      <p class="muted">
        {t("entity.changed")} <Age time={state.changed} />
        {state.time !== state.changed && (
          <>
            {" · "}
            {t("entity.updated")} <Age time={state.time} />
          </>
        )}
      </p>
      <p class="tags">
        {state.origin !== "live" && <Tag title={t(`origin.${state.origin}.why`)}>{t(`origin.${state.origin}`)}</Tag>}
        {state.time_is_arrival && <Tag title={t("details.arrival.why")}>{t("details.arrival")}</Tag>}
        {state.flaws.map((flaw) => (
          <Tag key={flaw} tone="degraded">
            {describeFlaw(flaw)}
          </Tag>
        ))}
      </p>
    </Card>
  );
}

/** Names, areas and integrations the series had, newest first. */
function Names({ identities, areas }: { identities: readonly Identity[]; areas: ReadonlyMap<string, string> }) {
  return (
    <Card title={t("entity.names")}>
      <ol class="timeline">
        {identities.toReversed().map((identity) => (
          <li key={`${identity.from} ${identity.entity_id} ${identity.area_id}`}>
            <p>
              <code>{identity.entity_id}</code> {!identity.holds_name && <Tag>{t("entity.name_lost")}</Tag>}
            </p>
            <p class="muted small">
              {t("entity.name_since", { time: formatMoment(Date.parse(identity.from)) })}
              {identity.name && ` · ${identity.name}`}
              {identity.area_id && ` · ${areas.get(identity.area_id) ?? identity.area_id}`}
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Pair({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value ?? <span class="missing">{t("figure.none")}</span>}</dd>
    </div>
  );
}

function newest(before: State, heard: Change | State): State {
  if (heard.time < before.time || (heard.time === before.time && heard.position <= before.position)) return before;
  return { ...before, ...heard };
}
