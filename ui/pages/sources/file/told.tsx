import type { FileImport } from "../../../api-outside-types.ts";
import { Empty, Figure } from "../../../parts/basics.tsx";
import { formatCount, formatDay, formatMoment } from "../../../shape/format.ts";
import { plural, t } from "../../../text/text.ts";

/** What a file has for the hub, by quantity, and what is left out of it and why. */
export function FileTold({ told }: { told: FileImport }) {
  const { readings, from, to, sums, left_out, notes } = told;
  const moment = (time: string | null) => (time === null ? null : formatMoment(Date.parse(time)));
  return (
    <div class="stack">
      {readings === 0 ? (
        <Empty icon="search" title={t("file.nothing")} />
      ) : (
        <dl class="figures plain file-figures">
          <Figure label={t("file.readings")} value={formatCount(readings)} />
          <Figure label={t("file.from")} value={moment(from)} why={t("energy.unknown")} />
          <Figure label={t("file.to")} value={moment(to)} why={t("energy.unknown")} />
        </dl>
      )}
      {sums.length > 0 && <Sums told={told} />}
      {left_out.length > 0 && (
        <section>
          <h3>{t("file.left_out")}</h3>
          <ul class="file-list small">
            {left_out.map(({ why, count, where }) => (
              <li key={`${why} ${where}`}>
                {plural("file.left_out.count", count, { why })} {where && <span class="muted">{where}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {notes.length > 0 && (
        <ul class="file-list small muted">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Sums({ told }: { told: FileImport }) {
  return (
    <table class="rows energy-table">
      <caption class="visually-hidden">{t("file.sums")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("file.what")}</th>
          <th scope="col" class="wide">
            {t("file.time")}
          </th>
          <th scope="col" class="number">
            {t("file.readings")}
          </th>
          <th scope="col" class="number">
            {t("file.sum")}
          </th>
        </tr>
      </thead>
      <tbody>
        {told.sums.map(({ quantity, name, unit, readings, from, to, sum }) => (
          <tr key={quantity}>
            <th scope="row">{name}</th>
            <td class="wide">
              {formatDay(Date.parse(from))} – {formatDay(Date.parse(to))}
            </td>
            <td class="number">{formatCount(readings)}</td>
            <td class="number">
              {sum.toLocaleString(undefined, { maximumFractionDigits: 3 })} {unit}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
