import type { Shown } from "../../parts/chart/explorer/layout.ts";
import { bandColours } from "../../shape/bands.ts";
import { formatFigure, formatShare } from "../../shape/explorer/numbers.ts";
import { meanOf } from "../../shape/explorer/readout.ts";
import { statesOf, type Track, timeHeld, trackExtremes } from "../../shape/explorer/tracks.ts";
import type { Comparison } from "../../shape/explorer/windows.ts";
import { formatDuration, formatMoment, showState } from "../../shape/format.ts";
import { hasText, plural, t } from "../../text/text.ts";
import { withUnit } from "./said.ts";

/** What each line and band is, what it amounts to in the window, and how exactly it is drawn. */
export function Legend({ shown, compare }: { shown: readonly Shown[]; compare: Comparison }) {
  return (
    <ul class="series-list" aria-label={t("legend.label")}>
      {shown.map(({ entity, name, unit, colour, track, earlier }) => (
        <li key={entity}>
          <p class="series-name">
            <span class={`line-swatch ${colour}`} />
            <strong>{name}</strong>
          </p>
          {track && <Figures track={track} unit={unit} />}
          {compare !== "none" && earlier && earlier.kind === "numbers" && (
            <p class="series-figures muted">
              <span class={`line-swatch dashed ${colour}`} />
              <span>
                {t(`explorer.compare.${compare}`)}: {numbersOf(earlier, unit)}
              </span>
            </p>
          )}
          {track && <p class="muted small">{exactness(track)}</p>}
        </li>
      ))}
    </ul>
  );
}

function Figures({ track, unit }: { track: Track; unit: string }) {
  if (track.kind === "numbers") return <p class="series-figures">{numbersOf(track, unit)}</p>;
  if (track.kind === "nothing") return <p class="series-figures muted">{t("legend.nothing")}</p>;
  const held = timeHeld(track);
  const all = held.reduce((sum, { seconds }) => sum + seconds, 0);
  const colours = bandColours(statesOf(track));
  return (
    <ul class="legend">
      {held.slice(0, 8).map(({ state, seconds }) => (
        <li key={state ?? ""}>
          <span class={`swatch band-${colours.get(state)}`} />
          {showState(state).text}{" "}
          <span class="muted">
            {formatDuration(seconds * 1000)} · {formatShare(seconds / all)}
          </span>
        </li>
      ))}
      {held.length > 8 && <li class="muted">{plural("legend.further", held.length - 8)}</li>}
    </ul>
  );
}

function numbersOf(track: Track, unit: string): string {
  const limits = trackExtremes(track);
  const mean = meanOf(track);
  if (!limits || mean === null) return t("legend.nothing");
  return t("legend.numbers", {
    min: formatFigure(limits.min),
    mean: withUnit(formatFigure(mean), unit),
    max: formatFigure(limits.max),
  });
}

/** Nobody should take a mean for a reading, or a part for the whole. */
function exactness({ kind, detail, begins, readings }: Track): string {
  if (detail.kind === "readings")
    return begins === null
      ? plural("legend.every", readings)
      : t("legend.cut", { count: readings.toLocaleString(), time: formatMoment(begins * 1000) });
  const key = `resolution.${detail.resolution}`;
  const each = hasText(key) ? t(key) : detail.resolution;
  const text = plural(kind === "states" ? "legend.shares" : "legend.summed", readings, { each });
  return detail.imported ? `${text} ${t("legend.imported")}` : text;
}
