const POINTS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split(" ");

/** Degrees of a point of the compass, of which there are sixteen. */
export function bearingOf(point: string): number | undefined {
  const at = POINTS.indexOf(point.trim().toUpperCase());
  return at === -1 ? undefined : at * 22.5;
}
