import { useEffect, useState } from "preact/hooks";
import { Card, Empty, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import { formatDuration, formatMoment } from "../../shape/format.ts";
import { explainCause, type GapGroup, groupGaps } from "../../shape/gap-groups.ts";
import { plural, t } from "../../text/text.ts";

const DAY_MS = 24 * 60 * 60_000;
const SHOWN = 6;

/** What is known to be missing from the last day. */
export function Gaps() {
  const { api, clock, live } = useHub();
  const { data, problem, reload } = useLoad("gaps", () =>
    api.gaps({ from: new Date(clock.now() - DAY_MS).toISOString() }),
  );
  useReconnected(reload);
  const [all, setAll] = useState(false);
  useEffect(() => live.listen((frame) => frame.type === "gaps" && reload()), [live]);
  const groups = groupGaps(data ?? []);
  return (
    <Card title={t("gaps.title")} note={t("gaps.note")}>
      {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
      {data === null && problem === null && <Skeleton />}
      {data !== null && groups.length === 0 && (
        <Empty icon="check" title={t("gaps.none")}>
          {t("gaps.none.text")}
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

export function GapRow({ group }: { group: GapGroup }) {
  const what =
    group.kind === "events"
      ? t("gaps.events")
      : group.entities.length === 0
        ? t("gaps.all_entities")
        : group.entities.length === 1
          ? group.entities[0]
          : plural("gaps.entities", group.entities.length);
  return (
    <li class="gap">
      <span class="swatch band-gap" />
      <div>
        <p class="gap-title">
          {formatMoment(group.from)} <span class="muted">· {formatDuration(group.to - group.from)}</span>
        </p>
        <p class="small">
          <strong>{what}</strong> <span class="muted">{explainCause(group.cause)}</span>
        </p>
      </div>
    </li>
  );
}
