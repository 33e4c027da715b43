import type { Context } from "hono";
import { refuse } from "../errors.ts";

/** A body that is a file, as it was sent. Stops reading where it grows too large, whatever its header says of its length. */
export async function readFileBody(c: Context, mostBytes: number): Promise<Uint8Array> {
  const tooLarge = () => refuse("payload_too_large", `The file is larger than ${mostBytes / 1024 / 1024} MB`);
  if (Number(c.req.header("content-length") ?? 0) > mostBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  if (size === 0)
    throw refuse("invalid_request", "The body is empty", { fix: "Send the file's bytes as the body of the request." });
  return Buffer.concat(chunks);
}
