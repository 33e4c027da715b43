/**
 * HTTP load at a constant rate. A request is due at its own moment whatever became of those before it, and its time
 * counts from that moment: a server that stalls is charged for every request it held up.
 */
import { connect, type Socket } from "node:net";
import { answerParent } from "../measure/child.ts";
import { quantile } from "../measure/statistics.ts";

export type OpenLoopOptions = {
  readonly url: string;
  readonly token: string;
  /** Asked in turn. */
  readonly paths: readonly string[];
  /** Requests per second. */
  readonly rate: number;
  readonly connections: number;
  readonly seconds: number;
  /** Not counted. */
  readonly warmUpSeconds: number;
};

export type OpenLoopResult = {
  readonly asked: number;
  readonly answered: number;
  /** Answers other than 200, and connections that broke. */
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
  /** How late requests left that had a free connection: this client's own share, contained in the figures above. */
  readonly ownLatenessP99: number;
};

const END_OF_HEAD = Buffer.from("\r\n\r\n");

async function run(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { hostname, port, host, pathname } = new URL(options.url);
  const requests = options.paths.map((path) =>
    Buffer.from(
      `GET ${pathname}${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${options.token}\r\n\r\n`,
      "latin1",
    ),
  );
  const total = Math.round(options.rate * (options.seconds + options.warmUpSeconds));
  const uncounted = Math.round(options.rate * options.warmUpSeconds);
  const latencies: number[] = [];
  const lateness: number[] = [];
  let failed = 0;
  let sent = 0;
  let done = 0;
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const free: Lane[] = [];
  const overdue: number[] = [];
  let began = 0;
  const dueAt = (number: number) => began + (number * 1000) / options.rate;

  const settle = (number: number, ok: boolean) => {
    if (!ok) failed++;
    if (number >= uncounted) latencies.push(performance.now() - dueAt(number));
    if (++done === total) finish();
  };
  type Lane = { send(number: number): void };
  const openLane = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      socket.once("connect", () => resolve(socket));
      socket.once("error", reject);
    }).then((socket) => {
      let held: Buffer = Buffer.alloc(0);
      let current: number | undefined;
      const lane: Lane = {
        send: (number) => {
          current = number;
          socket.write(requests[number % requests.length] as Buffer);
        },
      };
      const next = () => {
        const waiting = overdue.shift();
        if (waiting === undefined) free.push(lane);
        else lane.send(waiting);
      };
      socket.on("data", (bytes) => {
        if (current === undefined) return;
        held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
        const length = answerLength(held);
        if (length === undefined || held.length < length) return;
        const ok = held.subarray(9, 12).toString("latin1") === "200";
        held = held.subarray(length);
        const number = current;
        current = undefined;
        settle(number, ok);
        next();
      });
      socket.on("close", () => {
        if (current !== undefined) settle(current, false);
        current = undefined;
        const at = free.indexOf(lane);
        if (at >= 0) free.splice(at, 1);
        if (done < total) void openLane().catch(() => {});
      });
      socket.on("error", () => {});
      next();
      return socket;
    });

  const sockets = await Promise.all(Array.from({ length: options.connections }, openLane));
  began = performance.now();
  const tick = () => {
    const now = performance.now();
    while (sent < total && dueAt(sent) <= now) {
      const number = sent++;
      // In turn, so that no connection stays idle until the server closes it.
      const lane = free.shift();
      if (!lane) overdue.push(number);
      else {
        lateness.push(now - dueAt(number));
        lane.send(number);
      }
    }
    if (sent < total) setTimeout(tick, 1);
  };
  tick();
  // What has no answer by then never gets one: it counts as failed, with the time it has waited.
  const giveUp = setTimeout(finish, (total / options.rate) * 1000 + 30_000);
  await finished;
  clearTimeout(giveUp);
  for (const socket of sockets) socket.destroy();
  return {
    asked: total - uncounted,
    answered: latencies.length,
    failed: failed + (total - done),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    p999: quantile(latencies, 0.999),
    longest: quantile(latencies, 1),
    ownLatenessP99: quantile(lateness, 0.99),
  };
}

/** Bytes of the first answer in the buffer, head and body; undefined: it is not whole yet. */
function answerLength(held: Buffer): number | undefined {
  const head = held.indexOf(END_OF_HEAD);
  if (head < 0) return undefined;
  const text = held.toString("latin1", 0, head);
  const body = head + END_OF_HEAD.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length !== undefined) return body + Number(length);
  if (!/\r\ntransfer-encoding: *chunked/i.test(text)) throw new Error(`an answer of unknown length: ${text}`);
  for (let at = body; ; ) {
    const line = held.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(held.toString("latin1", at, line), 16);
    at = line + 2 + size + 2;
    if (at > held.length) return undefined;
    if (size === 0) return at;
  }
}

answerParent({ run });
