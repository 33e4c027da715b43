import { useEffect, useMemo, useState } from "preact/hooks";
import { Card, Empty, Page, Segmented } from "../../parts/basics.tsx";
import { useCell, useHub, useReconnected, useWanted } from "../../parts/hub.ts";
import { hashOf } from "../../router.ts";
import { parseView, queryOf, type View } from "../../shape/explorer/view.ts";
import { reachesNow, refreshSeconds, windowOf } from "../../shape/explorer/windows.ts";
import { t } from "../../text/text.ts";
import { Chosen } from "./chooser.tsx";
import { Explorer } from "./explorer.tsx";
import { ExportMenu } from "./export.tsx";
import { Toolbar } from "./toolbar.tsx";

/** Whatever was recorded, of several entities at once; the address says all that is on show. */
export function HistoryPage() {
  const { router, clock, states, live } = useHub();
  const route = useCell(router.route);
  useCell(states.version);
  useWanted({ topics: ["gaps", "status"], snapshot: false });
  useEffect(() => {
    if (!states.loaded) void states.load();
  }, [states]);

  const text = JSON.stringify(parseView(route.query));
  const view = useMemo(() => JSON.parse(text) as View, [text]);
  const go = (change: Partial<View>) => router.go(hashOf("history", queryOf({ ...view, ...change })));

  const [round, setRound] = useState(0);
  const rangeText = JSON.stringify(view.range);
  // The window stands still until it is asked for again: what is drawn and what was asked for are one.
  const { window, now } = useMemo(() => {
    const seconds = clock.now() / 1000;
    return { window: windowOf(view.range, seconds), now: seconds };
  }, [rangeText, round]);
  const again = () => setRound((n) => n + 1);
  // The first hello says nothing new to what was only just loaded.
  useReconnected(() => clock.now() / 1000 - now > 3 && again());
  useEffect(() => {
    if (!reachesNow(view.range, now) || view.range.kind === "own") return;
    return clock.after(refreshSeconds(window, 1_000) * 1000, () => (document.hidden ? waitForSight(again) : again()));
  }, [rangeText, round]);
  useEffect(() => live.listen((frame) => frame.type === "gaps" && again()), [live]);

  return (
    <Page
      title={t("nav.history")}
      lead={<span class="roomy">{t("explorer.lead")}</span>}
      aside={
        view.entities.length > 0 && (
          <div class="buttons">
            <Segmented
              label={t("explorer.show")}
              value={view.show}
              options={[
                { value: "chart", label: t("explorer.show.chart") },
                { value: "table", label: t("explorer.show.table") },
              ]}
              onChange={(show) => go({ show })}
            />
            <ExportMenu entities={view.entities} window={window} />
          </div>
        )
      }
    >
      <Card class="explorer-choice">
        <Chosen entities={view.entities} onChange={(entities) => go({ entities })} />
        {view.entities.length > 0 && <Toolbar view={view} window={window} now={now} onChange={go} />}
      </Card>
      {view.entities.length === 0 ? (
        <Card>
          <Empty icon="history" title={t("explorer.none_chosen")}>
            {t("explorer.none_chosen.text")}
          </Empty>
        </Card>
      ) : (
        <Explorer view={view} window={window} now={now} round={round} onChange={go} onReload={again} />
      )}
    </Page>
  );
}

/** Nobody looks at a hidden page. */
function waitForSight(run: () => void): void {
  document.addEventListener("visibilitychange", run, { once: true });
}
