import { EXIT } from "../exit-codes.ts";
import { COMMON, type Command, type Options } from "./command.ts";

export function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return `ha-ingestor ${version}: asks and looks after an HA Ingestor hub

Usage: ha-ingestor COMMAND [OPTIONS]

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n")}

Options of every command:
${optionLines(COMMON)}

Without --url the hub on this machine is asked, by the socket file in its data folder.
Tables on a terminal, JSON in a pipe. Exit codes: ${exitCodes()}.
ha-ingestor COMMAND --help says more, with examples.
`;
}

export function helpOf({ name, summary, operands, options, details, examples }: Command): string {
  const own = Object.keys(options).length > 0 ? `\nOptions:\n${optionLines(options)}\n` : "";
  return `ha-ingestor ${name}: ${summary}

Usage: ha-ingestor ${name}${operands ? ` ${operands.shown}` : ""} [OPTIONS]
${details ? `\n${details}\n` : ""}${own}
Options of every command:
${optionLines(COMMON)}

Examples:
${examples.map(([line, what]) => `  ${line}\n      ${what}`).join("\n")}
`;
}

function optionLines(options: Options): string {
  const heads = Object.entries(options).map(([name, { kind, value = "VALUE" }]) =>
    kind === "flag" ? `--${name}` : `--${name} ${value}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return Object.values(options)
    .map(({ help, choices, kind }, i) => {
      const more = [choices ? choices.join(", ") : "", kind === "list" ? "several with commas" : ""].filter(Boolean);
      return `  ${(heads[i] as string).padEnd(width)}  ${help}${more.length > 0 ? ` (${more.join("; ")})` : ""}`;
    })
    .join("\n");
}

const WORDS: { readonly [name in keyof typeof EXIT]: string } = {
  ok: "ok",
  failed: "failed",
  usage: "wrong use",
  notReachable: "no hub answers",
  refused: "refused",
  found: "something is not as it should be",
};
const exitCodes = (): string =>
  Object.entries(WORDS)
    .map(([name, words]) => `${EXIT[name as keyof typeof EXIT]} ${words}`)
    .join(", ");
