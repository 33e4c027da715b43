/** A line of an iCalendar text: `DTSTART;TZID=Europe/Berlin:20260701T090000`. Names are in upper case. */
export type Property = {
  readonly name: string;
  readonly parameters: { readonly [name: string]: string };
  /** As it stands there: texts are still escaped. */
  readonly value: string;
};

export type Component = {
  readonly name: string;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
};

/** Deeper than any calendar nests. */
const DEEPEST = 8;
const WHOLE = new Set(["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"]);

/**
 * The components of an iCalendar text, those outside of a `VCALENDAR` too. A line that is none is left out, and a
 * component that does not end ends where the text does: what is wrong with one event must not cost the others.
 */
export function readComponents(text: string): Component {
  const root = { name: "", properties: [] as Property[], components: [] as Component[] };
  const open = [root];
  /** Begun past `DEEPEST`, whose lines are left out. */
  let deeper = 0;
  for (const line of unfolded(text)) {
    const property = readLine(line);
    if (!property) continue;
    const name = property.value.trim().toUpperCase();
    if (property.name === "BEGIN") {
      if (WHOLE.has(name)) {
        // It is in a calendar and in nothing else: whatever else is open was not ended.
        open.length = open.findLastIndex((component) => component === root || component.name === "VCALENDAR") + 1;
        deeper = 0;
      }
      if (open.length > DEEPEST) deeper++;
      else {
        const begun = { name, properties: [], components: [] };
        open.at(-1)?.components.push(begun);
        open.push(begun);
      }
    } else if (property.name === "END") {
      // What ends may have left others open.
      const at = open.findLastIndex((component) => component.name === name);
      if (deeper > 0) deeper--;
      else if (at > 0) open.length = at;
    } else if (deeper === 0) {
      open.at(-1)?.properties.push(property);
    }
  }
  return root;
}

/** A line may be continued on the next, which then begins with a space or a tab. */
function* unfolded(text: string): Generator<string> {
  let line = "";
  for (const next of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)) {
    // Indented before anything began: no continuation, but a calendar that somebody pasted.
    if (line !== "" && /^[ \t]/.test(next)) line += next.slice(1);
    else {
      if (line !== "") yield line;
      line = next.trimStart();
    }
  }
  if (line !== "") yield line;
}

const HEAD = /^([A-Za-z0-9-]+)((?:;[^:;="]+=(?:"[^"]*"|[^":;,]*)(?:,(?:"[^"]*"|[^":;,]*))*)*):/;
/** Seen of Exchange: the quotes of a parameter that was to end before the value. */
const QUOTED_WHOLE = /^([A-Za-z0-9-]+;[^:;="]+=)"([^"]*):([^":]*)"$/;
const PARAMETER = /;([^:;="]+)=((?:"[^"]*"|[^":;,]*)(?:,(?:"[^"]*"|[^":;,]*))*)/g;

function readLine(line: string): Property | undefined {
  const head = HEAD.exec(line);
  if (!head) {
    const quoted = QUOTED_WHOLE.exec(line);
    return quoted ? readLine(`${quoted[1]}"${quoted[2]}":${quoted[3]}`) : undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [, name = "", value = ""] of (head[2] ?? "").matchAll(PARAMETER))
    parameters[name.toUpperCase()] = value.replaceAll('"', "");
  return { name: (head[1] as string).toUpperCase(), parameters, value: line.slice(head[0].length) };
}

/** `Lunch\, then work\nBring cake` */
export const textOf = (value: string): string =>
  value.replace(/\\([\\;,nN])/g, (_, escaped: string) => (escaped.toLowerCase() === "n" ? "\n" : escaped));

export const propertyOf = (component: Component, name: string): Property | undefined =>
  component.properties.find((property) => property.name === name);
export const propertiesOf = (component: Component, name: string): readonly Property[] =>
  component.properties.filter((property) => property.name === name);
