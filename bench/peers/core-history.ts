import { once } from "node:events";
import WebSocket from "ws";
import { microsFromSeconds, microsToRfc3339, type Window } from "../../src/domain/time/time.ts";
import type { Row, Timed } from "../measure/range.ts";

/** A connection to a real Core that asks its recorder for history. Times are from the question to the answer's last byte. */
export type CoreHistory = {
  ask(entities: readonly string[], window: Window): Promise<Timed>;
  /** The way there and back, with nothing to do on it. */
  ping(): Promise<number>;
  close(): void;
};

export async function openCoreHistory({ url, token }: { url: string; token: string }): Promise<CoreHistory> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/websocket`, {
    maxPayload: 2 ** 30,
    perMessageDeflate: false,
  });
  const next = async (): Promise<Buffer> => (await once(socket, "message"))[0] as Buffer;
  await next();
  socket.send(JSON.stringify({ type: "auth", access_token: token }));
  const welcome = await next();
  if (!welcome.includes('"auth_ok"')) throw new Error(`Core answers ${welcome}`);
  let id = 0;
  const exchange = async (command: object): Promise<Timed> => {
    const began = performance.now();
    socket.send(JSON.stringify({ id: ++id, ...command }));
    const bytes = await next();
    return { ms: performance.now() - began, parts: [bytes] };
  };
  return {
    // The shortest answer that has the state and the time of every row.
    ask: (entities, { from, to }) =>
      exchange({
        type: "history/history_during_period",
        start_time: microsToRfc3339(from),
        end_time: microsToRfc3339(to),
        entity_ids: entities,
        include_start_time_state: false,
        significant_changes_only: false,
        minimal_response: true,
        no_attributes: true,
      }),
    ping: async () => (await exchange({ type: "ping" })).ms,
    close: () => socket.close(),
  };
}

type Answer = {
  readonly success: boolean;
  readonly result: { readonly [entity: string]: readonly { readonly s: string; readonly lu: number }[] };
};

export function rowsOfCore({ parts: [bytes] }: Timed): Row[] {
  const { success, result } = JSON.parse(String(bytes)) as Answer;
  if (!success) throw new Error(`Core answers ${bytes}`);
  return Object.entries(result).flatMap(([entity, rows]) =>
    rows.map(({ s, lu }) => ({ entity, state: s, time: microsFromSeconds(lu) })),
  );
}
