/**
 * Stops reading from the socket while more waits than is worked off; Home Assistant and the network hold the rest
 * meanwhile. While an answer is awaited reading goes on: it comes behind what was sent before it.
 */
export type Throttle = {
  crowded(is: boolean): void;
  /** Reads until the answer is there. */
  during<T>(answer: Promise<T>): Promise<T>;
};

export function createThrottle({ pause, resume }: { pause: () => void; resume: () => void }): Throttle {
  let crowded = false;
  let awaited = 0;
  let paused = false;
  const settle = () => {
    const next = crowded && awaited === 0;
    if (next === paused) return;
    paused = next;
    if (paused) pause();
    else resume();
  };
  return {
    crowded: (is) => {
      crowded = is;
      settle();
    },
    during: (answer) => {
      awaited++;
      settle();
      return answer.finally(() => {
        awaited--;
        settle();
      });
    },
  };
}
