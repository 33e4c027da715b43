import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Gateway = {
  /** For `HA_INGESTOR_GATEWAY`. */
  readonly url: string;
  /** Host, path and query of every request. */
  readonly asked: string[];
  /** What a host, or a host and the beginning of a path, answers from now on; the longest that fits. All else is 404. */
  answer(where: string, status: number, body: unknown): void;
  close(): Promise<void>;
};

/** The world outside, on this machine: what a hub asks of a host comes here as `/<host>/<path>`. */
export async function openGateway(): Promise<Gateway> {
  const asked: string[] = [];
  const answers = new Map<string, { status: number; text: string }>();
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const [where] = [...answers.keys()].filter((one) => url.startsWith(`/${one}`)).sort((a, b) => b.length - a.length);
    const { status, text } = answers.get(where ?? "") ?? { status: 404, text: "nobody is here" };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (where, status, body) => {
      answers.set(where, { status, text: typeof body === "string" ? body : JSON.stringify(body) });
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
