/**
 * Whether two JSON texts say the same. How a number is spelt and in which order the members of an object stand is no
 * part of a value: 8.0, 8 and 80e-1 are one number, 9007199254740993 and 9007199254740992 are two, and so are 0 and -0.
 */
export const sameValues = (a: string, b: string): boolean => a === b || canonical(a) === canonical(b);

type Revive = (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** Numbers become texts of their exact decimal value, and texts are told apart from those. */
function canonical(text: string): string {
  const parsed = (JSON.parse as Revive)(text, (_key, value, { source }) => {
    if (typeof value === "number") return `number ${decimal(source as string)}`;
    return typeof value === "string" ? `text ${value}` : value;
  });
  return JSON.stringify(sorted(parsed));
}

/** As a list of pairs: an object would put keys that look like numbers first, and take `__proto__` for something else. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, one]) => [key, sorted(one)] as const);
  return { members: members.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** Digits without zeros at either end, and what the last one of them stands for. */
function decimal(source: string): string {
  const [, sign, whole = "", part = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  if (short === "") return `${sign}0`;
  return `${sign}${short}e${BigInt(power) - BigInt(part.length) + BigInt(digits.length - short.length)}`;
}
