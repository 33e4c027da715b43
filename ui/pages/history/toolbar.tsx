import { useState } from "preact/hooks";
import { Segmented, Select } from "../../parts/basics.tsx";
import { Icon, type IconName } from "../../parts/icons.tsx";
import type { Seconds, Span } from "../../shape/chart-data.ts";
import { formatWindow, localInput } from "../../shape/explorer/moments.ts";
import type { View } from "../../shape/explorer/view.ts";
import {
  COMPARISONS,
  type Comparison,
  PRESETS,
  type Preset,
  reachesNow,
  stepRange,
  zoomBy,
} from "../../shape/explorer/windows.ts";
import { t } from "../../text/text.ts";

/** Which time is on show. */
export function Toolbar(props: { view: View; window: Span; now: Seconds; onChange: (change: Partial<View>) => void }) {
  const { view, window, now, onChange } = props;
  const { range } = view;
  const [own, setOwn] = useState(false);
  const middle = (window.from + window.to) / 2;
  const chosen: Preset | "own" = own || range.kind === "own" ? "own" : range.preset;
  const atNow = reachesNow(range, now);
  const button = (icon: IconName, label: string, disabled: boolean, onClick: () => void) => (
    <button
      type="button"
      class="icon-button framed"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <div class="explorer-tools">
      <div class="explorer-row">
        <Segmented<Preset | "own">
          label={t("explorer.window")}
          value={chosen}
          options={[...PRESETS, "own" as const].map((value) => ({ value, label: t(`explorer.window.${value}`) }))}
          onChange={(value) => {
            setOwn(value === "own");
            if (value !== "own") onChange({ range: { kind: "preset", preset: value, to: null } });
          }}
        />
        <div class="buttons">
          {button("back", t("explorer.back"), false, () => onChange({ range: stepRange(range, -1, now) }))}
          {button("chevron", t("explorer.forward"), atNow, () => onChange({ range: stepRange(range, 1, now) }))}
          {button("zoom_in", t("explorer.zoom_in"), window.to - window.from <= 1, () =>
            onChange({ range: zoomBy(window, 0.5, middle, now) }),
          )}
          {button("zoom_out", t("explorer.zoom_out"), false, () => onChange({ range: zoomBy(window, 2, middle, now) }))}
          <button
            type="button"
            class="button"
            disabled={atNow}
            onClick={() =>
              onChange({ range: { kind: "preset", preset: range.kind === "own" ? "day" : range.preset, to: null } })
            }
          >
            {t("explorer.now")}
          </button>
        </div>
        <Select
          label={t("explorer.compare")}
          value={view.compare}
          options={COMPARISONS.map((value) => ({ value, label: t(`explorer.compare.${value}`) }))}
          onChange={(value) => onChange({ compare: value as Comparison })}
        />
      </div>
      {chosen === "own" && (
        <OwnWindow
          key={`${window.from} ${window.to}`}
          window={window}
          onApply={(span) => {
            setOwn(false);
            onChange({ range: { kind: "own", ...span } });
          }}
        />
      )}
      <p class="explorer-window">
        <strong>{formatWindow(window)}</strong>{" "}
        <span class="muted small">
          {atNow && range.kind === "preset" ? t("explorer.follows") : t("explorer.stands")}
        </span>
      </p>
    </div>
  );
}

function OwnWindow({ window, onApply }: { window: Span; onApply: (span: Span) => void }) {
  const [from, setFrom] = useState(localInput(window.from));
  const [to, setTo] = useState(localInput(window.to));
  const span = { from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 };
  const wrong = !(span.from < span.to);
  return (
    <form
      class="explorer-own"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) onApply(span);
      }}
    >
      <MomentField label={t("explorer.from")} value={from} onChange={setFrom} />
      <MomentField label={t("explorer.to")} value={to} onChange={setTo} />
      <button type="submit" class="button primary" disabled={wrong}>
        {t("explorer.apply")}
      </button>
      {wrong && (
        <p class="form-problem" role="alert">
          {t("explorer.own_wrong")}
        </p>
      )}
    </form>
  );
}

function MomentField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input type="datetime-local" step={1} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
