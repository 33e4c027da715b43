import type { Attributes } from "../../api-types.ts";
import { hasText, t } from "../../text/text.ts";

export function Pairs({ pairs }: { pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl class="pairs">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function AttributeTable({ attributes }: { attributes: Attributes }) {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return <p class="muted small">{t("details.no_attributes")}</p>;
  return (
    <table class="attributes">
      <caption class="visually-hidden">{t("details.attributes")}</caption>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{typeof value === "string" ? value : JSON.stringify(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function describeFlaw(flaw: string): string {
  const key = `flaw.${flaw}`;
  return hasText(key) ? t(key) : flaw;
}
