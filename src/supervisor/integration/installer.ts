import { createHash } from "node:crypto";
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";

/** In the folder that the hub made; a folder without it came from HACS or from a person, and is never touched. */
export const MARKER = ".installed-by-ha-ingestor";
const MARKER_TEXT = `The app (add-on) HA Ingestor made this folder and keeps it at its own version: changes in here are lost.
Without this file the app leaves the folder alone.
`;

/** What stands in Home Assistant's folder now. */
export type Installation =
  | { readonly kind: "equal" | "installed"; readonly version: string }
  /** Not made by the hub, and left as it is. */
  | { readonly kind: "foreign"; readonly version: string | undefined };

/**
 * Makes Home Assistant's copy of the integration equal to the hub's own, in one step: there is never half a copy in
 * its place, whenever this is interrupted.
 *
 * @param from the integration as it ships with the hub
 * @param homeFolder holds Home Assistant's configuration
 * @throws Failure `integration_missing`, `no_home_folder`; whatever the file system says
 */
export async function installIntegration({
  from,
  homeFolder,
}: {
  from: string;
  homeFolder: string;
}): Promise<Installation> {
  const version = await versionOf(from);
  if (version === undefined) throw new Failure("integration_missing", "this build of the hub holds no integration");
  if (!(await kindOf(homeFolder)))
    throw new Failure("no_home_folder", `${homeFolder} is not there`, {
      fix: "Give the app (add-on) access to Home Assistant's configuration folder, or install the integration by HACS.",
    });
  const target = join(homeFolder, "custom_components/ha_ingestor");
  // Beside custom_components: every folder within is taken for an integration.
  const [fresh, old] = [join(homeFolder, ".ha_ingestor.new"), join(homeFolder, ".ha_ingestor.old")];
  await rm(fresh, { recursive: true, force: true });
  if (!(await kindOf(target)) && (await kindOf(old))) await rename(old, target);
  await rm(old, { recursive: true, force: true });

  const there = await kindOf(target);
  if (there && !(await isOurs(target))) return { kind: "foreign", version: await versionOf(target) };
  if (there && (await digest(target)) === (await digest(from))) return { kind: "equal", version };

  try {
    await copyFolder(from, fresh);
    await writeFile(join(fresh, MARKER), MARKER_TEXT);
    if (await mkdir(dirname(target), { recursive: true })) await chmod(dirname(target), 0o755);
    if (there) await rename(target, old);
    await rename(fresh, target).catch(async (error) => {
      if (there) await rename(old, target);
      throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
  return { kind: "installed", version };
}

const kindOf = (path: string): Promise<"folder" | "other" | undefined> =>
  lstat(path).then(
    (found) => (found.isDirectory() ? "folder" : "other"),
    () => undefined,
  );

/** Made by the hub, or an empty folder. A link is somebody's work, whatever it leads to. */
async function isOurs(target: string): Promise<boolean> {
  if ((await kindOf(target)) !== "folder") return false;
  return (await kindOf(join(target, MARKER))) !== undefined || (await readdir(target)).length === 0;
}

const manifest = v.object({ version: v.string() });

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    return v.parse(manifest, JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).version;
  } catch {
    return undefined;
  }
}

/** Of what the integration is made of: Python keeps its own files beside it. */
async function filesOf(folder: string, below = ""): Promise<string[]> {
  const names = await readdir(join(folder, below), { withFileTypes: true });
  const files = names
    .filter(({ name }) => name !== "__pycache__" && name !== MARKER)
    .map((entry) => (entry.isDirectory() ? filesOf(folder, join(below, entry.name)) : [join(below, entry.name)]));
  return (await Promise.all(files)).flat().sort();
}

async function digest(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await filesOf(folder)) {
    const content = await readFile(join(folder, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Home Assistant may run as another user, so everybody may read it. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name === "__pycache__") continue;
    if (entry.isDirectory()) await copyFolder(source, copy);
    else {
      await copyFile(source, copy);
      await chmod(copy, 0o644);
    }
  }
}
