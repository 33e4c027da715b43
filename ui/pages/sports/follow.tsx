import { useState } from "preact/hooks";
import type { Source } from "../../api-outside-types.ts";
import type { League, Team } from "../../api-sports-types.ts";
import { Card, ProblemNote, Select, Skeleton } from "../../parts/basics.tsx";
import { useAction, useHub, useLoad } from "../../parts/hub.ts";
import { freeId } from "../../shape/forms/form.ts";
import { t } from "../../text/text.ts";

const PROVIDER = "espn";

/** Chooses the teams of a league that are followed: a source of this kind, with its settings. */
export function FollowCard({ leagues, onChange }: { leagues: readonly League[]; onChange: () => void }) {
  const [league, setLeague] = useState("");
  return (
    <Card title={t("follow.title")} note={t("follow.note")}>
      <div class="stack">
        <Select
          label={t("follow.league")}
          value={league}
          options={[
            { value: "", label: t("setting.choose") },
            ...leagues.map((one) => ({ value: one.league, label: one.name })),
          ]}
          onChange={setLeague}
        />
        {league !== "" && (
          <Teams
            key={league}
            league={league}
            name={leagues.find((one) => one.league === league)?.name ?? league}
            onDone={() => {
              setLeague("");
              onChange();
            }}
          />
        )}
      </div>
    </Card>
  );
}

function Teams({ league, name, onDone }: { league: string; name: string; onDone: () => void }) {
  const { api } = useHub();
  const loaded = useLoad(`teams ${league}`, async () => {
    const [teams, { sources }] = await Promise.all([api.teams(league), api.sources()]);
    const source = sources.find(({ providers }) =>
      providers.some(({ provider, settings }) => provider === PROVIDER && settings.league === league),
    );
    return { teams, sources, source };
  });
  const action = useAction();
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const { data, problem, reload } = loaded;
  if (problem !== null) return <ProblemNote problem={problem} onRetry={reload} />;
  if (!data) return <Skeleton />;
  const ticked = chosen ?? new Set(data.teams.filter((team) => isIn(team, data.source, league)).map(({ id }) => id));
  const save = async () => {
    const { source } = data;
    const settings = { league, teams: [...ticked] };
    if (source) {
      const providers = source.providers.map((one) =>
        one.provider === PROVIDER ? { provider: PROVIDER, settings: { ...one.settings, ...settings } } : one,
      );
      return api.changeSource(source.id, { name: source.name, enabled: true, providers });
    }
    const word = league.slice(league.indexOf("/") + 1).replace(/[^a-z0-9]+/g, "_");
    const id = freeId(`sports_${word}`, data.sources);
    return api.addSource({ id, kind: "sports", name, enabled: true, providers: [{ provider: PROVIDER, settings }] });
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(save).then((ok) => ok && onDone());
      }}
    >
      <fieldset class="choices follow-teams">
        <legend>{t("follow.teams")}</legend>
        {data.teams.map((team) => (
          <label key={team.id} class="choice">
            <input
              type="checkbox"
              checked={ticked.has(team.id)}
              onChange={(event) => {
                const next = new Set(ticked);
                if (event.currentTarget.checked) next.add(team.id);
                else next.delete(team.id);
                setChosen(next);
              }}
            />
            <span class="choice-text">{team.name}</span>
          </label>
        ))}
      </fieldset>
      {action.problem !== null && <ProblemNote problem={action.problem} />}
      <button type="submit" class="button primary" disabled={action.busy || (ticked.size === 0 && !data.source)}>
        {t("follow.do")}
      </button>
    </form>
  );
}

/** A team may be named in the settings by its number, its abbreviation or its name. */
function isIn(team: Team, source: Source | undefined, league: string): boolean {
  const { settings } = source?.providers.find((one) => one.settings.league === league) ?? {};
  const named = Array.isArray(settings?.teams) ? settings.teams.map((one) => String(one).toLowerCase()) : [];
  return [team.id, team.abbreviation, team.name].some((one) => one !== null && named.includes(one.toLowerCase()));
}
