import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

/** docs/architecture.md, "Rooms": what each room may import besides itself, Node and packages. */
const MAY_IMPORT: Record<string, readonly string[] | "everything"> = {
  "main.ts": "everything",
  "cli.ts": "everything",
  start: "everything",
  domain: [],
  platform: ["domain"],
  config: ["domain", "platform"],
  database: ["domain", "platform"],
  hass: ["domain", "platform"],
  supervisor: ["domain", "platform"],
  sources: ["domain", "platform", "database"],
  ingest: ["domain", "platform"],
  store: ["domain", "platform"],
  history: ["domain", "platform", "store"],
  exchange: ["domain", "platform", "store", "history"],
  mirror: ["domain", "platform", "store"],
  live: ["domain", "platform"],
  retention: ["domain", "platform", "store", "database"],
  backup: ["domain", "platform", "store", "database"],
  amending: ["domain", "platform", "store"],
  rules: ["domain", "platform", "database", "live"],
  webhooks: ["domain", "platform", "database", "live"],
  energy: ["domain", "platform", "database", "store", "history", "live"],
  devices: ["domain", "platform", "database", "store", "history", "live"],
  presence: ["domain", "platform", "database", "store", "history", "live"],
  logs: ["domain", "platform", "database", "store", "history", "live"],
  published: ["domain", "platform", "database", "live"],
  suggestions: ["domain", "platform", "database", "store", "history", "live"],
  readers: ["domain", "platform", "store", "history"],
  api: [
    "domain",
    "platform",
    "config",
    "database",
    "sources",
    "store",
    "history",
    "exchange",
    "mirror",
    "live",
    "retention",
    "backup",
    "amending",
    "rules",
    "webhooks",
    "energy",
    "devices",
    "presence",
    "logs",
    "published",
    "suggestions",
    "readers",
  ],
  cli: ["domain", "platform", "config"],
  simulator: ["domain", "platform"],
};

/** Packages that belong to one place: everything else reaches them through that place. */
const OWNED_PACKAGES: Record<string, readonly string[]> = {
  hono: ["api"],
  "@hono/node-server": ["api"],
  "home-assistant-js-websocket": ["hass"],
  "drizzle-orm": ["database"],
  "better-sqlite3": ["database", "store"],
  "fast-xml-parser": ["sources"],
};

const files = globSync("src/**/*.ts", { cwd: root });
const isTest = (file: string) => file.endsWith(".test.ts") || file.endsWith("conformance.ts");
const roomOf = (file: string) => file.split("/")[1] as string;
const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)/g;

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), "utf8").matchAll(IMPORT)].map((match) => (match[1] ?? match[2]) as string);
}

test("every room is in the table, and none of its files imports a room that the table forbids", () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = roomOf(file);
    const allowed = MAY_IMPORT[room];
    if (!allowed) {
      wrong.push(`${file}: the room ${room} is not in the table`);
      continue;
    }
    if (allowed === "everything" || isTest(file)) continue;
    for (const target of importsOf(file)) {
      if (!target.startsWith(".")) continue;
      const path = relative(root, normalize(join(root, dirname(file), target)));
      if (!path.startsWith("src/")) wrong.push(`${file} imports ${path}, which is outside src`);
      else if (roomOf(path) !== room && !allowed.includes(roomOf(path))) wrong.push(`${file} imports ${path}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("a package that has an owner is imported by no other room", () => {
  const wrong = files
    .filter((file) => !isTest(file))
    .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
    .filter(({ file, target }) => {
      const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : (target.split("/")[0] as string);
      const owners = OWNED_PACKAGES[name];
      return owners !== undefined && !owners.includes(roomOf(file));
    })
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test("the clock, chance, the network and timers are taken from platform/ alone", () => {
  const bare = /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|[^.\w]fetch\(|setInterval\(|[^.\w]setTimeout\(/;
  const wrong = files
    .filter((file) => !isTest(file) && !["platform", "simulator"].includes(roomOf(file)))
    .filter((file) => bare.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(wrong, []);
});

test("the panel imports nothing of the hub but types of the API", () => {
  const wrong = globSync("ui/**/*.{ts,tsx}", { cwd: root })
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) =>
      importsOf(file).map((target) => ({ file, path: normalize(join(dirname(file), target)), target })),
    )
    .filter(({ path, target }) => target.startsWith(".") && !path.startsWith("ui/") && !path.startsWith("src/api/"))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test("no file is longer than 500 lines, and no room has an empty folder", () => {
  const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 500);
  assert.deepEqual(long, []);
  assert.ok(existsSync(join(root, "src/domain")));
});
