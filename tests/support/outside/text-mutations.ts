import type { Mutation } from "./mutations.ts";

type Element = {
  readonly path: string;
  readonly name: string;
  /** Of the whole, and of what it holds. */
  readonly from: number;
  readonly inner: number;
  readonly innerTo: number;
  readonly to: number;
  readonly isLeaf: boolean;
};

/** Elements of a path that are changed: the first two and the last. */
const CHANGED = 2;

function elementsOf(text: string): readonly Element[] {
  const found: Element[] = [];
  const open: { name: string; from: number; inner: number; holds: boolean }[] = [];
  for (const { 0: tag, 1: closing, 2: name = "", 3: empty, index } of text.matchAll(/<(\/?)([\w.:-]+)[^>]*?(\/?)>/g)) {
    const end = index + tag.length;
    const path = [...open.map((one) => one.name), name].join("/");
    if (empty) found.push({ path, name, from: index, inner: end, innerTo: end, to: end, isLeaf: true });
    else if (!closing) {
      const parent = open.at(-1);
      if (parent) parent.holds = true;
      open.push({ name, from: index, inner: end, holds: false });
    } else {
      const begun = open.pop();
      if (!begun) continue;
      const own = [...open.map((one) => one.name), name].join("/");
      found.push({ path: own, ...begun, innerTo: index, to: end, isLeaf: !begun.holds });
    }
  }
  return [...Map.groupBy(found, ({ path }) => path).values()].flatMap((alike) =>
    alike.length <= CHANGED + 1 ? alike : [...alike.slice(0, CHANGED), alike.at(-1) as Element],
  );
}

/** A document with one element of it missing, empty, holding something else, or under another name. */
export function* xmlMutations(text: string): Generator<Mutation> {
  for (const { path, name, from, inner, innerTo, to, isLeaf } of elementsOf(text)) {
    const [before, after] = [text.slice(0, from), text.slice(to)];
    yield { what: `${path}: missing`, how: "missing", text: before + after };
    yield { what: `${path}: empty`, how: "null", text: `${before}<${name}/>${after}` };
    const holding = (content: string) =>
      inner === to
        ? `${before}<${name}>${content}</${name}>${after}`
        : text.slice(0, inner) + content + text.slice(innerTo);
    yield { what: `${path}: a word`, how: "another type", text: holding("nonsense") };
    if (isLeaf) yield { what: `${path}: an element`, how: "another type", text: holding("<other>1</other>") };
    const renamed = `<other>${text.slice(inner, innerTo)}</other>`;
    yield { what: `${path}: renamed`, how: "missing", text: before + renamed + after };
  }
}

/** A calendar with one line of it missing, empty, with another value, or without its parameters. */
export function* calendarMutations(text: string): Generator<Mutation> {
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    const [, name, parameters = "", end = ""] = /^([A-Z-]+)((?:;[^:]*)?):.*?(\r?)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const value = line.slice(name.length + parameters.length + 1, line.length - end.length);
    const put = (...own: readonly string[]) => [...lines.slice(0, at), ...own, ...lines.slice(at + 1)].join("\n");
    const what = `line ${at + 1} (${name})`;
    yield { what: `${what}: missing`, how: "missing", text: put() };
    yield { what: `${what}: empty`, how: "null", text: put(`${name}${parameters}:${end}`) };
    yield { what: `${what}: another value`, how: "another type", text: put(`${name}${parameters}:nonsense${end}`) };
    if (parameters !== "")
      yield { what: `${what}: without parameters`, how: "missing", text: put(`${name}:${value}${end}`) };
  }
}
