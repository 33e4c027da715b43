import type { ProviderKind, SourceTest } from "../../../api-outside-types.ts";
import { Icon } from "../../../parts/icons.tsx";
import { plural, t } from "../../../text/text.ts";

/** What each provider said when it was tried. */
export function TestResult({ test, offered }: { test: SourceTest; offered: readonly ProviderKind[] }) {
  return (
    <div class={`note tone-${test.ok ? "ok" : "broken"}`} role="status">
      <Icon name={test.ok ? "check" : "warning"} />
      <ul class="note-body">
        {test.providers.map((one) => (
          <li key={one.provider}>
            <strong>{offered.find(({ id }) => id === one.provider)?.name ?? one.provider}:</strong>{" "}
            {one.ok ? toldBy(one) : `${one.why ?? t("source_form.no_answer")} ${one.fix ?? ""}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function toldBy({ readings, issues, facts }: SourceTest["providers"][number]): string {
  const told = [
    readings > 0 && plural("source_form.readings", readings),
    issues > 0 && plural("source_form.issues", issues),
    facts && t("source_form.facts"),
  ].filter(Boolean);
  return told.length > 0 ? t("source_form.answered", { what: told.join(", ") }) : t("source_form.answered_nothing");
}
