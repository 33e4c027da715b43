import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { describeProblem, Problem } from "../api.ts";
import type { Attributes, PartState } from "../api-types.ts";
import { formatAge, formatDuration, formatMoment, showState } from "../shape/format.ts";
import { t } from "../text/text.ts";
import { useNow } from "./hub.ts";
import { Icon, type IconName } from "./icons.tsx";

export function Page(props: {
  title: string;
  lead?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <>
      <header class="page-head">
        <div class="page-title">
          <h1 tabIndex={-1}>{props.title}</h1>
          {props.lead && <p class="muted">{props.lead}</p>}
        </div>
        {props.aside}
      </header>
      {props.children}
    </>
  );
}

export function Card(props: { title?: string; note?: ComponentChildren; class?: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class={`card ${props.class ?? ""}`} aria-labelledby={props.title ? id : undefined}>
      {props.title && (
        <div class="card-head">
          <h2 id={id}>{props.title}</h2>
          {props.note && <span class="muted small">{props.note}</span>}
        </div>
      )}
      {props.children}
    </section>
  );
}

const STATE_ICON = {
  ok: "check",
  starting: "starting",
  degraded: "warning",
  broken: "broken",
  off: "off",
} as const satisfies Record<PartState, IconName>;

export const stateIcon = (state: PartState): IconName => STATE_ICON[state] ?? "warning";

/** `spare`: well, but not in use. */
export function StateBadge({ state }: { state: PartState | "spare" }) {
  return (
    <span class={`badge tone-${state}`}>
      <Icon name={state === "spare" ? "pause" : stateIcon(state)} size={14} />
      {t(`part.state.${state}`)}
    </span>
  );
}

export function Tag({ children, tone, title }: { children: ComponentChildren; tone?: string; title?: string }) {
  return (
    <span class={`tag ${tone ? `tone-${tone}` : ""}`} title={title}>
      {children}
    </span>
  );
}

/** How long ago, kept true every second; the exact moment on hover. */
export function Age({ time }: { time: string | number }) {
  const now = useNow();
  const ms = typeof time === "number" ? time : Date.parse(time);
  return (
    <time dateTime={new Date(ms).toISOString()} title={typeof time === "string" ? time : formatMoment(ms)}>
      {formatAge(ms, now)}
    </time>
  );
}

/** For how long something has been so. */
export function Lasting({ since }: { since: string }) {
  const ms = Date.parse(since);
  return (
    <time dateTime={since} title={formatMoment(ms)}>
      {t("lasting", { time: formatDuration(Math.max(1_000, useNow() - ms)) })}
    </time>
  );
}

/** A state as a person reads it: the exact text and its unit, or why there is none. */
export function Value({ state, attributes }: { state: string | null; attributes?: Attributes }) {
  const shown = showState(state, attributes);
  if (shown.kind === "missing")
    return (
      <span class="value missing" title={shown.why}>
        {shown.text}
      </span>
    );
  return (
    <span class="value">
      {shown.text}
      {shown.unit && <span class="unit">{`\u00a0${shown.unit}`}</span>}
    </span>
  );
}

/** `value` null: not known, and `why` says so in its place. */
export function Figure(props: { label: string; value: ComponentChildren | null; unit?: string; why?: string }) {
  return (
    <div class="figure">
      <dt>{props.label}</dt>
      <dd>
        {props.value === null ? <span class="missing">{props.why ?? t("figure.none")}</span> : props.value}
        {props.value !== null && props.unit && <span class="unit"> {props.unit}</span>}
      </dd>
    </div>
  );
}

export function Empty(props: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={props.icon} size={28} />
      <p class="empty-title">{props.title}</p>
      {props.children && <p class="muted">{props.children}</p>}
    </div>
  );
}

export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{t("loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="bone" />
      ))}
    </div>
  );
}

/** What went wrong, how to mend it, and a way to try again. */
export function ProblemNote({ problem, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const { fix, requestId, status } = problem instanceof Problem ? problem : { fix: "", requestId: "", status: 0 };
  return (
    <div class="note tone-broken" role="alert">
      <Icon name="warning" />
      <div class="note-body">
        <p class="note-title">{describeProblem(problem)}</p>
        {fix && <p>{fix}</p>}
        {requestId && status >= 500 && <p class="muted small">{t("problem.request", { id: requestId })}</p>}
        {onRetry && (
          <button type="button" class="button" onClick={onRetry}>
            {t("problem.retry")}
          </button>
        )}
      </div>
    </div>
  );
}

type Option<T extends string> = { readonly value: T; readonly label: string };

export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{props.label}</legend>
      {props.options.map(({ value, label }) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === props.value} onChange={() => props.onChange(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Select(props: {
  label: string;
  value: string;
  options: readonly Option<string>[];
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

export function TextField(props: {
  label: string;
  value: string;
  hint?: string;
  class?: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={id}>
        {props.label}
        {props.hint && <span class="hint"> {props.hint}</span>}
      </label>
      <input
        id={id}
        type="search"
        value={props.value}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </div>
  );
}
