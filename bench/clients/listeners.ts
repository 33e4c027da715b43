/** Clients of the hub's live stream that take every change and keep none. */
import WebSocket from "ws";
import { answerParent } from "../measure/child.ts";

const sockets: WebSocket[] = [];
let bytes = 0;
let lost = 0;
const LOST = Buffer.from('"type":"lost"');

const open = ({ url, token, clients }: { url: string; token: string; clients: number }): Promise<unknown> =>
  Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = new WebSocket(new URL("api/v1/live", url.replace(/^http/, "ws")), {
        headers: { authorization: `Bearer ${token}` },
      });
      sockets.push(socket);
      socket.on("message", (data: Buffer) => {
        bytes += data.length;
        if (data.length < 200 && data.includes(LOST)) lost += (JSON.parse(String(data)) as { count: number }).count;
      });
      await new Promise<void>((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      });
      socket.send(JSON.stringify({ type: "subscribe", topics: ["changes"] }));
    }),
  );

answerParent({ open, figures: () => ({ bytes, lost }) }, () => {
  for (const socket of sockets) socket.terminate();
});
