import * as v from "valibot";

/** An option that cannot be used: its default holds instead. Secrets are never repeated in it. */
export type Problem = { readonly option: string; readonly why: string; readonly fix: string };

/** How an option is read, and how to mend a bad one. */
export type Option = { readonly read: v.GenericSchema; readonly fix: string; readonly secret?: true };

/** @param name as the user finds it, such as `HA_URL` or `connections[0].url` */
export const problemWith = (name: string, { fix, secret }: Option, given: unknown): Problem => ({
  option: name,
  why: given === undefined ? `${name} is missing` : `${name}${secret ? "" : ` (${show(given)})`} cannot be used`,
  fix,
});

/** Short, and without what may be a password in an address. */
function show(given: unknown): string {
  const text = (JSON.stringify(given) ?? "nothing").replace(/\/\/[^/@\s]*@/g, "//***@").replace(/\?[^"\s]*/g, "?***");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

export const webAddress = {
  read: v.pipe(
    v.string(),
    v.check((text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      return url !== undefined && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search;
    }),
  ),
  fix: "Give an address such as http://homeassistant.local:8123, without user, password or query.",
} satisfies Option;

export const accessToken = {
  read: v.pipe(v.string(), v.minLength(20)),
  fix: "Give a long-lived access token (Home Assistant: profile, security).",
  secret: true,
} satisfies Option;

export const eventType = {
  read: v.pipe(
    v.string(),
    v.regex(/^[\w.:-]{1,64}$/),
    v.check((type) => !["state_changed", "state_reported"].includes(type)),
  ),
  fix: "Give event types such as zha_event; state changes are recorded anyway.",
} satisfies Option;
