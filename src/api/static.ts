import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { MiddlewareHandler } from "hono";
import { describeError } from "../domain/failure.ts";
import type { Log } from "../platform/told/log.ts";
import type { ApiEnv } from "./env.ts";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

/** Everything comes from the hub itself; Home Assistant shows the panel in a frame of its own origin. */
export const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_AGAIN = "no-cache";

type PanelFile = { readonly body: Uint8Array<ArrayBuffer>; readonly headers: Readonly<Record<string, string>> };

/**
 * Serves the panel. The files are read once, at the start, and a request can only name one of them: no path from
 * outside ever reaches the disk. What the build named by its content is kept by browsers for ever, the rest is asked
 * for again.
 */
export function servePanel({ folder, log }: { folder: string; log: Log }): MiddlewareHandler<ApiEnv> {
  const files = readFiles(folder, log);
  return async (c, next) => {
    const file = c.req.method === "GET" || c.req.method === "HEAD" ? files.get(c.req.path) : undefined;
    if (!file) return next();
    if (c.req.header("if-none-match") === file.headers.etag) return c.body(null, 304, { ...file.headers });
    return c.body(file.body, 200, { ...file.headers });
  };
}

function readFiles(folder: string, log: Log): ReadonlyMap<string, PanelFile> {
  const files = new Map<string, PanelFile>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const file = join(entry.parentPath, entry.name);
      const body = new Uint8Array(readFileSync(file));
      const path = `/${relative(folder, file).split(sep).join("/")}`;
      files.set(path, { body, headers: headersOf(path, type, body) });
    }
  } catch (error) {
    log.warning("There is no panel to serve; npm run build makes it", { folder, why: describeError(error) });
  }
  const index = files.get("/index.html");
  if (index) files.set("/", index);
  return files;
}

const headersOf = (path: string, type: string, body: Uint8Array): Record<string, string> => ({
  "content-type": type,
  "content-length": String(body.length),
  "cache-control": path.startsWith("/assets/") && /-[A-Z0-9]{8}\./.test(path) ? FOR_EVER : ASK_AGAIN,
  etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
});
