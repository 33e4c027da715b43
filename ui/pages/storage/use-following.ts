import { useEffect, useState } from "preact/hooks";
import { type Loaded, useHub } from "../../parts/hub.ts";

const LOOK_AGAIN_MS = 1_000;
/** What was asked for may be over before it is seen to be under way. */
const LOOKS = 5;

/** Looks again every second while something is under way, and for a few seconds after something was asked for. */
export function useFollowing(loaded: Loaded<unknown>, underWay: boolean): () => void {
  const { clock } = useHub();
  const [left, setLeft] = useState(0);
  const { loading, reload } = loaded;
  useEffect(() => {
    if (loading || (!underWay && left === 0)) return;
    return clock.after(LOOK_AGAIN_MS, () => {
      setLeft((n) => Math.max(0, n - 1));
      reload();
    });
  }, [clock, loading, underWay, left]);
  return () => {
    setLeft(LOOKS);
    reload();
  };
}
