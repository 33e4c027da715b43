import { currentIdentity } from "../../../domain/data/series.ts";
import { type Traits, traitsOf } from "../../../domain/home/selector.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";

/** What selectors look at, of every series that has its name still. */
export const presentTraits = (series: SeriesBook, states: States): Traits[] =>
  [...series.all()]
    .filter((one) => currentIdentity(one).holdsName)
    .map((one) => traitsOf(one.id, currentIdentity(one), states.get(one.id)?.attributes));
