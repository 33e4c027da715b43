import { useId, useMemo, useRef, useState } from "preact/hooks";
import type { State } from "../../api-types.ts";
import { Select, Skeleton, TextField, Value } from "../../parts/basics.tsx";
import { useHub } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { filterEntities, NO_AREA } from "../../shape/entity-list.ts";
import { seriesColour } from "../../shape/explorer/colours.ts";
import { MOST_ENTITIES, toggled } from "../../shape/explorer/view.ts";
import { nameOf } from "../../shape/format.ts";
import { plural, t } from "../../text/text.ts";

const LISTED = 40;

/** What is on show, and a list to choose more from. */
export function Chosen(props: { entities: readonly string[]; onChange: (entities: readonly string[]) => void }) {
  const { entities, onChange } = props;
  const { states } = useHub();
  const [open, setOpen] = useState(entities.length === 0);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    <div class="chosen">
      <div class="chosen-row">
        <ul class="chips" aria-label={t("chooser.chosen")}>
          {entities.map((entity, index) => {
            const state = states.byEntity(entity);
            const name = state ? nameOf(state) : entity;
            return (
              <li key={entity} class="chip">
                <span class={`line-swatch ${seriesColour(index)}`} />
                <a href={`#/entities/${encodeURIComponent(entity)}`} title={entity}>
                  {name}
                </a>
                <button
                  type="button"
                  class="chip-remove"
                  aria-label={t("chooser.remove", { name })}
                  title={t("chooser.remove", { name })}
                  onClick={() => {
                    onChange(toggled(entities, entity));
                    opener.current?.focus();
                  }}
                >
                  <Icon name="broken" size={16} />
                </button>
              </li>
            );
          })}
        </ul>
        <button
          type="button"
          class={`button ${entities.length === 0 ? "primary" : ""}`}
          ref={opener}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? t("chooser.close") : t("chooser.open")}
        </button>
      </div>
      <div id={id} hidden={!open}>
        {open && <List entities={entities} onChange={onChange} />}
      </div>
    </div>
  );
}

function List({
  entities,
  onChange,
}: {
  entities: readonly string[];
  onChange: (entities: readonly string[]) => void;
}) {
  const { states } = useHub();
  const [q, setQ] = useState("");
  const [area, setArea] = useState("");
  const found = useMemo(
    () =>
      filterEntities(states.bySeries.values(), { q, area, domain: "", integration: "", sort: "name" }, states.areas),
    [q, area, states.bySeries.size, states.areas, states.loaded],
  );
  const areas = [...states.areas].sort(([, a], [, b]) => a.localeCompare(b));
  const full = entities.length >= MOST_ENTITIES;
  return (
    <div class="chooser">
      <search class="filters" aria-label={t("chooser.search")}>
        <TextField class="grow" label={t("entities.search")} value={q} onChange={setQ} />
        <Select
          label={t("filter.area")}
          value={area}
          options={[
            { value: "", label: t("filter.any") },
            ...areas.map(([value, label]) => ({ value, label })),
            { value: NO_AREA, label: t("entities.no_area") },
          ]}
          onChange={setArea}
        />
      </search>
      {!states.loaded && <Skeleton lines={6} />}
      <fieldset class="choices many">
        <legend class="visually-hidden">{t("chooser.list")}</legend>
        {found.slice(0, LISTED).map((state) => (
          <Choice
            key={state.series}
            state={state}
            area={state.area_id === null ? null : (states.areas.get(state.area_id) ?? null)}
            checked={entities.includes(state.entity_id)}
            disabled={full && !entities.includes(state.entity_id)}
            onToggle={() => onChange(toggled(entities, state.entity_id))}
          />
        ))}
      </fieldset>
      <p class="muted small" role="status">
        {states.loaded && found.length === 0 && t("entities.none_found.text")}
        {found.length > LISTED && plural("chooser.more", found.length - LISTED)}
        {full && ` ${t("chooser.full", { count: MOST_ENTITIES })}`}
      </p>
    </div>
  );
}

function Choice(props: {
  state: State;
  area: string | null;
  checked: boolean;
  disabled: boolean;
  onToggle: () => void;
}) {
  const { state, area, checked, disabled, onToggle } = props;
  return (
    <label class="choice">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={onToggle} />
      <span class="choice-text">
        <span>{nameOf(state)}</span>
        <span class="muted small">
          {area && `${area} · `}
          {state.entity_id}
        </span>
      </span>
      <span class="choice-value small">
        <Value state={state.state} attributes={state.attributes} />
      </span>
    </label>
  );
}
