import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import { outsideName } from "../../domain/outside/names.ts";
import { SOURCE_KINDS } from "../../domain/outside/outside.ts";
import { formOf } from "../../platform/settings/form.ts";
import { QUANTITIES } from "../quantities.ts";
import type { AnyProvider } from "../source.ts";
import type { ChosenProvider, SourceConfig } from "../sources.ts";
import { unmaskSecrets } from "./secrets.ts";

/** A provider with settings that it has checked. */
export type Chosen = { readonly provider: AnyProvider; readonly settings: unknown; readonly given: ChosenProvider };

export const MOST_SOURCES = 50;
const MOST_PROVIDERS = 10;
const ID = /^[a-z][a-z0-9_]{0,39}$/;
/** Words of the API's addresses. */
const TAKEN = new Set(["kinds", "test"]);
const LONGEST_NAME = 100;

/** The path is of the request's body, such as `providers[0].settings.token`. */
export const badSetting = (path: string, message: string): Failure =>
  Object.assign(new Failure("invalid_request", `Body: ${path}: ${message}`), { errors: [{ path, message }] });

/**
 * A configuration with its secrets in their places, and its providers with checked settings.
 *
 * @throws Failure `invalid_request`
 */
export function checkConfig(
  given: SourceConfig,
  needs: {
    readonly providers: readonly AnyProvider[];
    readonly others: readonly SourceConfig[];
    readonly kept?: SourceConfig | undefined;
  },
): { readonly config: SourceConfig; readonly chosen: readonly Chosen[] } {
  const { providers, others, kept } = needs;
  if (!ID.test(given.id)) throw badSetting("id", "is no word of a-z, 0-9 and _ that begins with a letter");
  if (TAKEN.has(given.id)) throw badSetting("id", "is an address of the API; choose another one");
  if (!SOURCE_KINDS.includes(given.kind)) throw badSetting("kind", `is none of ${SOURCE_KINDS.join(", ")}`);
  if (kept && kept.kind !== given.kind) throw badSetting("kind", `is ${kept.kind} and stays so; add another source`);
  if (given.name.trim() === "" || given.name.length > LONGEST_NAME)
    throw badSetting("name", `is empty or longer than ${LONGEST_NAME} characters`);
  if (given.providers.length === 0) throw badSetting("providers", "is empty; name at least one");
  if (given.providers.length > MOST_PROVIDERS) throw badSetting("providers", `has more than ${MOST_PROVIDERS} entries`);
  const taken = new Set(others.flatMap(({ id, kind }) => namesOf(id, kind)));
  if (namesOf(given.id, given.kind).some((name) => taken.has(name)))
    throw badSetting("id", "would give its series the names of another source's");
  const chosen = given.providers.map((one, i) => choose(one, i, given, providers, kept));
  return { config: { ...given, name: given.name.trim(), providers: chosen.map((one) => one.given) }, chosen };
}

const namesOf = (id: string, kind: SourceConfig["kind"]): string[] =>
  Object.keys(QUANTITIES[kind]).flatMap((quantity) => [
    outsideName(id, quantity),
    `${outsideName(id, quantity)}_forecast`,
  ]);

function choose(
  { provider: id, settings }: ChosenProvider,
  index: number,
  source: SourceConfig,
  providers: readonly AnyProvider[],
  kept: SourceConfig | undefined,
): Chosen {
  const { kind } = source;
  const path = `providers[${index}]`;
  const ofKind = providers.filter((one) => one.kind === kind);
  const provider = ofKind.find((one) => one.id === id);
  if (!provider)
    throw badSetting(`${path}.provider`, `is none of ${ofKind.map((one) => one.id).join(", ") || "those known"}`);
  if (source.providers.findIndex((one) => one.provider === id) !== index)
    throw badSetting(`${path}.provider`, "is named twice");
  const before = kept?.providers.find((one) => one.provider === id);
  const whole = unmaskSecrets(formOf(provider.settings), settings, before?.settings);
  const checked = v.safeParse(provider.settings, whole);
  if (!checked.success) {
    const [issue] = checked.issues;
    const dots = v.getDotPath(issue);
    const at = `${path}.settings${dots ? `.${dots.replace(/\.(\d+)(?=\.|$)/g, "[$1]")}` : ""}`;
    throw badSetting(at, messageOf(issue, provider));
  }
  return { provider, settings: checked.output, given: { provider: id, settings: whole } };
}

/** valibot's own words repeat what was given, which may be a secret. */
function messageOf(issue: v.BaseIssue<unknown>, provider: AnyProvider): string {
  if (issue.expected === "never")
    return `is not known here; known are ${Object.keys(provider.settings.entries).join(", ") || "none"}`;
  if (issue.received === "undefined") return "is missing";
  if (/ but received /.test(issue.message) || /^Invalid /.test(issue.message))
    return issue.expected ? `is not ${issue.expected}` : "cannot be used";
  return issue.message;
}
