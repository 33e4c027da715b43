import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { describeProblem, refuse } from "../errors.ts";

/** Node's own answer to what it cannot read is a bare number; a client gets a problem here too. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The client has gone, or an answer is on its way already, behind which nothing may be put. Node itself looks there.
  const underWay = (socket as { _httpMessage?: { readonly headersSent: boolean } | null })._httpMessage;
  if (error.code === "ECONNRESET" || !socket.writable || underWay?.headersSent) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === "HPE_HEADER_OVERFLOW"
      ? refuse("address_too_long", "The address and the headers together are longer than 16 kB", {
          fix: "Ask by POST where the question is long, such as api/v1/history/query.",
        })
      : refuse("invalid_request", "This cannot be read as HTTP");
  const problem = describeProblem(refusal, randomUUID());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    "content-type: application/problem+json",
    `x-request-id: ${problem.request_id}`,
    "cache-control: no-store",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
