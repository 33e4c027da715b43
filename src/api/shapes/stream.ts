type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * The same stream; `ended` is called once it is over, whichever way, with what it failed by. What `ended` throws is what
 * the reader is told; if it throws nothing, the stream has simply ended.
 */
export function endingWith(stream: Bytes, ended: (failure?: { readonly error: unknown }) => void): Bytes {
  const reader = stream.getReader();
  return new ReadableStream(
    {
      pull: async (controller) => {
        const piece = await reader.read().catch((error: unknown) => ({ error }));
        if ("error" in piece) ended(piece);
        else if (!piece.done) return controller.enqueue(piece.value);
        else ended();
        controller.close();
      },
      cancel: (why) => {
        ended();
        return reader.cancel(why);
      },
    },
    { highWaterMark: 0 },
  );
}
