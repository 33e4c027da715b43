/** One dispatched event, as a browser's EventSource would give it. */
export type SseEvent = { readonly event: string; readonly data: string; readonly id: string };

/** A client of server-sent events that keeps the rules of the HTML standard (9.2.6), the reconnecting left to the test. */
export type SseClient = {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly SseEvent[];
  readonly comments: readonly string[];
  /** The id that a browser would send when it connects again. */
  readonly lastId: string;
  /** The next event that has not been taken yet. */
  next(): Promise<SseEvent>;
  until(passes: (event: SseEvent) => boolean): Promise<SseEvent>;
  /** Resolves when the hub has ended the stream, or `leave` was called. */
  readonly ended: Promise<void>;
  leave(): Promise<void>;
};

export async function openSse(
  url: string | URL,
  headers: Record<string, string>,
  options: { lastId?: string | undefined; afterChunk?: () => Promise<void> } = {},
): Promise<SseClient> {
  const leaving = new AbortController();
  const { lastId: given } = options;
  const answer = await fetch(url, {
    headers: { ...headers, ...(given === undefined ? {} : { "last-event-id": given }) },
    signal: leaving.signal,
  });
  const events: SseEvent[] = [];
  const comments: string[] = [];
  let lastId = given ?? "";
  let taken = 0;
  let over = false;
  let wake = () => {};

  const dispatch = (block: string) => {
    let event = "message";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) {
        comments.push(line.slice(1).trim());
        continue;
      }
      const at = line.indexOf(":");
      const [field, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
      if (field === "event") event = value;
      else if (field === "data") data.push(value);
      else if (field === "id") lastId = value;
    }
    if (data.length > 0) events.push({ event, data: data.join("\n"), id: lastId });
  };
  const read = async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf("\n\n");
      if (end >= 0) {
        for (const block of text.slice(0, end).split("\n\n")) dispatch(block);
        text = text.slice(end + 2);
      }
      wake();
      await options.afterChunk?.();
    }
  };
  const ended = read()
    .catch(() => {})
    .then(() => {
      over = true;
      wake();
    });
  const next = async (): Promise<SseEvent> => {
    while (taken >= events.length) {
      if (over) throw new Error("The stream ended before a further event came");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return events[taken++] as SseEvent;
  };
  return {
    status: answer.status,
    headers: answer.headers,
    events,
    comments,
    get lastId() {
      return lastId;
    },
    next,
    until: async (passes) => {
      for (;;) {
        const event = await next();
        if (passes(event)) return event;
      }
    },
    ended,
    leave: async () => {
      leaving.abort();
      await ended;
    },
  };
}
