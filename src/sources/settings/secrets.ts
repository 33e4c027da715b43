import type { FormField } from "../../platform/settings/form.ts";

/** What stands in a secret's place. Given back, it means what is kept. */
export const MASKED = "***";

type Settings = { readonly [name: string]: unknown };

const isObject = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The settings with each secret through `change`, which also gets what is kept in its place. */
function withSecrets(
  form: readonly FormField[],
  settings: Settings,
  kept: Settings | undefined,
  change: (secret: unknown, kept: unknown) => unknown,
): Settings {
  const next: { [name: string]: unknown } = { ...settings };
  for (const field of form) {
    const value = settings[field.name];
    if (value === undefined || value === null) continue;
    const before = kept?.[field.name];
    if (field.secret) next[field.name] = change(value, before);
    else if (field.fields && isObject(value))
      next[field.name] = withSecrets(field.fields, value, isObject(before) ? before : undefined, change);
    else if (field.item && Array.isArray(value)) {
      const { item } = field;
      const own = Array.isArray(before) ? before : [];
      next[field.name] = value.map((one: unknown, i) => {
        if (isObject(one)) return withSecrets(item, one, isObject(own[i]) ? own[i] : undefined, change);
        return withSecrets(item, { value: one }, { value: own[i] }, change).value;
      });
    }
  }
  return next;
}

export const maskSecrets = (form: readonly FormField[], settings: Settings): Settings =>
  withSecrets(form, settings, undefined, (secret) => (secret === "" ? "" : MASKED));

/** Puts back what is kept where a secret came back masked. */
export const unmaskSecrets = (form: readonly FormField[], settings: Settings, kept: Settings | undefined): Settings =>
  withSecrets(form, settings, kept, (secret, before) => (secret === MASKED ? before : secret));

export function secretsIn(form: readonly FormField[], settings: Settings): string[] {
  const found: string[] = [];
  withSecrets(form, settings, undefined, (secret) => {
    found.push(String(secret));
    return secret;
  });
  return found.filter((secret) => secret !== "");
}

export const hasSecret = (form: readonly FormField[]): boolean =>
  form.some(({ secret, fields = [], item = [] }) => secret === true || hasSecret([...fields, ...item]));

/** A secret as it may stand in an answer, an address or a header. One that is itself an address is known by its parts. */
export function formsOf(secret: string): string[] {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
  if (/^\w+:\/\//.test(secret) && URL.canParse(secret)) {
    const { host, pathname, search, searchParams, username, password } = new URL(secret);
    forms.push(`${host}${pathname}`, ...(pathname.length > 8 ? [pathname] : []), search.slice(1), username, password);
    forms.push(...searchParams.values());
    forms.push(...pathname.split("/").filter((part) => part.length >= 16));
  }
  return [...new Set(forms)].filter((form) => form.length >= 4).sort((a, b) => b.length - a.length);
}
