/** What Node's own server can do at most: one fixed answer, no routes, no tokens. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent } from "../measure/child.ts";

answerParent({
  start: async (body: string) => {
    const bytes = Buffer.from(body);
    const headers = { "content-type": "application/json", "content-length": bytes.length };
    const server = createServer((_, response) => {
      response.writeHead(200, headers);
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  },
});
