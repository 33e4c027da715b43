import * as v from "valibot";
import type { SourceKind } from "../domain/outside/outside.ts";
import type { AnyProvider, EntityNow, Place } from "./source.ts";
import type { ChosenProvider, SourceConfig } from "./sources.ts";

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
 * What this home could use as it is: what Home Assistant has already, else a provider that wants no key. For somebody to
 * say yes to, since nothing is asked of anybody before.
 */
export function proposeFor(
  { place, known }: { readonly place: Place; readonly known: boolean },
  providers: readonly AnyProvider[],
  present: readonly SourceConfig[],
  homeEntities: () => readonly EntityNow[],
): SourceConfig[] {
  if (!known) return [];
  let entities: readonly EntityNow[] | undefined;
  return PROPOSED.flatMap(({ kind, id, name }) => {
    if (present.some((one) => one.kind === kind || one.id === id)) return [];
    const proposed = (provider: string, settings: unknown): SourceConfig => ({
      ...{ id, kind, name, enabled: true },
      providers: [{ provider, settings: settings as ChosenProvider["settings"] }],
    });
    for (const one of providers) {
      if (one.kind !== kind || !one.ofHome) continue;
      entities ??= homeEntities();
      const own = one.ofHome(entities);
      if (own !== undefined) return [proposed(one.id, own)];
    }
    const fit = providers.find((one) => {
      if (one.kind !== kind || !one.worksUnset) return false;
      const settings = unsetOf(one);
      return settings !== undefined && one.unfit?.(settings, place) === undefined;
    });
    return fit ? [proposed(fit.id, {})] : [];
  });
}
