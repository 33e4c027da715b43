import { parseArgs } from "node:util";
import { Failure } from "../../domain/failure.ts";
import { closest } from "./closest.ts";
import { COMMON, type Command, type Given, type Option, type Options } from "./command.ts";

/** The command line is wrong: what, where, and how to mend it. */
export const misuse = (message: string, fix: string): Failure => new Failure("usage", message, { fix });

/** Which command the first words name; `undefined`: there are none. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  const [first, next] = words;
  const second = next?.startsWith("-") ? undefined : next;
  if (first === undefined) return undefined;
  const named =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first);
  if (named) return named;
  const under = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (under.length > 0) {
    const known = under.map(({ name }) => name.slice(first.length + 1));
    throw misuse(
      second === undefined ? `${first} needs to know what to do` : `${first} has no ${second}`,
      hint(second, known, `It has: ${known.join(", ")}.`),
    );
  }
  const known = commands.map(({ name }) => name);
  throw misuse(`There is no command ${first}`, hint(first, known, `Commands: ${known.join(", ")}.`));
}

/** Checks the words behind a command's name against what it takes. */
export function readGiven(command: Command, words: readonly string[]): Given {
  const options: Options = { ...COMMON, ...command.options };
  const rest = words.slice(command.name.split(" ").length);
  const { tokens } = parseArgs({
    args: rest,
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { kind }]) => [name, { type: kind === "flag" ? "boolean" : "string" }]),
    ),
  });
  const names: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") names.push(token.value);
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (!option) throw unknownOption(command, options, token.name, token.rawName);
    const known = values.get(token.name) ?? [];
    values.set(token.name, [...known, ...readValue(command, token.name, option, token.value, known.length > 0)]);
  }
  if (!values.has("help")) checkOperands(command, names);
  return {
    names,
    flag: (name) => values.has(name),
    text: (name) => values.get(name)?.[0],
    list: (name) => values.get(name),
  };
}

function readValue(
  command: Command,
  name: string,
  option: Option,
  value: string | undefined,
  again: boolean,
): string[] {
  const { kind, choices } = option;
  if (kind === "flag") {
    if (value !== undefined) throw misuse(`--${name} takes no value`, `Write --${name} alone. ${seeHelp(command)}`);
    return [];
  }
  if (value === undefined || value === "")
    throw misuse(`--${name} lacks its value`, `Write --${name} ${option.value ?? "VALUE"}. ${seeHelp(command)}`);
  if (again && kind === "text") throw misuse(`--${name} is given more than once`, "Give it once.");
  const all = kind === "list" ? value.split(",").filter((one) => one !== "") : [value];
  for (const one of all)
    if (choices && !choices.includes(one))
      throw misuse(`--${name} is ${one}`, hint(one, choices, `It can be ${choices.join(", ")}.`));
  return all;
}

function unknownOption(command: Command, options: Options, name: string, raw: string): Failure {
  if (name === "token")
    return misuse(
      "A token does not belong on the command line, where others on this machine can read it",
      "Put it into HA_INGESTOR_TOKEN, or into a file and give --token-file FILE.",
    );
  return misuse(`${command.name} has no option ${raw}`, hint(name, Object.keys(options), seeHelp(command), "--"));
}

function checkOperands(command: Command, names: readonly string[]): void {
  const { shown = "", least = 0, most = 0 } = command.operands ?? {};
  if (names.length < least) throw misuse(`${command.name} needs ${shown}`, seeHelp(command));
  if (names.length > most) {
    const extra = names[most] as string;
    throw misuse(`${command.name} does not know what to do with ${extra}`, seeHelp(command));
  }
}

/** `Did you mean status?`, or what it could have been. */
function hint(word: string | undefined, known: readonly string[], otherwise: string, prefix = ""): string {
  const likely = word === undefined ? undefined : closest(word, known);
  return likely === undefined ? otherwise : `Did you mean ${prefix}${likely}?`;
}

const seeHelp = ({ name }: Command): string => `See ha-ingestor ${name} --help.`;
