/** The body of a stream that goes on: takes text and bytes, and knows whether the client keeps up. */
export type Outlet = {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  write(text: string): void;
  /** For bytes that may be made as slowly as they are read: resolves when there is room for more. */
  pass(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** True: enough waits for the client that more would only pile up in memory. */
  readonly full: boolean;
  close(): void;
};

const FULL_BYTES = 1024 * 1024;

export function createOutlet(needs: { onRoom: () => void; onGone: () => void }): Outlet {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  let room = () => {};
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start: (given) => {
        controller = given;
      },
      pull: () => {
        room();
        needs.onRoom();
      },
      cancel: () => {
        controller = undefined;
        room();
        needs.onGone();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: FULL_BYTES }),
  );
  const isFull = () => (controller?.desiredSize ?? 0) <= 0;
  const enqueue = (bytes: Uint8Array<ArrayBuffer>) => {
    if (bytes.length > 0) controller?.enqueue(bytes);
  };
  return {
    body,
    write: (text) => enqueue(encoder.encode(text)),
    pass: async (bytes) => {
      enqueue(bytes);
      if (controller && isFull())
        await new Promise<void>((resolve) => {
          room = resolve;
        });
    },
    get full() {
      return isFull();
    },
    close: () => {
      controller?.close();
      controller = undefined;
      room();
    },
  };
}
