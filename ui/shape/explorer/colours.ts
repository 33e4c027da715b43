/** So many lines are told apart by their colour; style/tokens.css has them. */
export const SERIES_COLOURS = 8;

/** By its place among the chosen, so that a line keeps its colour while others come and go behind it. */
export const seriesColour = (index: number): string => `series-${(index % SERIES_COLOURS) + 1}`;
