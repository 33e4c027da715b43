import { formOf } from "../../platform/settings/form.ts";
import { unsetOf } from "../proposals.ts";
import type { AnyProvider, Place } from "../source.ts";
import type { KindDescription } from "../sources.ts";

/** What can be set up, and what of it cannot work where this home is. */
export const kindsOf = (
  providers: readonly AnyProvider[],
  here: { readonly place: Place; readonly known: boolean },
): KindDescription[] =>
  [...Map.groupBy(providers, ({ kind }) => kind)].map(([kind, own]) => ({
    kind,
    providers: own.map((one) => {
      const unfit = here.known && one.worksUnset ? one.unfit?.(unsetOf(one), here.place) : undefined;
      return {
        id: one.id,
        name: one.name,
        homepage: one.homepage,
        attribution: one.attribution,
        ...(one.terms === undefined ? {} : { terms: one.terms }),
        worksUnset: one.worksUnset,
        everyMs: one.everyMs,
        limits: one.limits,
        form: formOf(one.settings),
        ...(one.fileTypes === undefined ? {} : { fileTypes: one.fileTypes }),
        ...(unfit ? { unfit } : {}),
      };
    }),
  }));
