import type { EnergyMeters, WholeHouseMeter } from "../../../api-energy-types.ts";
import { Tag } from "../../../parts/basics.tsx";
import { entityHash } from "../../../router.ts";
import { meterName } from "../../../shape/energy/meters.ts";
import { t } from "../../../text/text.ts";

/** Every meter by what it is used for; where it cannot be used, why. */
export function MeterTable({ meters }: { meters: EnergyMeters }) {
  const { whole_house, circuits, candidates } = meters;
  const nameOf = (id: string) => meterName(id, candidates);
  return (
    <table class="rows energy-table">
      <caption class="visually-hidden">{t("meters.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("meters.meter")}</th>
          <th scope="col">{t("meters.used_as")}</th>
          <th scope="col" class="wide">
            {t("meters.unit")}
          </th>
        </tr>
      </thead>
      <tbody>
        {whole_house.map((one) => (
          <Row
            key={`${one.role} ${one.of} ${one.meter}`}
            meter={one.meter}
            name={nameOf(one.meter)}
            used={roleText(one, whole_house)}
            inverted={one.inverted}
            unit={one.unit}
            why={one.why}
          />
        ))}
        {circuits.map(({ meter, name, within, unit, why }) => (
          <Row
            key={`circuit ${meter}`}
            meter={meter}
            name={name ?? nameOf(meter)}
            used={within ? t("meters.device.in", { meter: nameOf(within) }) : t("meters.device")}
            unit={unit}
            why={why}
          />
        ))}
      </tbody>
    </table>
  );
}

/** `Solar: power 2` where there are several. */
function roleText({ role, of }: WholeHouseMeter, all: readonly WholeHouseMeter[]): string {
  const several = all.some((other) => other.role.split(".")[0] === role.split(".")[0] && other.of > 0);
  return several ? `${t(`meters.role.${role}`)} (${of + 1})` : t(`meters.role.${role}`);
}

function Row(props: {
  meter: string;
  name: string;
  used: string;
  inverted?: boolean;
  unit: string | null;
  why?: string | undefined;
}) {
  const { meter, name, used, inverted = false, unit, why } = props;
  return (
    <tr>
      <th scope="row">
        {isEntity(meter) ? (
          <a class="touch-link meter-link" href={entityHash(meter)}>
            {name}
          </a>
        ) : (
          name
        )}
        {why && <span class="form-problem small device-told">{why}</span>}
      </th>
      <td>
        {used} {inverted && <Tag>{t("meters.inverted.tag")}</Tag>}
      </td>
      <td class="wide">{unit ?? "–"}</td>
    </tr>
  );
}

/** The dashboard may name a statistic that no entity stands for, such as `tibber:energy`. */
const isEntity = (meter: string): boolean => meter.includes(".") && !meter.includes(":");
