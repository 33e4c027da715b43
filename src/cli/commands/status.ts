import type { Command } from "../arguments/command.ts";
import { EXIT } from "../exit-codes.ts";

export type Part = {
  readonly part: string;
  readonly state: string;
  readonly since: string;
  readonly why?: string;
  readonly fix?: string;
};
export type Info = { readonly version: string; readonly home?: { readonly name: string | null } };

export const status: Command = {
  name: "status",
  summary: "How each part of the hub is doing, and how to mend what is wrong",
  options: { check: { kind: "flag", help: "Exit with 5 if a part is broken, for scripts and watchdogs" } },
  examples: [
    ["ha-ingestor status", "Every part, with what is wrong and how to mend it"],
    ["ha-ingestor status --check --json > /dev/null || echo trouble", "In a script"],
  ],
  run: async ({ hub, out }, given) => {
    const info = await hub.get<Info>("info");
    const { parts } = await hub.get<{ parts: readonly Part[] }>("status");
    await out.answer({ info, parts }, () => {
      const rows = parts.map(({ part, state, since, why }) => [part, state, since.slice(0, 19), why ?? ""]);
      const fixes = parts.flatMap(({ part, fix }) => (fix ? [`${part}: ${fix}`] : []));
      return `HA Ingestor ${info.version}${info.home?.name ? ` of ${info.home.name}` : ""}\n\n${out.table(["Part", "State", "Since (UTC)", "Why"], rows)}${fixes.length > 0 ? `\nTo mend:\n${fixes.map((fix) => `  ${fix}\n`).join("")}` : ""}`;
    });
    return given.flag("check") && parts.some(({ state }) => state === "broken") ? EXIT.found : EXIT.ok;
  },
};
