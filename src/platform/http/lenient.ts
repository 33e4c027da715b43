import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { Received, Sent } from "./http.ts";

/**
 * Sends to a server whose headers `fetch` refuses: control characters in a value, a value that goes on in the next line.
 * Each on a connection of its own, so that whatever such a header makes of the answer's end, no other answer is touched.
 */
export const sendLeniently = (url: string, { method, headers, body, signal }: Sent): Promise<Received> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? requestSecure : requestPlain;
    const sent = { ...headers, "accept-encoding": "identity" };
    const request = send(url, { method, headers: sent, signal, agent: false, insecureHTTPParser: true }, (answer) =>
      resolve({
        status: answer.statusCode ?? 0,
        headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
        body: answer,
      }),
    );
    request.on("error", reject);
    request.end(body);
  });
