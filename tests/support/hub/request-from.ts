import { Agent, request } from "node:http";

export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, unknown>;
  readonly ms: number;
};

/** A client at an address of this machine (any of 127.0.0.0/8), with one connection that it keeps. */
export type ClientFrom = Disposable & {
  ask(url: URL, options?: { method?: string; headers?: Record<string, string> }): Promise<Answer>;
};

export function clientFrom(localAddress: string): ClientFrom {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: (url, { method = "GET", headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const asked = request(url, { agent, localAddress, method, headers }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              text,
              headers: response.headers,
              ms: performance.now() - began,
            }),
          );
        });
        asked.on("error", reject);
        asked.end();
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
