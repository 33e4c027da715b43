/**
 * Hides secrets where text leaves the process. Whoever reads a secret teaches it here once; the log's sink asks.
 */
export type Mask = { learn(secret: string | undefined): void; hide(text: string): string };

/** Shorter ones would blot out ordinary words. */
const SHORTEST = 6;

/** Shapes of secrets that nobody could have taught: bearer headers, tokens in addresses, JSON web tokens, our own. */
const SHAPES = [
  /(bearer\s+)[\w.~+/=-]{6,}/gi,
  /([?&#](?:access_token|token|api_key|apikey|key|password|setup|code)=)[^&\s"']+/gi,
  /(:\/\/[^/\s:@]*:)[^@\s/]+(?=@)/g,
  /()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  /()\bhi_[\w-]{16,}/g,
];

export function createMask(): Mask {
  const secrets = new Set<string>();
  return {
    learn: (secret) => {
      if (secret && secret.length >= SHORTEST) secrets.add(secret);
    },
    hide: (text) => {
      let hidden = text;
      for (const secret of secrets) if (hidden.includes(secret)) hidden = hidden.split(secret).join("***");
      for (const shape of SHAPES) hidden = hidden.replace(shape, "$1***");
      return hidden;
    },
  };
}
