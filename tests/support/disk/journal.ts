import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** One call that changed a folder, as the shim told it; paths are relative to that folder. */
export type Step =
  | { readonly what: "write"; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly what: "truncate"; readonly path: string; readonly at: number }
  | { readonly what: "sync" | "create" | "mkdir" | "unlink" | "rmdir"; readonly path: string }
  | { readonly what: "rename" | "link"; readonly path: string; readonly to: string };

/** What a program did to a folder, call by call (`shimEnvironment` with `record`). */
export function readJournal(file: string, folder: string): readonly Step[] {
  const bytes = readFileSync(file);
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const [what, length, place, from, target] = bytes.subarray(at, end).toString().split("\t") as [
      Step["what"],
      string,
      string,
      string,
      string,
    ];
    at = end + 1 + Number(length);
    const path = relative(folder, from);
    if (what === "write") steps.push({ what, path, at: Number(place), bytes: bytes.subarray(end + 1, at) });
    else if (what === "truncate") steps.push({ what, path, at: Number(place) });
    else if (what === "rename" || what === "link") steps.push({ what, path, to: relative(folder, target) });
    else steps.push({ what, path });
  }
  return steps;
}

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };
type FileNode = { readonly kind: "file"; durable: Buffer; waiting: Change[] };
type FolderNode = { readonly kind: "folder"; durable: Map<string, Node>; now: Map<string, Node>; waiting: Naming[] };
type Node = FileNode | FolderNode;
/** A name that comes or goes; a rename is one change of two names, which is never seen half. */
type Naming = readonly {
  readonly name: string;
  readonly node: Node | undefined;
  /** Where the file has moved to: it is never gone from here without being there. */
  readonly movedTo?: FolderNode;
  readonly moved?: Node;
}[];

/** What of the unsynced the disk still has after the power came back. */
export type Loss =
  /** Nothing. */
  | "everything"
  /** Names, and of what stands in the files nothing. */
  | "contents"
  /** What stands in the files, and no name. */
  | "names"
  /** Of each file and folder any of its changes, in any order, some of them in part. */
  | "some";

const SECTOR = 512;

/**
 * A disk in which what is not synced may be lost. Strict: a name is there for certain only when its folder was synced,
 * and what stands in a file when the file was; the order of everything else is the disk's own.
 */
export function createCutDisk(there: ReadonlyMap<string, Buffer | "folder"> = new Map()) {
  const root: FolderNode = newFolder();
  const parts = (path: string) => path.split("/");
  const folderAt = (names: readonly string[]): FolderNode => {
    let node: Node = root;
    for (const name of names) {
      const next: Node | undefined = node.kind === "folder" ? node.now.get(name) : undefined;
      if (next?.kind !== "folder") throw new Error(`${names.join("/")} is no folder`);
      node = next;
    }
    return node as FolderNode;
  };
  const placeOf = (path: string) => {
    const names = parts(path);
    const name = names.pop() as string;
    return { folder: folderAt(names), name };
  };
  const nodeAt = (path: string): Node | undefined => {
    if (path === "") return root;
    const { folder, name } = placeOf(path);
    return folder.now.get(name);
  };
  // What was there before is on the disk; folders stand before what lies in them.
  for (const [path, content] of there) {
    const { folder, name } = placeOf(path);
    const node: Node = content === "folder" ? newFolder() : { ...newFile(), durable: content };
    folder.now.set(name, node);
    folder.durable.set(name, node);
  }
  const nameIt = (folder: FolderNode, naming: Naming) => {
    apply(folder.now, naming);
    folder.waiting.push(naming);
  };

  return {
    /** Whatever is not below the folder of what was recorded is passed over. */
    take(step: Step): void {
      if (step.what === "write" || step.what === "truncate") {
        const node = nodeAt(step.path);
        // Without its name a file is gone whatever becomes of it.
        if (node?.kind !== "file") return;
        node.waiting.push(step.what === "write" ? { at: step.at, bytes: step.bytes } : { length: step.at });
      } else if (step.what === "sync") {
        const node = nodeAt(step.path);
        if (node?.kind === "file") {
          node.durable = contentOf(node.durable, node.waiting);
          node.waiting = [];
        } else if (node) {
          node.durable = new Map(node.now);
          node.waiting = [];
        }
      } else if (step.what === "rename" || step.what === "link") {
        const from = placeOf(step.path);
        const to = placeOf(step.to);
        const node = from.folder.now.get(from.name);
        if (!node) throw new Error(`${step.path} is not there`);
        const gone = { name: from.name, node: undefined };
        if (step.what === "link") nameIt(to.folder, [{ name: to.name, node }]);
        else if (from.folder === to.folder) nameIt(to.folder, [gone, { name: to.name, node }]);
        else {
          nameIt(to.folder, [{ name: to.name, node }]);
          nameIt(from.folder, [{ ...gone, movedTo: to.folder, moved: node }]);
        }
      } else {
        const { folder, name } = placeOf(step.path);
        const node = step.what === "create" ? newFile() : step.what === "mkdir" ? newFolder() : undefined;
        nameIt(folder, [{ name, node }]);
      }
    },

    /** What a start finds after the power went and came back: relative paths and contents. */
    after(loss: Loss, random: () => number): ReadonlyMap<string, Buffer | "folder"> {
      const found = new Map<string, Buffer | "folder">();
      const contents = new Map<FileNode, Buffer>();
      const look = (folder: FolderNode, path: string) => {
        for (const [name, node] of namesAfter(folder, loss, random)) {
          const own = path === "" ? name : `${path}/${name}`;
          if (node.kind === "folder") {
            found.set(own, "folder");
            look(node, own);
            continue;
          }
          const content = contents.get(node) ?? contentAfter(node, loss, random);
          contents.set(node, content);
          found.set(own, content);
        }
      };
      look(root, "");
      return found;
    },

    /** What is there while the power is on. */
    now(): ReadonlyMap<string, Buffer | "folder"> {
      const found = new Map<string, Buffer | "folder">();
      const look = (folder: FolderNode, path: string) => {
        for (const [name, node] of folder.now) {
          const own = path === "" ? name : `${path}/${name}`;
          found.set(own, node.kind === "folder" ? "folder" : contentOf(node.durable, node.waiting));
          if (node.kind === "folder") look(node, own);
        }
      };
      look(root, "");
      return found;
    },
  };
}

const newFile = (): FileNode => ({ kind: "file", durable: Buffer.alloc(0), waiting: [] });
const newFolder = (): FolderNode => ({ kind: "folder", durable: new Map(), now: new Map(), waiting: [] });

function apply(names: Map<string, Node>, naming: Naming): void {
  for (const { name, node } of naming)
    if (node) names.set(name, node);
    else names.delete(name);
}

function contentOf(durable: Buffer, changes: readonly Change[]): Buffer {
  let length = durable.length;
  for (const change of changes)
    length = Math.max(length, "length" in change ? change.length : change.at + change.bytes.length);
  const bytes = Buffer.alloc(length);
  durable.copy(bytes);
  let end = durable.length;
  for (const change of changes)
    if ("length" in change) {
      bytes.fill(0, change.length);
      end = change.length;
    } else {
      change.bytes.copy(bytes, change.at);
      end = Math.max(end, change.at + change.bytes.length);
    }
  return bytes.subarray(0, end);
}

function contentAfter({ durable, waiting }: FileNode, loss: Loss, random: () => number): Buffer {
  if (loss === "names") return contentOf(durable, waiting);
  if (loss !== "some") return durable;
  const kept = waiting.flatMap((change): Change[] => {
    if (random() < 0.5) return [];
    if ("length" in change || random() < 0.7) return [change];
    // A write that was torn: whole sectors of it came through.
    const sectors = Math.floor((change.bytes.length * random()) / SECTOR);
    return [{ at: change.at, bytes: change.bytes.subarray(0, sectors * SECTOR) }];
  });
  // A file may have its new length before anything stands there.
  const whole = contentOf(durable, waiting).length;
  return contentOf(durable, random() < 0.3 ? [...kept, { at: whole, bytes: Buffer.alloc(0) }] : kept);
}

function namesAfter(
  { durable, now, waiting }: FolderNode,
  loss: Loss,
  random: () => number,
): ReadonlyMap<string, Node> {
  if (loss === "contents") return now;
  const names = new Map(durable);
  if (loss !== "some") return names;
  // Half of the time in order up to a moment, as a journal keeps them; else any of them.
  const most = random() < 0.5 ? Math.floor(random() * (waiting.length + 1)) : undefined;
  for (const [i, naming] of waiting.entries())
    if ((most === undefined ? random() < 0.5 : i < most) && naming.every(hasArrived)) apply(names, naming);
  return names;
}

const hasArrived = ({ movedTo, moved }: Naming[number]): boolean =>
  movedTo === undefined || [...movedTo.durable.values()].some((node) => node === moved);

/** What lies in a folder, folders before what lies in them. */
export function readTree(folder: string): ReadonlyMap<string, Buffer | "folder"> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).map((one) => {
    const path = join(one.parentPath, one.name);
    return [relative(folder, path), one.isDirectory() ? ("folder" as const) : readFileSync(path)] as const;
  });
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Puts what was found into a folder. */
export function writeTree(folder: string, tree: ReadonlyMap<string, Buffer | "folder">): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of tree)
    if (content === "folder") mkdirSync(join(folder, path), { recursive: true });
    else {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
}
