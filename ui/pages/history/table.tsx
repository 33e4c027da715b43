import { useMemo, useState } from "preact/hooks";
import type { Shown } from "../../parts/chart/explorer/layout.ts";
import type { Span } from "../../shape/chart-data.ts";
import { paged } from "../../shape/entity-list.ts";
import { momentsOf, rowsOf } from "../../shape/explorer/readout.ts";
import { formatClock, formatCount, formatDay } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { sayIt } from "./said.ts";

const ROWS = 100;

/** The same as the chart, in words and numbers: a row wherever something begins. */
export function Table({ shown, window }: { shown: readonly Shown[]; window: Span }) {
  const [wanted, setWanted] = useState(1);
  const drawn = useMemo(() => shown.filter(({ track }) => track !== null), [shown]);
  const tracks = useMemo(() => drawn.flatMap(({ track }) => track ?? []), [drawn]);
  const moments = useMemo(() => momentsOf(tracks).filter((at) => at < window.to), [tracks, window]);
  const { items, page, pages, from, to } = paged(moments, wanted, ROWS);
  const rows = useMemo(() => rowsOf(tracks, items), [tracks, page, moments]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="table-scroll" aria-label={t("table.label")} tabIndex={0}>
        <table class="rows explorer-table">
          <caption class="visually-hidden">{t("table.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("rows.time")}</th>
              {drawn.map(({ entity, name, unit }) => (
                <th key={entity} scope="col" class="number">
                  {name}
                  {unit && <span class="unit"> {unit}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ at, said }) => (
              <tr key={at}>
                <th scope="row">
                  <span class="muted">{formatDay(at * 1000)}</span> {formatClock(at * 1000)}
                </th>
                {said.map((one, index) => (
                  <td key={drawn[index]?.entity} class={`number ${one?.kind === "gap" ? "missing" : ""}`}>
                    {one && sayIt(one, "")}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div class="card-foot pager">
        <span class="muted" role="status">
          {t("pager.range", { from: formatCount(from), to: formatCount(to), all: formatCount(moments.length) })}
        </span>
        <div class="buttons">
          <button type="button" class="button" disabled={page <= 1} onClick={() => setWanted(page - 1)}>
            {t("pager.before")}
          </button>
          <button type="button" class="button" disabled={page >= pages} onClick={() => setWanted(page + 1)}>
            {t("pager.next")}
          </button>
        </div>
      </div>
    </>
  );
}
