import { useState } from "preact/hooks";
import { type ListedGame, type SourceGames, WHEN } from "../../api-sports-types.ts";
import { Age, Card, Empty, Page, ProblemNote, Skeleton } from "../../parts/basics.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { useEvery, useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import { t } from "../../text/text.ts";
import { SeasonDialog, TimelineDialog } from "./dialogs.tsx";
import { FollowCard } from "./follow.tsx";
import { GameLines } from "./game.tsx";

const LOOK_EVERY_MS = 10_000;

type Shown =
  | { readonly what: "timeline"; readonly game: string; readonly name: string }
  | { readonly what: "season"; readonly league: string; readonly team: string; readonly name: string };

/** The games of the teams that are followed. */
export function SportsPage() {
  const { api } = useHub();
  const may = useMay();
  const games = useLoad("games", api.games);
  const leagues = useLoad("leagues", api.leagues);
  const [shown, setShown] = useState<Shown | null>(null);
  useEvery(LOOK_EVERY_MS, games.reload);
  useReconnected(games.reload);
  const { data } = games;
  const again = () => {
    games.reload();
    leagues.reload();
  };
  const close = () => setShown(null);
  return (
    <Page title={t("nav.sports")} lead={<span class="roomy">{t("sports.lead")}</span>}>
      <ReadOnlyNote what={t("sports.read_only")} />
      {games.problem !== null && <ProblemNote problem={games.problem} onRetry={games.reload} />}
      {data === null && games.problem === null && <Skeleton lines={5} />}
      {data?.length === 0 && (
        <Card>
          <Empty icon="sports" title={t("sports.none")}>
            {t("sports.none.text")}
          </Empty>
        </Card>
      )}
      {data?.map((source) => (
        <League key={source.source} source={source} onShow={setShown} />
      ))}
      {may && leagues.problem !== null && <ProblemNote problem={leagues.problem} onRetry={leagues.reload} />}
      {may && leagues.data && <FollowCard leagues={leagues.data} onChange={again} />}
      {shown?.what === "timeline" && <TimelineDialog game={shown.game} name={shown.name} onClose={close} />}
      {shown?.what === "season" && (
        <SeasonDialog league={shown.league} team={shown.team} name={shown.name} onClose={close} />
      )}
    </Page>
  );
}

function League({ source, onShow }: { source: SourceGames; onShow: (shown: Shown) => void }) {
  return (
    <Card title={source.name} note={<Age time={source.fetched} />}>
      <div class="stack">
        {source.why && <p class="part-why">{source.why}</p>}
        {source.unknown_teams.length > 0 && (
          <p class="part-why">{t("sports.unknown_teams", { teams: source.unknown_teams.join(", ") })}</p>
        )}
        {source.problems.map(({ team, why }) => (
          <p key={team} class="part-why">
            {team}: {why}
          </p>
        ))}
        {WHEN.map((when) => (
          <Games
            key={when}
            title={t(`sports.${when}`)}
            games={source.games.filter((game) => game.when === when)}
            onShow={onShow}
          />
        ))}
        {source.games.length === 0 && <p class="muted">{t("sports.no_games")}</p>}
        <h3>{t("sports.seasons")}</h3>
        <div class="buttons">
          {source.teams.map(({ id, name, record }) => (
            <button
              key={id}
              type="button"
              class="button"
              aria-label={t("season.of", { name })}
              onClick={() => onShow({ what: "season", league: source.league, team: id, name })}
            >
              {name} {record}
            </button>
          ))}
        </div>
      </div>
    </Card>
  );
}

function Games(props: { title: string; games: readonly ListedGame[]; onShow: (shown: Shown) => void }) {
  const { title, games, onShow } = props;
  if (games.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul class="games">
        {games.map((game) => (
          <li key={game.id} class="game">
            <GameLines game={game} live={game.when === "live"} />
            {game.when !== "upcoming" && (
              <button
                type="button"
                class="button"
                aria-label={t("game.timeline.of", { name: game.name })}
                onClick={() => onShow({ what: "timeline", game: game.id, name: game.name })}
              >
                {t("game.timeline")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
