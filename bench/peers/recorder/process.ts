/** The replica in a process of its own, fed by Home Assistant's `state_changed` events. */
import WebSocket from "ws";
import { answerParent } from "../../measure/child.ts";
import { fillWithPast } from "./fill.ts";
import { openReplica, type RecordedChange, type Replica } from "./replica.ts";

type Options = { readonly url: string; readonly token: string; readonly commitMs: number };
type Message = {
  readonly type: string;
  readonly id?: number;
  readonly event?: {
    readonly data: Pick<RecordedChange, "entity_id" | "new_state">;
    readonly time_fired: string;
    readonly context: RecordedChange["context"];
  };
};

let replica: Replica | undefined;
let socket: WebSocket | undefined;

const opened = (): Replica => {
  if (!replica) throw new Error("the replica is not open");
  return replica;
};

async function follow({ url, token, commitMs }: Options): Promise<void> {
  const recording = opened();
  const ws = new WebSocket(`${url.replace(/^http/, "ws")}/api/websocket`, { perMessageDeflate: false });
  socket = ws;
  await new Promise<void>((resolve, reject) => {
    ws.on("error", reject);
    ws.on("message", (data: Buffer) => {
      const parsed = JSON.parse(data.toString("utf8")) as Message | Message[];
      for (const { type, event } of Array.isArray(parsed) ? parsed : [parsed]) {
        if (type === "auth_required") ws.send(JSON.stringify({ type: "auth", access_token: token }));
        if (type === "auth_ok")
          ws.send(JSON.stringify({ id: 1, type: "subscribe_events", event_type: "state_changed" }));
        if (type === "result") resolve();
        if (event) recording.record({ ...event.data, time_fired: event.time_fired, context: event.context });
      }
    });
  });
  setInterval(() => recording.commit(), commitMs);
}

answerParent(
  {
    open: ({ file, past, entities }: { file: string; past: number; entities: number }) => {
      replica = openReplica(file);
      fillWithPast(replica, past, entities);
    },
    follow,
    commit: () => opened().commit(),
    rows: () => opened().rows,
  },
  () => {
    socket?.terminate();
    replica?.close();
  },
);
