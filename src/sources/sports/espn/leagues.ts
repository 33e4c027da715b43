/** A league whose scoreboard has games of two teams each. */
export type League = {
  /** In addresses and settings: sport and league as ESPN spells them. */
  readonly path: string;
  readonly name: string;
  readonly sport: string;
};

const league = (path: string, name: string): League => ({ path, name, sport: path.slice(0, path.indexOf("/")) });

/** What is offered to choose from; any other path of ESPN's works as well. */
export const LEAGUES: readonly League[] = [
  league("football/nfl", "NFL"),
  league("football/college-football", "College football"),
  league("hockey/nhl", "NHL"),
  league("hockey/pwhl", "PWHL"),
  league("basketball/nba", "NBA"),
  league("basketball/wnba", "WNBA"),
  league("basketball/mens-college-basketball", "Men's college basketball"),
  league("basketball/womens-college-basketball", "Women's college basketball"),
  league("baseball/mlb", "MLB"),
  league("soccer/eng.1", "Premier League"),
  league("soccer/esp.1", "LaLiga"),
  league("soccer/ger.1", "Bundesliga"),
  league("soccer/ita.1", "Serie A"),
  league("soccer/fra.1", "Ligue 1"),
  league("soccer/usa.1", "MLS"),
  league("soccer/usa.nwsl", "NWSL"),
  league("soccer/uefa.champions", "UEFA Champions League"),
  league("soccer/conmebol.libertadores", "Copa Libertadores"),
  league("soccer/fifa.world", "FIFA World Cup"),
  league("soccer/fifa.wwc", "FIFA Women's World Cup"),
  league("australian-football/afl", "AFL"),
  league("volleyball/mens-college-volleyball", "Men's college volleyball"),
  league("volleyball/womens-college-volleyball", "Women's college volleyball"),
];

/** Sports whose events are not two teams against each other; ESPN tells of them in another shape. */
export const INDIVIDUAL_SPORTS: readonly string[] = ["golf", "tennis", "mma", "racing"];

export const sportOf = (path: string): string => path.slice(0, path.indexOf("/"));
