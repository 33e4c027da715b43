import { useMemo, useState } from "preact/hooks";
import { Card, Empty } from "../../parts/basics.tsx";
import type { Shown } from "../../parts/chart/explorer/layout.ts";
import { type GapGroup, groupSpans } from "../../shape/gap-groups.ts";
import { plural, t } from "../../text/text.ts";
import { GapRow } from "../sections/gaps.tsx";

const SHOWN = 5;

/** What is missing from the window, and why, in words: what the hatching says to the eye. */
export function Holes({ shown }: { shown: readonly Shown[] }) {
  const [all, setAll] = useState(false);
  const groups = useMemo<readonly GapGroup[]>(
    () =>
      groupSpans(
        shown.flatMap(({ name, track }) => (track?.gaps ?? []).map((gap) => ({ ...gap, name }))),
        shown.length,
      ),
    [shown],
  );
  return (
    <Card title={t("holes.title")} note={t("holes.note")}>
      {groups.length === 0 && (
        <Empty icon="check" title={t("gaps.none")}>
          {t("holes.none")}
        </Empty>
      )}
      <ul class="gaps">
        {(all ? groups : groups.slice(0, SHOWN)).map((group) => (
          <GapRow key={group.key} group={group} />
        ))}
      </ul>
      {groups.length > SHOWN && (
        <button type="button" class="button" onClick={() => setAll(!all)}>
          {all ? t("fewer") : plural("more", groups.length - SHOWN)}
        </button>
      )}
    </Card>
  );
}
