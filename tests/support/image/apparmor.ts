/** One file rule of a profile: which paths, and what may be done with them. */
type Rule = { readonly paths: RegExp; readonly allowed: string };

export type Profile = {
  readonly name: string;
  /** Whether every one of the letters (r, w, m, k, x, …) is allowed by the rules that match the path. */
  allows(path: string, letters: string): boolean;
};

/** The profiles that start in the first column, as the Supervisor looks for the one that it renames. */
export const topLevelProfiles = (text: string): string[] =>
  [...text.matchAll(/^profile ([^ ]+)/gm)].map((found) => found[1] as string);

/** Reads the file rules of a profile without includes and variables: ours says everything itself. */
export function readProfile(text: string): Profile {
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    const rule = /^\s+(\/\S+)\s+([a-z]+),$/.exec(line);
    if (rule) rules.push({ paths: globToRegExp(rule[1] as string), allowed: rule[2] as string });
    else if (!/^\s*(#|$|profile |\}|network |signal,|capability )/.test(line)) throw new Error(`unknown rule: ${line}`);
  }
  return {
    name: topLevelProfiles(text)[0] ?? "",
    allows: (path, letters) => {
      const allowed = rules.filter(({ paths }) => paths.test(path)).flatMap((rule) => [...rule.allowed]);
      return [...letters].every((letter) => allowed.includes(letter));
    },
  };
}

/** AppArmor's globs: `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` are choices and may nest. */
function globToRegExp(glob: string): RegExp {
  const pattern = glob.replace(/\*\*|\[[^\]]*\]|./g, (part, at: number) => {
    // `/data/**` is what the folder holds, and not the folder itself.
    const least = glob[at - 1] === "/" ? "+" : "*";
    if (part === "**") return `.${least}`;
    if (part === "*") return `[^/]${least}`;
    if (part === "?") return "[^/]";
    if (part === "{") return "(?:";
    if (part === "}") return ")";
    if (part === ",") return "|";
    return part.length > 1 ? part : part.replace(/[.\\^$+()|]/, "\\$&");
  });
  return new RegExp(`^${pattern}$`);
}
