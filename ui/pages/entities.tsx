import { useEffect, useMemo } from "preact/hooks";
import type { State } from "../api-types.ts";
import { Age, Card, Empty, Page, ProblemNote, Select, Skeleton, TextField, Value } from "../parts/basics.tsx";
import { useCell, useHub, useWanted } from "../parts/hub.ts";
import { Icon } from "../parts/icons.tsx";
import { entityHash, hashOf } from "../router.ts";
import { type EntityFilter, filterEntities, NO_AREA, paged, SORTS, type SortBy } from "../shape/entity-list.ts";
import { domainOf, formatCount, nameOf, readable } from "../shape/format.ts";
import { type TextKey, t } from "../text/text.ts";

const PAGE_SIZE = 50;

/** Every entity that is recorded, with its latest value. */
export function EntitiesPage() {
  const { states, live, router } = useHub();
  const route = useCell(router.route);
  const problem = useCell(states.problem);
  useCell(states.version);
  useWanted({ topics: ["changes", "status"], snapshot: true });
  useEffect(() => {
    const stop = live.listen((frame) => {
      if (frame.type === "changes") states.apply(frame.changes);
      else if (frame.type === "snapshot") states.adopt(frame.states);
      else if (frame.type === "lost") void states.load();
    });
    // Areas have their names from here; the values are also here while the live stream is not.
    void states.load();
    return stop;
  }, [live, states]);

  const filter = filterOf(route.query);
  const change = (next: Partial<EntityFilter & { page: string }>) => {
    const { sort, ...rest } = { ...filter, page: "", ...next };
    router.replace(hashOf("entities", { ...rest, sort: sort === "name" ? "" : sort }));
  };
  // The order holds while one reads: values change in place, rows move only when something else is asked for.
  const order = useMemo(
    () => filterEntities(states.bySeries.values(), filter, states.areas).map(({ series }) => series),
    [JSON.stringify(filter), states.bySeries.size, states.areas, states.loaded],
  );
  const { items, page, pages, from, to } = paged(order, Number(route.query.page ?? 1) || 1, PAGE_SIZE);
  const rows = items.map((series) => states.bySeries.get(series)).filter((state) => state !== undefined);

  return (
    <Page title={t("nav.entities")} lead={<span class="roomy">{t("entities.lead")}</span>}>
      {problem !== null && <ProblemNote problem={problem} onRetry={() => void states.load()} />}
      <Filters filter={filter} onChange={change} />
      <Card class="flush">
        {!states.loaded && problem === null && <Skeleton lines={10} />}
        {states.loaded && rows.length === 0 && (
          <Empty icon="search" title={states.bySeries.size === 0 ? t("entities.none") : t("entities.none_found")}>
            {states.bySeries.size === 0 ? t("entities.none.text") : t("entities.none_found.text")}
          </Empty>
        )}
        {rows.length > 0 && (
          <>
            <EntityTable rows={rows} sort={filter.sort} areas={states.areas} onSort={(sort) => change({ sort })} />
            <div class="card-foot pager">
              <span class="muted" role="status">
                {t("pager.range", { from: formatCount(from), to: formatCount(to), all: formatCount(order.length) })}
              </span>
              <div class="buttons">
                <button
                  type="button"
                  class="button"
                  disabled={page <= 1}
                  onClick={() => change({ page: String(page - 1) })}
                >
                  {t("pager.before")}
                </button>
                <button
                  type="button"
                  class="button"
                  disabled={page >= pages}
                  onClick={() => change({ page: String(page + 1) })}
                >
                  {t("pager.next")}
                </button>
              </div>
            </div>
          </>
        )}
      </Card>
    </Page>
  );
}

function EntityTable(props: {
  rows: readonly State[];
  sort: SortBy;
  areas: ReadonlyMap<string, string>;
  onSort: (sort: SortBy) => void;
}) {
  const { rows, sort, areas, onSort } = props;
  const head = (by: SortBy, label: TextKey, className: string) => (
    <th
      scope="col"
      class={className}
      aria-sort={sort === by ? (by === "changed" ? "descending" : "ascending") : undefined}
    >
      <button type="button" class="sort" onClick={() => onSort(by)}>
        {t(label)}
        <Icon name="sort" size={14} />
      </button>
    </th>
  );
  return (
    <table class="entities">
      <caption class="visually-hidden">{t("entities.caption")}</caption>
      <thead>
        <tr>
          {head("name", "entities.name", "")}
          {head("area", "entities.area", "wide")}
          {head("integration", "entities.integration", "wide")}
          <th scope="col" class="number">
            {t("entities.value")}
          </th>
          {head("changed", "entities.changed", "number wide")}
        </tr>
      </thead>
      <tbody>
        {rows.map((state) => (
          <tr key={state.series}>
            <th scope="row">
              <a class="entity-link" href={entityHash(state.entity_id)}>
                {nameOf(state)}
              </a>
              <span class="entity-id">{state.entity_id}</span>
            </th>
            <td class="wide">{areaName(state, areas) ?? <span class="missing">{t("entities.no_area")}</span>}</td>
            <td class="wide">{state.integration ?? <span class="missing">{t("entities.no_integration")}</span>}</td>
            <td class="number">
              <Value state={state.state} attributes={state.attributes} />
              <span class="narrow muted small">
                <Age time={state.time} />
              </span>
            </td>
            <td class="number wide muted">
              <Age time={state.time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Filters({ filter, onChange }: { filter: EntityFilter; onChange: (change: Partial<EntityFilter>) => void }) {
  const { states } = useHub();
  const options = useMemo(() => {
    const domains = new Set<string>();
    const integrations = new Set<string>();
    for (const { entity_id, integration } of states.bySeries.values()) {
      domains.add(domainOf(entity_id));
      if (integration !== null) integrations.add(integration);
    }
    if (filter.domain) domains.add(filter.domain);
    if (filter.integration) integrations.add(filter.integration);
    return { domains: [...domains].sort(), integrations: [...integrations].sort() };
  }, [states.bySeries.size, states.loaded, filter.domain, filter.integration]);
  const any = { value: "", label: t("filter.any") };
  const areas = [...states.areas].sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <search class="filters" aria-label={t("filter.label")}>
      <TextField class="grow" label={t("entities.search")} value={filter.q} onChange={(q) => onChange({ q })} />
      <Select
        label={t("filter.domain")}
        value={filter.domain}
        options={[any, ...options.domains.map((value) => ({ value, label: readable(value) }))]}
        onChange={(domain) => onChange({ domain })}
      />
      <Select
        label={t("filter.area")}
        value={filter.area}
        options={[
          any,
          ...areas.map(([value, label]) => ({ value, label })),
          { value: NO_AREA, label: t("entities.no_area") },
        ]}
        onChange={(area) => onChange({ area })}
      />
      <Select
        label={t("entities.integration")}
        value={filter.integration}
        options={[any, ...options.integrations.map((value) => ({ value, label: value }))]}
        onChange={(integration) => onChange({ integration })}
      />
    </search>
  );
}

const areaName = ({ area_id }: State, areas: ReadonlyMap<string, string>): string | null =>
  area_id === null ? null : (areas.get(area_id) ?? area_id);

function filterOf(query: { readonly [name: string]: string }): EntityFilter {
  const { q = "", domain = "", area = "", integration = "" } = query;
  return { q, domain, area, integration, sort: SORTS.find((sort) => sort === query.sort) ?? "name" };
}
