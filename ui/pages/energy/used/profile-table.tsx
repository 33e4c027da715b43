import type { ProfileSlot } from "../../../api-energy-types.ts";
import { formatPower } from "../../../shape/energy/energy.ts";
import { t } from "../../../text/text.ts";

/** The same as the drawing, to be read. */
export function ProfileTable(props: { slots: readonly ProfileSlot[]; spanOf: (at: string) => string }) {
  const { slots, spanOf } = props;
  return (
    <table class="rows energy-table">
      <caption class="visually-hidden">{t("profile.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("plan.time")}</th>
          <th scope="col" class="number">
            {t("profile.mean")}
          </th>
          <th scope="col" class="number">
            {t("profile.least")}
          </th>
          <th scope="col" class="number">
            {t("profile.most")}
          </th>
          <th scope="col" class="number wide">
            {t("profile.of_days")}
          </th>
        </tr>
      </thead>
      <tbody>
        {slots.map(({ at, mean, least, most, days }) => (
          <tr key={at}>
            <th scope="row">{spanOf(at)}</th>
            {mean === null ? (
              <td class="missing number" colSpan={4}>
                {t("energy.unknown")}
              </td>
            ) : (
              <>
                <td class="number">{formatPower(mean)}</td>
                <td class="number">{least === null ? "–" : formatPower(least)}</td>
                <td class="number">{most === null ? "–" : formatPower(most)}</td>
                <td class="number wide">{days}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
