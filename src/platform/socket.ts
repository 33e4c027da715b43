import { connect } from "node:net";
import { Failure } from "../domain/failure.ts";
import type { Clock } from "./time/clock.ts";

export type SocketRequest = {
  readonly host: string;
  readonly port: number;
  /** Whether what came so far is enough; asked after each piece. */
  readonly enough: (bytes: Uint8Array) => boolean;
  /** For the whole exchange. */
  readonly withinMs: number;
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
};

/**
 * Listens at a TCP port that speaks by itself, until enough was said; nothing is sent.
 *
 * @throws Failure `unreachable`, `no_answer` (also where the other side ends too early), `answer_too_large`
 */
export type ReadSocket = (request: SocketRequest) => Promise<Uint8Array>;

export function createReadSocket({ clock }: { clock: Clock }): ReadSocket {
  return ({ host, port, enough, withinMs, mostBytes, signal }) =>
    new Promise((resolve, reject) => {
      const where = `${host}:${port}`;
      const socket = connect({ host, port });
      let bytes = Buffer.alloc(0);
      const end = (settle: () => void) => {
        cancel();
        signal?.removeEventListener("abort", stop);
        socket.removeAllListeners();
        // What is said of a connection that is given up is of no interest.
        socket.on("error", () => {});
        socket.destroy();
        settle();
      };
      const fail = (code: string, words: string, cause?: unknown) =>
        end(() => reject(new Failure(code, words, { retry: true, ...(cause === undefined ? {} : { cause }) })));
      const stop = () => fail("no_answer", `${where} was not listened to until it had spoken`);
      const cancel = clock.after(withinMs, () => {
        const said = bytes.length === 0 ? "said nothing" : `said ${bytes.length} bytes, and nothing whole,`;
        fail("no_answer", `${where} ${said} within ${withinMs / 1000} s`);
      });
      signal?.addEventListener("abort", stop);
      socket.on("data", (piece: Buffer) => {
        bytes = Buffer.concat([bytes, piece]);
        let isEnough: boolean;
        try {
          isEnough = enough(bytes);
        } catch (error) {
          return end(() => reject(error));
        }
        if (isEnough) return end(() => resolve(bytes));
        if (bytes.length > mostBytes)
          fail("answer_too_large", `${where} said more than ${mostBytes} bytes without anything whole`);
      });
      socket.on("error", (error: NodeJS.ErrnoException) =>
        fail("unreachable", `${where} cannot be reached: ${error.code ?? error.message}`, error),
      );
      socket.on("close", () => fail("no_answer", `${where} ended before it had said anything whole`));
      if (signal?.aborted) stop();
    });
}
