import type { Context } from "hono";
import * as v from "valibot";
import { type InputError, refuse } from "../errors.ts";

/** Checks what came in; everything wrong with it is said at once, by path. */
export function check<S extends v.GenericSchema>(schema: S, input: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const errors = result.issues.map((issue) => describeIssue(issue, schema));
  const first = errors[0] as InputError;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  throw refuse("invalid_request", `${what}: ${first.path ? `${first.path}: ` : ""}${first.message}${more}`, { errors });
}

/** The query of a request; each parameter is a list, since any may be given more than once. */
export function readQuery<S extends v.GenericSchema>(c: Context, schema: S): v.InferOutput<S> {
  const start = c.req.url.indexOf("?");
  if (start < 0) return readNothing(schema);
  const query: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(c.req.url.slice(start + 1))) {
    query[name] ??= [];
    query[name].push(value);
  }
  // An ordinary object again: valibot leaves out what looks like a prototype.
  for (const name of ["__proto__", "constructor", "prototype"])
    if (name in query)
      throw refuse("invalid_request", `Query: ${name}: is not known here`, {
        errors: [{ path: name, message: "is not known here" }],
      });
  return check(schema, { ...query }, "Query");
}

const withoutQuery = new WeakMap<v.GenericSchema, unknown>();

/** What a schema makes of no parameters at all, worked out once: most requests have none. */
function readNothing<S extends v.GenericSchema>(schema: S): v.InferOutput<S> {
  if (!withoutQuery.has(schema)) withoutQuery.set(schema, Object.freeze(check(schema, {}, "Query")));
  return withoutQuery.get(schema) as v.InferOutput<S>;
}

export async function readBody<S extends v.GenericSchema>(c: Context, schema: S): Promise<v.InferOutput<S>> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw refuse("invalid_request", `The body is ${type ?? "of no stated type"}, not JSON`, {
      fix: "Send the header Content-Type: application/json.",
    });
  const text = await readText(c);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw refuse("invalid_request", "The body is not valid JSON");
  }
  const checked = check(schema, body, "Body");
  // To valibot a list is an object that lacks every key, which is wrong only where one must be given.
  if (Array.isArray(body) && !Array.isArray(checked))
    throw refuse("invalid_request", "The body is a list, not an object");
  return checked;
}

const MOST_BODY_BYTES = 1024 * 1024;

/** Stops reading where the body grows too large, whatever its header says of its length. */
async function readText(c: Context): Promise<string> {
  const tooLarge = () => refuse("payload_too_large", `The body is larger than ${MOST_BODY_BYTES / 1024 / 1024} MB`);
  const length = c.req.header("content-length");
  if (Number(length ?? 0) > MOST_BODY_BYTES) throw tooLarge();
  // Node lets no more through than was said, so it comes straight from the socket, without a web stream in between.
  if (length !== undefined && c.env?.incoming) return c.req.raw.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function describeIssue(issue: v.BaseIssue<unknown>, schema: v.GenericSchema): InputError {
  const path = (issue.path ?? []).reduce(
    (text, item) =>
      typeof item.key === "number" ? `${text}[${item.key}]` : text ? `${text}.${item.key}` : `${item.key}`,
    "",
  );
  if (issue.type === "strict_object" && issue.expected === "never")
    return { path, message: `is not known here; known are ${Object.keys(entriesOf(schema)).join(", ") || "none"}` };
  if (issue.type === "strict_object" && issue.received === "undefined") return { path, message: "is missing" };
  return { path, message: issue.message };
}

const entriesOf = (schema: v.GenericSchema): object => ("entries" in schema ? (schema.entries as object) : {});
