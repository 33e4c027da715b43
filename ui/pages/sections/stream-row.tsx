import type { Change, Context, HomeEvent } from "../../api-types.ts";
import { Tag, Value } from "../../parts/basics.tsx";
import { Icon } from "../../parts/icons.tsx";
import { memo } from "../../parts/memo.ts";
import { entityHash } from "../../router.ts";
import { formatClock, formatDuration, formatTime, nameOf, showState } from "../../shape/format.ts";
import { entitiesOf, type Note, type StreamEntry } from "../../shape/stream.ts";
import { plural, t } from "../../text/text.ts";
import { AttributeTable, describeFlaw, Pairs } from "./details.tsx";

type Props = {
  readonly entry: StreamEntry;
  readonly open: boolean;
  /** Home Assistant's name of the entity, where it is known. */
  readonly name: string | null;
  readonly onToggle: (key: number) => void;
};

/** Drawn once and left alone: an entry never changes, only whether it is open. */
export const StreamRow = memo<Props>(
  ({ entry, open, name, onToggle }) => {
    if (entry.kind === "note") return <NoteRow note={entry.note} />;
    const { time } = entry.kind === "change" ? entry.change : entry.event;
    return (
      <li class={`row row-${entry.kind}`}>
        <button type="button" class="row-head" aria-expanded={open} onClick={() => onToggle(entry.key)}>
          <time class="row-time" dateTime={time}>
            {formatClock(Date.parse(time))}
          </time>
          {entry.kind === "change" ? (
            <ChangeLine change={entry.change} name={name} />
          ) : (
            <EventLine event={entry.event} />
          )}
          <Icon name="chevron" size={18} />
        </button>
        {open &&
          (entry.kind === "change" ? <ChangeDetails change={entry.change} /> : <EventDetails event={entry.event} />)}
      </li>
    );
  },
  (before, after) => before.entry === after.entry && before.open === after.open && before.name === after.name,
);

function ChangeLine({ change, name }: { change: Change; name: string | null }) {
  const { previous, state, attributes } = change;
  const sameState = previous !== null && previous.state === state;
  return (
    <>
      <span class="row-who">
        <span class="row-name">{nameOf({ entity_id: change.entity_id, name, attributes })}</span>
        <span class="row-id">{change.entity_id}</span>
      </span>
      <span class="row-what">
        {previous && !sameState && (
          <span class="row-before">
            {showState(previous.state).text} <span aria-hidden="true">→</span>
            <span class="visually-hidden">{t("row.became")}</span>{" "}
          </span>
        )}
        <Value state={state} attributes={attributes} />
        {sameState && <span class="muted small roomy"> {t("row.same_state")}</span>}
        <Marks change={change} />
      </span>
    </>
  );
}

function Marks({ change }: { change: Change }) {
  return (
    <>
      {change.origin !== "live" && <Tag title={t(`origin.${change.origin}.why`)}>{t(`origin.${change.origin}`)}</Tag>}
      {change.flaws.map((flaw) => (
        <Tag key={flaw} tone="degraded" title={describeFlaw(flaw)}>
          <Icon name="warning" size={12} />
          <span class="roomy">{describeFlaw(flaw)}</span>
        </Tag>
      ))}
    </>
  );
}

function EventLine({ event }: { event: HomeEvent }) {
  const about = entitiesOf(event.data);
  const service = [event.data.domain, event.data.service].filter((part) => typeof part === "string").join(".");
  const name = typeof event.data.name === "string" ? event.data.name : "";
  return (
    <>
      <span class="row-who">
        <span class="row-name">{event.type}</span>
        <span class="row-id">{t("row.event")}</span>
      </span>
      <span class="row-what">{[service || name, about.join(", ")].filter(Boolean).join(" · ")}</span>
    </>
  );
}

function ChangeDetails({ change }: { change: Change }) {
  const held = change.previous ? Date.parse(change.time) - Date.parse(change.previous.time) : null;
  return (
    <div class="row-details">
      <Pairs
        pairs={[
          [t("details.time"), change.time],
          ...(change.time_is_arrival ? [[t("details.arrival"), t("details.arrival.why")] as const] : []),
          [t("details.changed"), change.changed],
          ...(held === null ? [] : [[t("details.previous"), formatDuration(held)] as const]),
          [t("details.origin"), t(`origin.${change.origin}.why`)],
          ...contextPairs(change.context),
          [t("details.position"), String(change.position)],
        ]}
      />
      <AttributeTable attributes={change.attributes} />
      <a class="button" href={entityHash(change.entity_id)}>
        {t("row.open_entity")}
      </a>
    </div>
  );
}

function EventDetails({ event }: { event: HomeEvent }) {
  return (
    <div class="row-details">
      <Pairs
        pairs={[
          [t("details.time"), event.time],
          [t("details.origin"), t(`origin.${event.origin}.why`)],
          ...contextPairs(event.context),
          [t("details.position"), String(event.id)],
        ]}
      />
      <AttributeTable attributes={event.data} />
    </div>
  );
}

function NoteRow({ note }: { note: Note }) {
  const text =
    note.what === "lost"
      ? plural("live.lost", note.count)
      : t("live.was_disconnected", { from: formatTime(note.from), to: formatTime(note.to) });
  return (
    <li class="row row-note">
      <Icon name="gap" size={18} />
      <p>{text}</p>
    </li>
  );
}

const contextPairs = (context: Context | null): readonly (readonly [string, string])[] =>
  context === null
    ? [[t("details.context"), t("details.context.none")]]
    : [
        [t("details.context"), context.id],
        ...(context.parent_id === null ? [] : [[t("details.parent"), context.parent_id] as const]),
        ...(context.user_id === null ? [] : [[t("details.user"), context.user_id] as const]),
      ];
