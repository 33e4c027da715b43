/**
 * Builds the bundle into dist/: main.js, what starts it, the command line, a file per worker, migrations, the integration, the panel, a
 * package.json.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { buildUi } from "./build-ui.ts";

const root = join(import.meta.dirname, "..");

/** Entries started by platform/worker.ts; their files are named as it expects. */
export const WORKERS = [
  "history/worker",
  "exchange/worker",
  "retention/worker",
  "sources/files/worker",
  "store/embedded/maintenance/worker",
  "backup/jobs/worker",
] as const;

/** Native: installed beside the bundle, not bundled. */
const EXTERNAL = ["better-sqlite3"];

export async function buildAll(outdir = join(root, "dist")): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const common = {
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    external: EXTERNAL,
    sourcemap: true,
    // A thread holds its program's text, comments and all, and at twice the size where one sign is beyond Latin-1.
    minifyWhitespace: true,
    legalComments: "linked",
    logLevel: "warning",
    // ws and others are CommonJS and ask for Node's modules by require.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  } as const;
  await build({ ...common, entryPoints: { main: join(root, "src/main.ts"), cli: join(root, "src/cli.ts") }, outdir });
  await build({
    ...common,
    entryPoints: Object.fromEntries(
      WORKERS.map((entry) => [entry.replaceAll("/", "-"), join(root, "src", `${entry}.ts`)]),
    ),
    outdir: join(outdir, "workers"),
  });
  cpSync(join(root, "src/database/migrations"), join(outdir, "migrations"), { recursive: true });
  cpSync(join(root, "src/start.sh"), join(outdir, "start.sh"));
  cpSync(join(root, "custom_components/ha_ingestor"), join(outdir, "custom_components/ha_ingestor"), {
    recursive: true,
    filter: (path) => basename(path) !== "__pycache__",
  });
  await buildUi({ outdir: join(outdir, "ui") });
  const { name, version, license, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const native = Object.fromEntries(EXTERNAL.map((external) => [external, dependencies[external]]));
  writeFileSync(
    join(outdir, "package.json"),
    `${JSON.stringify({ name, version, license, type: "module", dependencies: native }, null, 2)}\n`,
  );
}

if (import.meta.main) {
  await buildAll();
  process.stdout.write("dist: built\n");
}
