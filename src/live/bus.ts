/**
 * Typed topics in one process. Publishing never waits: a listener has a bounded queue of its own, loses its own oldest
 * items when it reads too slowly, and is told how many. A listener that throws stops nobody.
 */
export type Bus<Topics extends object> = {
  publish<T extends keyof Topics>(topic: T, items: readonly Topics[T][]): void;
  subscribe<T extends keyof Topics>(
    topics: readonly T[],
    options: SubscribeOptions<Topics, T>,
  ): Subscription<Topics, T>;
  readonly listeners: number;
};

export type Message<Topics, T extends keyof Topics> = { [K in T]: { readonly topic: K; readonly item: Topics[K] } }[T];

export type SubscribeOptions<Topics, T extends keyof Topics> = {
  /** Items held at most; at least 1. */
  readonly queue: number;
  /** What does not pass is neither queued nor counted as lost. */
  readonly accepts?: (message: Message<Topics, T>) => boolean;
  /** Called when the queue turns from empty to not empty; take() it from there. */
  readonly wake?: () => void;
};

export type Subscription<Topics, T extends keyof Topics> = Disposable & {
  /** What came since the last call, oldest first, and how many were lost before it. */
  take(most?: number): { readonly messages: Message<Topics, T>[]; readonly lost: number };
  readonly waiting: number;
  /** Lost since the subscription began. */
  readonly lost: number;
};

type Listener = {
  topics: ReadonlySet<PropertyKey>;
  offer(message: { topic: PropertyKey; item: unknown }): void;
  wakeIfNeeded(): void;
};

export function createBus<Topics extends object>(
  needs: { onListenerError?: (error: unknown) => void } = {},
): Bus<Topics> {
  const listeners = new Set<Listener>();
  const guard = (run: () => void) => {
    try {
      run();
    } catch (error) {
      needs.onListenerError?.(error);
    }
  };
  return {
    get listeners() {
      return listeners.size;
    },
    publish: (topic, items) => {
      if (items.length === 0) return;
      for (const listener of listeners) {
        if (!listener.topics.has(topic)) continue;
        for (const item of items) guard(() => listener.offer({ topic, item }));
        guard(() => listener.wakeIfNeeded());
      }
    },
    subscribe: (topics, options) => {
      type T = (typeof topics)[number];
      // A ring would save the shift; a queue is emptied whole far more often than it overflows.
      let queue: Message<Topics, T>[] = [];
      let lost = 0;
      let lostSinceTake = 0;
      let asleep = true;
      const listener: Listener = {
        topics: new Set<PropertyKey>(topics),
        offer: (offered) => {
          const message = offered as Message<Topics, T>;
          if (options.accepts && !options.accepts(message)) return;
          if (queue.length >= options.queue) {
            queue.shift();
            lost++;
            lostSinceTake++;
          }
          queue.push(message);
        },
        wakeIfNeeded: () => {
          if (!asleep || queue.length === 0) return;
          asleep = false;
          options.wake?.();
        },
      };
      listeners.add(listener);
      return {
        take: (most = Number.POSITIVE_INFINITY) => {
          const messages = most >= queue.length ? queue : queue.splice(0, most);
          if (messages === queue) queue = [];
          const missed = lostSinceTake;
          lostSinceTake = 0;
          asleep = queue.length === 0;
          return { messages, lost: missed };
        },
        get waiting() {
          return queue.length;
        },
        get lost() {
          return lost;
        },
        [Symbol.dispose]: () => void listeners.delete(listener),
      };
    },
  };
}
