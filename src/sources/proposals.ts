import * as v from "valibot";
import type { SourceKind } from "../domain/outside/outside.ts";
import type { AnyProvider, Place } from "./source.ts";
import type { SourceConfig } from "./sources.ts";

/** Kinds of which one source makes sense wherever the home is, under these ids. */
const PROPOSED: readonly { readonly kind: SourceKind; readonly id: string; readonly name: string }[] = [
  { kind: "weather", id: "weather", name: "Weather" },
  { kind: "air_quality", id: "air_quality", name: "Air quality" },
  { kind: "carbon", id: "carbon", name: "Carbon intensity" },
];

/** What a provider's settings are where nobody set any. */
export const unsetOf = (provider: AnyProvider): unknown => {
  const unset = v.safeParse(provider.settings, {});
  return unset.success ? unset.output : undefined;
};

/**
 * What this home could use as it is, by providers that want no key: for somebody to say yes to, since nothing is asked of
 * anybody before.
 */
export function proposeFor(
  { place, known }: { readonly place: Place; readonly known: boolean },
  providers: readonly AnyProvider[],
  present: readonly SourceConfig[],
): SourceConfig[] {
  if (!known) return [];
  return PROPOSED.flatMap(({ kind, id, name }) => {
    if (present.some((one) => one.kind === kind || one.id === id)) return [];
    const fit = providers.find((one) => {
      if (one.kind !== kind || !one.worksUnset) return false;
      const settings = unsetOf(one);
      return settings !== undefined && one.unfit?.(settings, place) === undefined;
    });
    return fit ? [{ id, kind, name, enabled: true, providers: [{ provider: fit.id, settings: {} }] }] : [];
  });
}
