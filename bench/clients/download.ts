/** Takes a file from the hub and keeps nothing of it but its last line and what it counts. */
import { get } from "node:http";
import { answerParent } from "../measure/child.ts";

export type Download = { readonly url: string; readonly token: string };
export type Downloaded = {
  readonly seconds: number;
  readonly bytes: number;
  /** Lines before the last one. */
  readonly lines: number;
  readonly lastLine: string;
};

const LINE_FEED = 0x0a;

const take = ({ url, token }: Download): Promise<Downloaded> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      let bytes = 0;
      let lines = 0;
      let tail = Buffer.alloc(0);
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines++;
        tail = Buffer.concat([tail, chunk]).subarray(-2000);
      });
      response.on("error", reject);
      response.on("end", () => {
        const seconds = (performance.now() - began) / 1000;
        const lastLine = tail.toString().trimEnd().split("\n").at(-1) ?? "";
        if (response.statusCode === 200) resolve({ seconds, bytes, lines: lines - 1, lastLine });
        else reject(new Error(`${url} answers ${response.statusCode}: ${tail}`));
      });
    }).on("error", reject);
  });

answerParent({ take });
