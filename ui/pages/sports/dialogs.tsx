import type { ComponentChildren } from "preact";
import { Empty, Figure, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { type Loaded, useEvery, useHub, useLoad } from "../../parts/hub.ts";
import { formatClock, readable } from "../../shape/format.ts";
import { hasText, t } from "../../text/text.ts";
import { GameLines } from "./game.tsx";

const LOOK_EVERY_MS = 10_000;

function Shown(props: { title: string; loaded: Loaded<unknown>; children: ComponentChildren; onClose: () => void }) {
  const { title, loaded, children, onClose } = props;
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <div class="stack">
        {loaded.problem !== null && <ProblemNote problem={loaded.problem} onRetry={loaded.reload} />}
        {loaded.data === null && loaded.problem === null && <Skeleton />}
        {children}
      </div>
      <div class="buttons dialog-buttons">
        <button type="button" class="button primary" onClick={onClose}>
          {t("raw.close")}
        </button>
      </div>
    </Dialog>
  );
}

/** The course of a game as it was recorded here. */
export function TimelineDialog({ game, name, onClose }: { game: string; name: string; onClose: () => void }) {
  const { api } = useHub();
  const loaded = useLoad(`timeline ${game}`, () => api.gameTimeline(game));
  useEvery(LOOK_EVERY_MS, loaded.reload);
  const { data } = loaded;
  return (
    <Shown title={t("game.timeline.of", { name })} loaded={loaded} onClose={onClose}>
      {data?.events.length === 0 && <Empty icon="starting" title={t("game.timeline.none")} />}
      <ol class="listed">
        {data?.events.map((one) => (
          <li key={one.sequence} class="listed-row">
            <div class="listed-text">
              <p>
                <strong>{eventName(one.event)}</strong> {one.team}
              </p>
              <p class="muted small">
                <time dateTime={one.time}>{formatClock(Date.parse(one.time))}</time>
                {one.period !== null && ` · ${t("game.period", { n: one.period })}`}
                {one.clock !== null && ` · ${one.clock}`}
              </p>
            </div>
            {one.away_score !== null && one.home_score !== null && (
              <strong>
                {one.away_score} : {one.home_score}
              </strong>
            )}
          </li>
        ))}
      </ol>
    </Shown>
  );
}

function eventName(event: string): string {
  const key = `game.event.${event}`;
  return hasText(key) ? t(key) : readable(event);
}

/** A team's season: its games, and what they amount to. */
export function SeasonDialog(props: { league: string; team: string; name: string; onClose: () => void }) {
  const { league, team, name, onClose } = props;
  const { api } = useHub();
  const loaded = useLoad(`schedule ${league} ${team}`, () => api.teamSchedule(league, team));
  const { data } = loaded;
  return (
    <Shown title={t("season.of", { name })} loaded={loaded} onClose={onClose}>
      {data && (
        <>
          {data.why && <p class="muted">{data.why}</p>}
          <dl class="figures plain source-figures">
            <Figure label={t("season.record")} value={data.record} why={t("season.unknown")} />
            <Figure label={t("season.standing")} value={data.standing} why={t("season.unknown")} />
            <Figure
              label={t("season.played")}
              value={t("season.counts", {
                won: data.statistics.won,
                lost: data.statistics.lost,
                drawn: data.statistics.drawn,
              })}
            />
            <Figure label={t("season.scored")} value={`${data.statistics.scored} : ${data.statistics.conceded}`} />
            <Figure label={t("season.streak")} value={data.statistics.streak} why={t("season.unknown")} />
          </dl>
          <ul class="listed">
            {data.games.map((game) => (
              <li key={game.id} class="listed-row">
                <div class="listed-text">
                  <GameLines game={game} />
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Shown>
  );
}
