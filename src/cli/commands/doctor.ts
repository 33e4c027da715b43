import type { Command } from "../arguments/command.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkHomeAssistant } from "../doctor/home-assistant.ts";
import { checkHub } from "../doctor/hub.ts";
import { checkClock, checkDisk, checkFolder } from "../doctor/machine.ts";
import { EXIT } from "../exit-codes.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Looks at everything that commonly goes wrong, and says what to do",
  options: {},
  details:
    "The data folder and who may read it, the disk, the clock, the hub, its version and parts, Home Assistant and its\ntoken, the integration, the options. Exits with 5 if there is a problem.",
  examples: [
    ["ha-ingestor doctor", "The hub on this machine"],
    ["HA_INGESTOR_TOKEN=$(cat token) ha-ingestor doctor --url http://hub:8098", "A hub elsewhere"],
  ],
  run: async (context) => {
    const { target, clock, configProblems, out } = context;
    const here = target.kind === "local" ? [...checkFolder(target.folder), checkDisk(target.folder)] : [];
    const { findings: ofHub, reached } = await checkHub(context);
    const ofHome = reached || target.kind === "remote" ? [] : await checkHomeAssistant(context);
    const ofOptions = configProblems.map(
      ({ option, why, fix }): Finding => ({ check: `option ${option}`, state: "problem", what: why, fix }),
    );
    const findings = [...here, checkClock(clock.now()), ...ofHub, ...ofHome, ...ofOptions];
    await out.answer({ findings }, () => {
      const rows = findings.map(({ check, state, what }) => [MARKS[state], check, what]);
      const fixes = findings.filter(({ state, fix }) => fix !== undefined && state !== "ok");
      const todo = fixes.map(({ check, fix }) => `  ${check}: ${fix}\n`).join("");
      return `${out.table(["", "Looked at", "Found"], rows)}${todo === "" ? "\nNothing to do.\n" : `\nTo do:\n${todo}`}`;
    });
    return findings.some(({ state }) => state === "problem") ? EXIT.found : EXIT.ok;
  },
};

const MARKS: { readonly [state in Finding["state"]]: string } = {
  ok: "ok",
  warning: "warning",
  problem: "PROBLEM",
  skipped: "skipped",
};
