/**
 * Lays out the image's root folder: `node scripts/layout.ts <empty folder>`. addon/Dockerfile only calls it, and
 * tests/system/image.test.ts runs the hub from what it makes, so that what is tested is what ships.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildAll } from "./build.ts";

const ROOT = join(import.meta.dirname, "..");

export async function layOutImage(folder: string): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  cpSync(join(ROOT, "addon/rootfs"), folder, { recursive: true });
  for (const program of readdirSync(join(folder, "usr/bin"))) chmodSync(join(folder, "usr/bin", program), 0o755);
  await layOutBundle(join(folder, "app"));
  // Whoever lays out brings the Node of the image: in the Dockerfile the official one.
  const node = join(folder, "usr/local/bin/node");
  mkdirSync(dirname(node), { recursive: true });
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
}

/** The bundle, and beside it what its package.json asks for. */
export async function layOutBundle(folder: string): Promise<void> {
  await buildAll(folder);
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    const from = join(ROOT, "node_modules", name);
    cpSync(from, join(folder, "node_modules", name), {
      recursive: true,
      filter: (path) => isNeeded(relative(from, path)),
    });
  }
}

/** Of a native package: what it runs, and of its ready-made native files those of this machine. */
function isNeeded(path: string): boolean {
  const [top = "", file] = path.split("/");
  if (top === "prebuilds") return file === undefined || new RegExp(`^linux(musl)?-${process.arch}\\.node$`).test(file);
  return ["", "lib", "package.json", "LICENSE"].includes(top);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error("usage: node scripts/layout.ts <empty folder>");
  await layOutImage(folder);
  process.stdout.write(`${folder}: laid out\n`);
}
