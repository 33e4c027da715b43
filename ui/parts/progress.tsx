import { formatShare } from "../shape/explorer/numbers.ts";

/** How far long work is; without an end, that it goes on. */
export function ProgressBar({ label, done, total }: { label: string; done: number; total: number | null }) {
  const share = total === null || total === 0 ? null : Math.min(1, done / total);
  return (
    <div class="progress">
      <span class="small">
        {label} {share !== null && <span class="muted">{formatShare(share)}</span>}
      </span>
      <progress aria-label={label} max={1} {...(share === null ? {} : { value: share })} />
    </div>
  );
}
