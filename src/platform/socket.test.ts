import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import { eventually } from "../../tests/support/eventually.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { createReadSocket, type SocketRequest } from "./socket.ts";

const clock = createTestClock();
const readSocket = createReadSocket({ clock });
const open: (() => void)[] = [];
after(() => {
  for (const close of open) close();
});

/** A port that says something to whoever connects. */
async function speaking(speak: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    speak(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

const wanted = (port: number, more: Partial<SocketRequest> = {}): SocketRequest => ({
  ...{ host: "127.0.0.1", port, withinMs: 10_000, mostBytes: 1_000 },
  enough: (bytes) => Buffer.from(bytes).includes("!"),
  ...more,
});

test("what a port says is read until it is enough, in however many pieces, and the connection is given up then", async () => {
  const { port, sockets } = await speaking((socket) => {
    socket.write("one ");
    setImmediate(() => socket.write("two!"));
  });
  assert.equal(Buffer.from(await readSocket(wanted(port))).toString(), "one two!");
  await eventually(5, () => assert.equal(sockets.size, 0));
});

test("a port that is silent, or that never says enough, is given up after its time", async () => {
  for (const [said, words] of [
    ["", /said nothing within 10 s/],
    ["half", /said 4 bytes, and nothing whole, within 10 s/],
  ] as const) {
    const { port } = await speaking((socket) => socket.write(said || ""));
    let heard = 0;
    const failed = assert.rejects(
      readSocket(
        wanted(port, {
          enough: (bytes) => {
            heard = bytes.length;
            return false;
          },
        }),
      ),
      { code: "no_answer", message: words },
    );
    await eventually(5, () => assert.equal(heard, said.length));
    clock.advance(10_000);
    await failed;
  }
});

test("a port that ends early, says too much, or is not there, is a failure of its name", async () => {
  const ending = await speaking((socket) => socket.end("half"));
  await assert.rejects(readSocket(wanted(ending.port)), { code: "no_answer" });
  const talking = await speaking((socket) => socket.write("x".repeat(5_000)));
  await assert.rejects(readSocket(wanted(talking.port)), { code: "answer_too_large" });
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  await assert.rejects(readSocket(wanted(port)), { code: "unreachable" });
  assert.equal(clock.timers, 0);
});

test("who stops listening ends the connection", async () => {
  const { port, sockets } = await speaking(() => {});
  const stopping = new AbortController();
  const failed = assert.rejects(readSocket(wanted(port, { signal: stopping.signal })), { code: "no_answer" });
  await eventually(5, () => assert.equal(sockets.size, 1));
  stopping.abort();
  await failed;
  await eventually(5, () => assert.equal(sockets.size, 0));
});
