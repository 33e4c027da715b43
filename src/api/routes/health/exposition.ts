/** Prometheus' text format 0.0.4. */
export const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

export type Sample = { readonly value: number; readonly labels?: Readonly<Record<string, string>> };
export type Metric = {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
};

/** A metric without a sample is left out: what is not known has no value. */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics
    .filter(({ samples }) => samples.length > 0)
    .map(
      ({ name, type, help, samples }) =>
        `# HELP ${name} ${help.replace(/[\\\n]/g, escaped)}\n# TYPE ${name} ${type}\n${samples
          .map(({ value, labels }) => `${name}${labels ? labelsText(labels) : ""} ${value}\n`)
          .join("")}`,
    )
    .join("");

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\\n"]/g, escaped)}"`)
    .join(",")}}`;

const escaped = (character: string): string => (character === "\n" ? "\\n" : `\\${character}`);
