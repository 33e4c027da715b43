import type { IncomingMessage, ServerResponse } from "node:http";

export async function readAll(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await readAll(request)).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?")[0] as string;

export function answer(response: ServerResponse, data: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ result: "ok", data }));
}

export function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ result: "error", message }));
}

/** The token of a caller: a bearer header, or what follows the last space of any Authorization header. */
export const bearerOf = (request: IncomingMessage): string | undefined =>
  request.headers.authorization?.split(" ").at(-1) ?? (request.headers["x-supervisor-token"] as string | undefined);

/** As a refusal before an upgrade; aiohttp's servers answer like this. */
export const refusalLine = (status: number, words: string): string =>
  `HTTP/1.1 ${status} ${words}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
