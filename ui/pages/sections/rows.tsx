import { useState } from "preact/hooks";
import type { Arrived, State } from "../../api-types.ts";
import { Age, Card, Empty, ProblemNote, Skeleton, Value } from "../../parts/basics.tsx";
import { useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import { formatClock, formatDay, microsOf } from "../../shape/format.ts";
import { plural, t } from "../../text/text.ts";

const SHOWN = 50;
const SHOWN_AT_FIRST = 12;

/** The last readings as they are stored, the newest first: the chart's numbers in words. */
export function Rows({ series, state, arrived }: { series: string; state: State; arrived: readonly Arrived[] }) {
  const { api } = useHub();
  const [all, setAll] = useState(false);
  const { data, problem, reload } = useLoad(series, () =>
    api.history(series, { from: "1970-01-01T00:00:00Z", limit: SHOWN, order: "newest_first" }),
  );
  useReconnected(reload);
  const stored = (data?.series[0]?.points ?? []).map(([micros, text]) => ({ micros, text }));
  const newestStored = stored[0]?.micros ?? 0;
  const fresh = arrived
    .map(({ time, state: text }) => ({ micros: microsOf(time), text }))
    .filter(({ micros }) => micros > newestStored)
    .sort((a, b) => b.micros - a.micros);
  const rows = [...fresh, ...stored].slice(0, SHOWN);
  return (
    <Card title={t("rows.title")} note={t("rows.note", { count: SHOWN })} class="flush">
      {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
      {data === null && problem === null && <Skeleton lines={6} />}
      {data !== null && rows.length === 0 && <Empty icon="entities" title={t("rows.none")} />}
      {rows.length > 0 && (
        <>
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">{t("rows.time")}</th>
                <th scope="col">{t("rows.age")}</th>
                <th scope="col" class="number">
                  {t("entities.value")}
                </th>
              </tr>
            </thead>
            <tbody>
              {(all ? rows : rows.slice(0, SHOWN_AT_FIRST)).map(({ micros, text }) => (
                <tr key={micros}>
                  <td>
                    <span class="muted">{formatDay(micros / 1000)}</span> {formatClock(micros / 1000)}
                  </td>
                  <td class="muted">
                    <Age time={micros / 1000} />
                  </td>
                  <td class="number">
                    <Value state={text} attributes={state.attributes} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > SHOWN_AT_FIRST && (
            <div class="card-foot">
              <button type="button" class="button" onClick={() => setAll(!all)}>
                {all ? t("fewer") : plural("more", rows.length - SHOWN_AT_FIRST)}
              </button>
            </div>
          )}
        </>
      )}
    </Card>
  );
}
