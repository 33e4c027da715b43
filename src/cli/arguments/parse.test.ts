import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { COMMANDS } from "../commands/commands.ts";
import { closest } from "./closest.ts";
import { helpOf, overview } from "./help.ts";
import { findCommand, readGiven } from "./parse.ts";
import { readTime } from "./times.ts";

const given = (...words: string[]) => {
  const command = findCommand(COMMANDS, words);
  assert.ok(command);
  return readGiven(command, words);
};
const wrong = (...words: string[]) => {
  try {
    given(...words);
  } catch (error) {
    assert.ok(error instanceof Failure && error.code === "usage");
    return `${error.message} | ${error.fix}`;
  }
  return "taken";
};

test("options come before, between and behind names, with = or without, lists by commas or again", () => {
  const one = given(
    "export",
    "--format=csv",
    "light.a",
    "--column",
    "time,state",
    "--column",
    "flaws",
    "--force",
    "#12",
  );
  assert.deepEqual(one.names, ["light.a", "#12"]);
  assert.equal(one.text("format"), "csv");
  assert.deepEqual(one.list("column"), ["time", "state", "flaws"]);
  assert.deepEqual([one.flag("force"), one.flag("spreadsheet"), one.text("from")], [true, false, undefined]);
  assert.equal(findCommand(COMMANDS, ["retention", "preview"])?.name, "retention preview");
  assert.equal(findCommand(COMMANDS, ["backup", "--json"])?.name, "backup");
  assert.deepEqual(given("export", "--", "--odd").names, ["--odd"]);
});

test("wrong use says what, where and how to mend it, with the word that was most likely meant", () => {
  assert.match(wrong("statsu"), /no command statsu \| Did you mean status\?/);
  assert.match(wrong("xyzzy"), /no command xyzzy \| Commands: status, query/);
  assert.match(wrong("retention", "perview"), /retention has no perview \| Did you mean preview\?/);
  assert.match(wrong("retention"), /needs to know what to do \| It has: preview\./);
  assert.match(wrong("export", "--fromat", "csv"), /no option --fromat \| Did you mean --format\?/);
  assert.match(wrong("export", "--zzzzzz"), /no option --zzzzzz \| See ha-ingestor export --help\./);
  assert.match(wrong("export", "--format", "cvs"), /--format is cvs \| Did you mean csv\?/);
  assert.match(wrong("export", "--format"), /--format lacks its value \| Write --format FORMAT/);
  assert.match(wrong("export", "--force=yes"), /--force takes no value/);
  assert.match(wrong("export", "--format", "csv", "--format", "csv"), /more than once/);
  assert.match(wrong("query"), /query needs ENTITY/);
  assert.match(wrong("seal", "now"), /does not know what to do with now/);
});

test("a token on the command line is refused with where it belongs, and is not repeated", () => {
  const said = wrong("status", "--token", "hi_secret");
  assert.match(said, /others on this machine can read it.*HA_INGESTOR_TOKEN.*--token-file/);
  assert.doesNotMatch(said, /hi_secret/);
});

test("the help of every command names each of its options and has examples that it takes itself", () => {
  const all = overview(COMMANDS, "1");
  for (const command of COMMANDS) {
    assert.ok(all.includes(`  ${command.name} `), command.name);
    const help = helpOf(command);
    for (const option of Object.keys(command.options)) assert.ok(help.includes(`--${option}`), option);
    assert.ok(command.examples.length > 0);
    for (const [line] of command.examples) {
      const words = (/ha-ingestor ([^|><&]*)/.exec(line)?.[1] ?? "").trim().split(/\s+/);
      const unquoted = words.map((word) => word.replaceAll("'", ""));
      assert.ok(findCommand(COMMANDS, unquoted), line);
      given(...unquoted);
    }
  }
});

test("a time is RFC 3339, a day of this machine, now, or so long ago; anything else is refused", () => {
  const now = microsFromRfc3339("2026-11-26T12:00:00Z") as number;
  const at = (text: string) => readTime("from", text, now);
  assert.equal(at("2026-11-23T22:39:00.123456+01:00"), microsFromRfc3339("2026-11-23T21:39:00.123456Z"));
  assert.equal(at("90m"), now - 90 * 60e6);
  assert.equal(at("2d"), now - 48 * 3600e6);
  assert.equal(at("now"), now);
  assert.equal(at("2026-11-23"), new Date(2026, 10, 23).getTime() * 1000);
  assert.equal(readTime("from", undefined, now), undefined);
  for (const text of ["yesterday", "2026-02-30", "2026-11-23T22:39:00", "1y", ""])
    assert.throws(() => at(text), { code: "usage" });
});

test("the nearest word is found for a slip of the hand, and none for another word", () => {
  const known = ["status", "export", "retention"];
  assert.equal(closest("exprot", known), "export");
  assert.equal(closest("stat", known), "status");
  assert.equal(closest("retenton", known), "retention");
  assert.equal(closest("delete", known), undefined);
});
