/** What a program did with a file, in AppArmor's letters: r, w, m (mapped as code), k (locked), x (started). */
export type Touched = { readonly path: string; readonly letters: string };

/**
 * Every file that was really opened, written, removed, mapped as code, locked or started, as `strace -f -y` tells it;
 * what failed touched nothing. Paths are those inside the root: strace stands outside and sees the root's own before them.
 * @param from the program whose start is the beginning
 */
export function touchedFiles(trace: string, from: string): Touched[] {
  const calls = joinResumed(trace);
  const first = calls.findIndex((call) => call.startsWith(`execve("${from}"`));
  if (first < 0) throw new Error(`${from} was not started`);
  const touched = new Map<string, Touched>();
  for (const call of calls.slice(first)) {
    if (/ = -1 /.test(call)) continue;
    const found = fileOf(call);
    if (!found?.path.startsWith("/")) continue;
    const path = found.path.replace(/^\/tmp\/tmp\.[^/]+\/root(?=\/)/, "");
    touched.set(`${path} ${found.letters}`, { path, letters: found.letters });
  }
  return [...touched.values()];
}

function fileOf(call: string): Touched | undefined {
  const name = call.slice(0, call.indexOf("("));
  const named = /^\w+\((?:AT_FDCWD(?:<[^>]*>)?, )?"([^"]*)"/.exec(call)?.[1];
  const held = /^\w+\(\d+<([^>]*)>/.exec(call)?.[1];
  const opened = / = \d+<([^>]*)>/.exec(call)?.[1];
  const file = (path: string | undefined, letters: string) => (path === undefined ? undefined : { path, letters });
  if (/^(open|openat|openat2|creat)$/.test(name)) {
    const writes = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call) || name === "creat";
    return file(opened, (/O_WRONLY/.test(call) ? "" : "r") + (writes ? "w" : ""));
  }
  if (name === "execve") return file(named, "rx");
  if (name === "mmap") {
    const mapped = /, \d+<([^>]*)>, /.exec(call)?.[1];
    return /PROT_EXEC/.test(call) ? file(mapped, "m") : undefined;
  }
  if (name === "fcntl") return /F_(OFD_)?SETLK/.test(call) ? file(held, "k") : undefined;
  if (name === "flock") return file(held, "k");
  if (name === "fchmod" || name === "ftruncate") return file(held, "w");
  if (name === "bind" || name === "connect") return file(/sun_path="([^"]*)"/.exec(call)?.[1], "w");
  if (/^(mkdir|rmdir|unlink|rename|link|symlink|chmod|chown|truncate|utime)/.test(name)) return file(named, "w");
  return undefined;
}

/** A call that another thread's call interrupted is told in two lines. */
function joinResumed(trace: string): string[] {
  const begun = new Map<string, string>();
  const calls: string[] = [];
  for (const line of trace.split("\n")) {
    const [, pid = "", call = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(call)?.[1];
    if (call.endsWith("<unfinished ...>")) begun.set(pid, call.slice(0, -"<unfinished ...>".length));
    else calls.push(rest === undefined ? call : (begun.get(pid) ?? "") + rest);
  }
  return calls;
}
