import { formatFigure, formatShare } from "../../shape/explorer/numbers.ts";
import type { Said } from "../../shape/explorer/readout.ts";
import { showState } from "../../shape/format.ts";
import { explainCause } from "../../shape/gap-groups.ts";
import { t } from "../../text/text.ts";

/** What a series was at a moment, in one line: the exact text of a reading, or what a part of time amounts to. */
export function sayIt(said: Said, unit: string): string {
  if (said.kind === "nothing") return t("chart.nothing");
  if (said.kind === "gap") return `${t("chart.gap")}: ${explainCause(said.cause)}`;
  if (said.kind === "state") {
    const shown = showState(said.state);
    return shown.kind === "value" ? withUnit(shown.text, unit) : shown.text;
  }
  const { mean, min, max, states } = said.bucket;
  if (states.length > 0) {
    const known = states.reduce((sum, { seconds }) => sum + seconds, 0);
    const told = states
      .slice(0, 3)
      .map(({ state, seconds }) => `${showState(state).text} ${formatShare(seconds / known)}`);
    return [...told, ...(states.length > 3 ? ["…"] : [])].join(", ");
  }
  if (mean === null) return t("chart.nothing");
  if (min === null || max === null || min === max) return withUnit(formatFigure(mean), unit);
  return t("explorer.bucket", {
    mean: withUnit(formatFigure(mean), unit),
    min: formatFigure(min),
    max: formatFigure(max),
  });
}

export const withUnit = (text: string, unit: string): string => (unit === "" ? text : `${text}\u00a0${unit}`);
