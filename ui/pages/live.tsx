import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Subscription } from "../api-types.ts";
import { Card, Empty, Page, Segmented, Select, TextField } from "../parts/basics.tsx";
import { useCell, useHub, useWanted } from "../parts/hub.ts";
import { Icon } from "../parts/icons.tsx";
import { hashOf } from "../router.ts";
import { compileFilter, isFiltering, type StreamFilter } from "../shape/filter.ts";
import { domainOf, readable } from "../shape/format.ts";
import { createStream, type Stream } from "../shape/stream.ts";
import { plural, t } from "../text/text.ts";
import { StreamRow } from "./sections/stream-row.tsx";

const HELD = 500;
const DRAWN_AT_FIRST = 100;
/** Drawn anew this often at most: 1,000 changes a second are three redraws, not a thousand. */
const REDRAW_MS = 350;

/** Everything that happens, as it is stored. */
export function LivePage() {
  const { live, states, router } = useHub();
  const route = useCell(router.route);
  const phase = useCell(live.phase);
  useCell(states.version);
  const filter = filterOf(route.query);
  const setFilter = (change: Partial<StreamFilter>) =>
    router.replace(hashOf("live", { ...filter, ...change, show: shown({ ...filter, ...change }) }));
  const { stream, changed } = useStream(filter);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [drawn, setDrawn] = useState(DRAWN_AT_FIRST);
  // A row that one reads must not run away: opening one pauses, closing the last goes on.
  const [pausedByRow, setPausedByRow] = useState(false);

  useWanted(subscriptionFor(filter));

  const toggle = (key: number) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
    if (next.size > 0 && !stream.paused) {
      setPausedByRow(true);
      stream.pause();
    } else if (next.size === 0 && pausedByRow) resume();
    changed();
  };
  const resume = () => {
    setPausedByRow(false);
    setOpen(new Set());
    stream.resume();
    changed();
  };
  const pause = () => {
    setPausedByRow(false);
    stream.pause();
    changed();
  };

  const entries = stream.shown();
  return (
    <Page
      title={t("nav.live")}
      lead={<span class="roomy">{t("live.lead")}</span>}
      aside={
        <div class="buttons">
          <button
            type="button"
            class={`button ${stream.paused ? "primary" : ""}`}
            onClick={stream.paused ? resume : pause}
          >
            <Icon name={stream.paused ? "play" : "pause"} />
            {stream.paused ? t("live.resume") : t("live.pause")}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              stream.clear();
              setOpen(new Set());
              if (pausedByRow) resume();
              changed();
            }}
          >
            <Icon name="clear" />
            {t("live.clear")}
          </button>
        </div>
      }
    >
      <Filters filter={filter} onChange={setFilter} />
      <Card class="flush">
        <div class={`stream-state ${stream.paused ? "is-paused" : ""}`}>
          {/* Counts change several times a second: only the state itself is said aloud. */}
          <span role="status">{streamState(stream.paused, pausedByRow, phase.name === "open")}</span>
          {" · "}
          {stream.paused ? (
            <strong data-waiting={stream.waiting}>
              {plural("live.waiting", stream.waiting)}
              {stream.waitingDropped > 0 && ` ${t("live.waiting_dropped", { limit: HELD })}`}
            </strong>
          ) : (
            plural("live.listed", entries.length)
          )}
          {stream.leftOut > 0 && ` · ${plural("live.left_out", stream.leftOut)}`}
        </div>
        {entries.length === 0 ? (
          <Empty icon="live" title={isFiltering(filter) ? t("live.empty.filtered") : t("live.empty")}>
            {isFiltering(filter) ? t("live.empty.filtered.text") : t("live.empty.text")}
          </Empty>
        ) : (
          <ul class="stream">
            {entries.slice(0, drawn).map((entry) => (
              <StreamRow
                key={entry.key}
                entry={entry}
                open={open.has(entry.key)}
                name={entry.kind === "change" ? (states.byEntity(entry.change.entity_id)?.name ?? null) : null}
                onToggle={toggle}
              />
            ))}
          </ul>
        )}
        {entries.length > drawn && (
          <div class="card-foot">
            <button type="button" class="button" onClick={() => setDrawn(drawn + DRAWN_AT_FIRST)}>
              {plural("live.older", entries.length - drawn)}
            </button>
          </div>
        )}
      </Card>
    </Page>
  );
}

function streamState(paused: boolean, byRow: boolean, connected: boolean): string {
  if (paused) return byRow ? t("live.paused_by_row") : t("live.paused");
  return connected ? t("live.following") : t("live.not_following");
}

/** The stream of this page, filled from the live client and redrawn at a bounded pace. */
function useStream(filter: StreamFilter): { stream: Stream; changed: () => void } {
  const { live, states, clock } = useHub();
  const stream = useMemo(() => createStream({ limit: HELD }), []);
  const [, setVersion] = useState(0);
  const changed = () => setVersion((n) => n + 1);
  const waiting = useRef(false);
  useEffect(() => {
    if (!states.loaded) void states.load();
    let cancel = () => {};
    let downSince: number | null = null;
    const redrawSoon = () => {
      if (waiting.current) return;
      waiting.current = true;
      cancel = clock.after(REDRAW_MS, () => {
        waiting.current = false;
        changed();
      });
    };
    const stopPhase = live.phase.watch(() => {
      const phase = live.phase.get();
      if (phase.name === "waiting") downSince ??= phase.since;
      if (phase.name !== "open" || downSince === null) return;
      stream.note({ what: "disconnected", from: downSince, to: phase.since });
      downSince = null;
      redrawSoon();
    });
    const stopFrames = live.listen((frame) => {
      if (frame.type === "changes") {
        stream.changes(frame.changes);
        states.apply(frame.changes);
      } else if (frame.type === "events") stream.events(frame.events);
      else if (frame.type === "lost") stream.note({ what: "lost", count: frame.count, at: clock.now() });
      else return;
      redrawSoon();
    });
    return () => {
      cancel();
      waiting.current = false;
      stopPhase();
      stopFrames();
    };
  }, [live, states, clock, stream]);
  const key = JSON.stringify(filter);
  useMemo(() => stream.filter(compileFilter(filter, states.areaOf)), [key, stream, states]);
  return { stream, changed };
}

function Filters({ filter, onChange }: { filter: StreamFilter; onChange: (change: Partial<StreamFilter>) => void }) {
  const { states } = useHub();
  const version = useCell(states.version);
  const domains = useMemo(() => {
    const found = new Set([...states.bySeries.values()].map(({ entity_id }) => domainOf(entity_id)));
    if (filter.domain) found.add(filter.domain);
    return [...found].sort();
  }, [version, filter.domain]);
  const areas = [...states.areas].sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <search class="filters" aria-label={t("filter.label")}>
      <Segmented
        label={t("filter.show")}
        value={filter.show}
        options={[
          { value: "all", label: t("filter.show.all") },
          { value: "changes", label: t("filter.show.changes") },
          { value: "events", label: t("filter.show.events") },
        ]}
        onChange={(show) => onChange({ show })}
      />
      <TextField
        label={t("filter.entity")}
        hint={t("filter.entity.hint")}
        value={filter.entity}
        onChange={(entity) => onChange({ entity })}
      />
      <Select
        label={t("filter.domain")}
        value={filter.domain}
        options={[
          { value: "", label: t("filter.any") },
          ...domains.map((value) => ({ value, label: readable(value) })),
        ]}
        onChange={(domain) => onChange({ domain })}
      />
      <Select
        label={t("filter.area")}
        value={filter.area}
        options={[{ value: "", label: t("filter.any") }, ...areas.map(([value, label]) => ({ value, label }))]}
        onChange={(area) => onChange({ area })}
      />
      <TextField label={t("filter.text")} value={filter.text} onChange={(text) => onChange({ text })} />
    </search>
  );
}

/** `all` is what one sees without a filter, so it stays out of the address. */
const shown = (filter: StreamFilter): string => (filter.show === "all" ? "" : filter.show);

function filterOf(query: { readonly [name: string]: string }): StreamFilter {
  const show = query.show === "changes" || query.show === "events" ? query.show : "all";
  const { entity = "", domain = "", area = "", text = "" } = query;
  return { show, entity, domain, area, text };
}

/** The hub sends only changes that can pass. Events have no entity of their own: they, and texts, are looked at here. */
function subscriptionFor({ show, entity, domain, area }: StreamFilter): Subscription {
  const glob = entity.trim().toLowerCase();
  return {
    topics: [...(show === "all" ? (["changes", "events"] as const) : [show]), "status"],
    ...(glob === "" ? {} : { entities: [glob.includes("*") ? glob : `*${glob}*`] }),
    ...(domain === "" ? {} : { domains: [domain] }),
    ...(area === "" ? {} : { areas: [area] }),
    snapshot: false,
  };
}
