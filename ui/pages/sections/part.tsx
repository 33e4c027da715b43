import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Part } from "../../api-types.ts";
import { Lasting, StateBadge } from "../../parts/basics.tsx";
import { Icon } from "../../parts/icons.tsx";
import { formatCount, readable } from "../../shape/format.ts";
import { hasText, t } from "../../text/text.ts";

/** The worst first: what needs somebody stands above what does not. */
const SEVERITY = { broken: 0, degraded: 1, starting: 2, ok: 3, off: 4 } as const;

export const worstFirst = (parts: readonly Part[]): readonly Part[] =>
  [...parts].sort((a, b) => (SEVERITY[a.state] ?? 0) - (SEVERITY[b.state] ?? 0));

export const partName = (part: string): string => {
  const key = `part.${part}`;
  return hasText(key) ? t(key) : readable(part);
};

/** How a part is, since when, why, and how to mend it; what may be done with it comes from who shows it. */
export function PartRow({
  part,
  open: first = false,
  children,
}: {
  part: Part;
  open?: boolean;
  children?: ComponentChildren;
}) {
  const figures = Object.entries(part.figures ?? {});
  const [open, setOpen] = useState(first);
  return (
    <li class="part">
      <div class="part-head">
        <StateBadge state={part.state} />
        <h3>{partName(part.part)}</h3>
        <span class="muted small">
          <Lasting since={part.since} />
        </span>
        {figures.length > 0 && (
          <button
            type="button"
            class="icon-button"
            aria-expanded={open}
            aria-label={t("part.figures", { part: partName(part.part) })}
            title={t("part.figures", { part: partName(part.part) })}
            onClick={() => setOpen(!open)}
          >
            <Icon name="chevron" size={18} />
          </button>
        )}
      </div>
      {part.why && <p class="part-why">{part.why}</p>}
      {part.fix && (
        <p class="part-fix">
          <strong>{t("part.fix")}</strong> {part.fix}
        </p>
      )}
      {open && figures.length > 0 && (
        <dl class="pairs">
          {figures.map(([name, value]) => (
            <div key={name}>
              <dt>{readable(name)}</dt>
              <dd>
                {value === null ? t("figure.none") : typeof value === "number" ? formatCount(value) : String(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {children}
    </li>
  );
}
