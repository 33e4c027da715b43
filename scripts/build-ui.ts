import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

/**
 * Bundles the panel: files with a hash of their content in their names under `assets/`, and an index.html that names
 * them relatively, so that the folder can be served under any prefix and its assets be cached for good.
 */
export async function buildUi({ outdir }: { outdir: string }): Promise<{ readonly files: readonly string[] }> {
  mkdirSync(outdir, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: ["ui/main.tsx", "ui/style.css", "ui/icon.svg"],
    outdir: join(outdir, "assets"),
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    tsconfig: "ui/tsconfig.json",
    metafile: true,
    logLevel: "warning",
  });
  const names = new Map<string, string>();
  for (const [path, { entryPoint, inputs }] of Object.entries(result.metafile.outputs)) {
    // A copied file is not called an entry point; it is named by its one input.
    const source = entryPoint ?? Object.keys(inputs)[0];
    if (source !== undefined) names.set(basename(source), relative(outdir, join(root, path)));
  }
  const page = readFileSync(join(root, "ui/index.html"), "utf8").replace(/\{\{([\w.-]+)\}\}/g, (_, name: string) => {
    const file = names.get(name);
    if (file === undefined) throw new Error(`ui/index.html names ${name}, which the build did not make`);
    return `./${file}`;
  });
  writeFileSync(join(outdir, "index.html"), page);
  // What an earlier build left: swept last, so that the folder never lacks what its index.html names.
  const kept = new Set([...names.values()].map((file) => basename(file)));
  for (const file of readdirSync(join(outdir, "assets"))) if (!kept.has(file)) rmSync(join(outdir, "assets", file));
  return { files: ["index.html", ...names.values()] };
}

if (import.meta.main) {
  const outdir = process.argv[2] ?? join(root, "dist/ui");
  const { files } = await buildUi({ outdir });
  for (const file of files) console.log(join(outdir, file));
}
