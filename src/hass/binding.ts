import { currentIdentity, type Series } from "../domain/data/series.ts";
import { Failure } from "../domain/failure.ts";
import type { HomeFingerprint } from "../domain/home/home.ts";

/**
 * A store holds one home. Home Assistant gives its clients no id of the installation, but ids of registry entries and
 * config entries are random: a home that shares none with those that the store knows is another home.
 *
 * @throws Failure `another_home`
 */
export function checkHome(known: HomeFingerprint | undefined, seen: HomeFingerprint, folder: string): void {
  if (!known) return;
  if (known.simulated !== seen.simulated) {
    const [holds, answers] = known.simulated
      ? ["the simulated home", "a real one"]
      : ["a real home", "the simulated one"];
    throw refusal(`The store in ${folder} holds ${holds}, and ${answers} answers`);
  }
  const ids = new Set(known.ids);
  if (ids.size === 0 || seen.ids.length === 0 || seen.ids.some((id) => ids.has(id))) return;
  throw refusal(`The store in ${folder} belongs to another home: none of its devices and entities is known there`);
}

/**
 * The home by what app.db remembers (`bound`), and by the registry ids in the store itself should app.db be new; those
 * do not tell whether it was a simulated one.
 */
export function knownHome(
  bound: HomeFingerprint | undefined,
  stored: Iterable<Series>,
  seen: HomeFingerprint,
): HomeFingerprint | undefined {
  const ids = [...stored].flatMap((series) => currentIdentity(series).registryId ?? []);
  if (!bound && ids.length === 0) return undefined;
  return { simulated: bound?.simulated ?? seen.simulated, ids: [...(bound?.ids ?? []), ...ids] };
}

const refusal = (message: string) =>
  new Failure("another_home", message, {
    fix: "Choose one: connect to the home that the store belongs to (HA_URL); give this home a folder of its own (HA_INGESTOR_DATA); or stop the hub and move the old folder away, to start with an empty store. Nothing was recorded or changed.",
  });
