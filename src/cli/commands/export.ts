import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { describeError, Failure } from "../../domain/failure.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Command, Given } from "../arguments/command.ts";
import { misuse } from "../arguments/parse.ts";
import { readTime } from "../arguments/times.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { withKnownEntities } from "../hub/entities.ts";
import { bytesText } from "../output/table.ts";

const FORMATS = ["ndjson", "csv"];
const KINDS = ["readings", "events", "statistics", "gaps"];
const FILTERS = { domain: "domains", area: "areas", device: "devices", label: "labels", integration: "integrations" };

export const exportCommand: Command = {
  name: "export",
  summary: "What was recorded as a file: NDJSON or CSV",
  operands: { shown: "[ENTITY …]", least: 0, most: 5_000 },
  options: {
    output: {
      kind: "text",
      value: "FILE",
      help: "Into this file, which is there only once it is whole; default: standard output",
    },
    force: { kind: "flag", help: "Replace the file if it exists" },
    format: { kind: "text", value: "FORMAT", help: "Default ndjson, or csv where FILE ends so", choices: FORMATS },
    kind: { kind: "list", value: "KIND", help: "What is exported; default readings. CSV takes one", choices: KINDS },
    from: { kind: "text", value: "TIME", help: "The beginning; default: everything" },
    to: { kind: "text", value: "TIME", help: "The end, which is outside; default: everything" },
    column: { kind: "list", value: "NAME", help: "Columns in this order; default entity_id,time,state" },
    times: { kind: "text", value: "FORM", help: "Times as RFC 3339 or as microseconds", choices: ["rfc3339", "us"] },
    type: { kind: "list", value: "TYPE", help: "Only events of these types" },
    domain: { kind: "list", value: "NAME", help: "Only entities of these domains" },
    area: { kind: "list", value: "ID", help: "Only entities in these areas" },
    device: { kind: "list", value: "ID", help: "Only entities of these devices" },
    label: { kind: "list", value: "ID", help: "Only entities with these labels" },
    integration: { kind: "list", value: "NAME", help: "Only entities of these integrations" },
    spreadsheet: { kind: "flag", help: "CSV: texts that a spreadsheet would calculate get a ' in front" },
  },
  details:
    "ENTITY is a name, present or former, a series id such as #12, or a pattern such as 'sensor.*_power'; without any\nall are exported. docs/api.md (Export) has the lines and columns. The last line says that the file is whole; this\ncommand looks for it, and fails where it is missing.",
  examples: [
    ["ha-ingestor export --output all.ndjson", "Everything recorded"],
    ["ha-ingestor export 'sensor.*_power' --from 30d --output power.csv", "A month of some entities as CSV"],
    ["ha-ingestor export --kind events --from 2026-11-01 | gzip > events.ndjson.gz", "Through a pipe"],
  ],
  run: async (context, given) => {
    const { hub, out, clock, signal } = context;
    const file = given.text("output");
    const format = given.text("format") ?? (file?.toLowerCase().endsWith(".csv") ? "csv" : "ndjson");
    if (file !== undefined && existsSync(file) && !given.flag("force"))
      throw misuse(`${file} is there already`, "Choose another name, or replace it with --force.");
    const began = clock.ticks();
    const answer = await withKnownEntities(hub, given.names, () =>
      hub.open("export", { ...questionOf(context, given), format }, signal),
    );
    const sink = file === undefined ? { write: out.bytes, keep: () => {}, drop: () => {} } : openFile(file);
    const progress = out.progress("Exporting");
    const end = createEndFinder(format);
    let bytes = 0;
    try {
      for await (const chunk of answer.body) {
        end.see(chunk);
        bytes += chunk.length;
        await sink.write(chunk);
        const rate = bytes / Math.max(1, clock.ticks() - began);
        progress.show(bytes, undefined, `${bytesText(bytes)}, ${bytesText(rate * 1000)}/s`);
      }
      if (end.found() === undefined)
        throw new Failure("cut_off", "The export ended before it was whole", {
          fix: "Try again; the hub's log says more.",
        });
      sink.keep();
    } catch (error) {
      sink.drop();
      throw error;
    } finally {
      progress.end();
    }
    const { readings, events, statistics, gaps, rolledUp, damaged } = end.found() as Totals;
    const seconds = (clock.ticks() - began) / 1000;
    const count = (value: number) => value.toLocaleString("en-US");
    if (out.terminal || file !== undefined)
      out.note(
        `${count(readings)} readings, ${count(events)} events, ${count(statistics)} statistics, ${count(gaps)} gaps; ${bytesText(bytes)} in ${seconds.toFixed(1)} s${file === undefined ? "" : `: ${file}`}`,
      );
    if (rolledUp > 0)
      out.note(
        `Of ${count(rolledUp)} of the entities older readings were let go: lines of the kind rolled_up say of what time. Statistics still answer for it.`,
      );
    if (damaged > 0) out.note(`In ${count(damaged)} places the store could not be read back: see ha-ingestor verify.`);
    return EXIT.ok;
  },
};

function questionOf({ clock }: Context, given: Given): Record<string, unknown> {
  const now = clock.now();
  const from = readTime("from", given.text("from"), now);
  const to = readTime("to", given.text("to"), now);
  if (from !== undefined && from >= (to ?? now))
    throw misuse("The window ends before it begins", "Give --from a time before --to (which is now, unless given).");
  const lists = {
    entities: given.names.length > 0 ? given.names : undefined,
    kinds: given.list("kind"),
    columns: given.list("column"),
    types: given.list("type"),
    ...Object.fromEntries(Object.entries(FILTERS).map(([option, key]) => [key, given.list(option)])),
  };
  return {
    ...lists,
    from: from === undefined ? undefined : microsToRfc3339(from),
    to: to === undefined ? undefined : microsToRfc3339(to),
    times: given.text("times"),
    spreadsheet: given.flag("spreadsheet") ? true : undefined,
  };
}

/** Written beside its name first: a file of that name is whole. */
function openFile(path: string) {
  const unfinished = `${path}.unfinished`;
  const failed = (error: unknown) =>
    new Failure("file_failed", `${path} cannot be written: ${describeError(error)}`, {
      fix: "Choose a folder that you may write, with room for it.",
    });
  let file: number;
  let open = true;
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  try {
    file = openSync(unfinished, "w", 0o600);
  } catch (error) {
    throw failed(error);
  }
  return {
    write: async (chunk: Uint8Array) => {
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
      } catch (error) {
        throw failed(error);
      }
    },
    keep: () => {
      try {
        fsyncSync(file);
        close();
        renameSync(unfinished, path);
      } catch (error) {
        throw failed(error);
      }
    },
    drop: () => {
      close();
      rmSync(unfinished, { force: true });
    },
  };
}

type Totals = {
  readonly readings: number;
  readonly events: number;
  readonly statistics: number;
  readonly gaps: number;
  readonly rolledUp: number;
  readonly damaged: number;
};

/** Longer than any last line. */
const TAIL_BYTES = 4096;

/** Keeps the end of what goes by, where the last line says that the file is whole. */
function createEndFinder(format: string) {
  let tail: Buffer = Buffer.alloc(0);
  return {
    see: (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    },
    found: (): Totals | undefined => {
      const text = tail.toString("utf8");
      if (!text.endsWith("\n")) return undefined;
      const last = text.trimEnd().split("\n").at(-1) ?? "";
      if (!last.startsWith(format === "csv" ? "#end " : '{"kind":"end"')) return undefined;
      const value = (name: string) => Number(new RegExp(`\\b${name}"?[=:](\\d+)`).exec(last)?.[1] ?? 0);
      return {
        readings: value("readings"),
        events: value("events"),
        statistics: value("statistics"),
        gaps: value("gaps"),
        rolledUp: value("rolled_up"),
        damaged: value("damaged"),
      };
    },
  };
}
