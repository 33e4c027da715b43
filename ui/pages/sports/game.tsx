import type { Game } from "../../api-sports-types.ts";
import { Tag } from "../../parts/basics.tsx";
import { readable } from "../../shape/format.ts";
import { hasText, t } from "../../text/text.ts";
import { formatHour, formatShortDay } from "../energy/times.ts";

export const formatStart = ({ start, start_known }: Game): string =>
  start_known
    ? `${formatShortDay(start)}, ${formatHour(Date.parse(start))}`
    : t("game.day_only", { day: formatShortDay(start) });

export function statusName(status: string): string {
  const key = `game.status.${status}`;
  return hasText(key) ? t(key) : readable(status);
}

/** Both teams with their scores, and how far the game is. */
export function GameLines({ game, live = false }: { game: Game; live?: boolean }) {
  return (
    <>
      <p class="listed-name">
        <Tag tone={live ? "ok" : "off"}>{statusName(game.status)}</Tag>
        <span class="muted small">{live ? (game.detail ?? game.clock ?? "") : formatStart(game)}</span>
      </p>
      <dl class="game-teams">
        {(["away", "home"] as const).map((side) => (
          <div key={side} class={game.winner === side ? "game-winner" : ""}>
            <dt>
              {game[side].name}
              {game[side].record && <span class="muted small"> {game[side].record}</span>}
            </dt>
            <dd>
              {game[side].score ?? "–"}
              {game[side].shootout !== null && ` (${game[side].shootout})`}
            </dd>
          </div>
        ))}
      </dl>
      {(game.note || game.venue) && <p class="muted small">{[game.note, game.venue].filter(Boolean).join(" · ")}</p>}
    </>
  );
}
