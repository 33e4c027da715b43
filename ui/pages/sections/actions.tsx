import { useState } from "preact/hooks";
import type { ServiceAction } from "../../api-types.ts";
import { ProblemNote } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { useAction } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { hasText, t } from "../../text/text.ts";

const ICONS = { pause: "pause", resume: "play", restart: "restart" } as const;

function whatStops(action: "pause" | "restart", part: string | undefined): string {
  const own = `service.${action}.text.${part}`;
  return hasText(own) ? t(own) : t(`service.${action}.text`);
}

/** Pause, resume, restart; asks first where something stops. */
export function ActionButtons(props: {
  /** The part's own name, where it says more of what stops than others do. */
  part?: string;
  name: string;
  actions: readonly ServiceAction[];
  act: (action: ServiceAction) => Promise<unknown>;
  onDone: () => void | Promise<void>;
}) {
  const { part, name, actions, act, onDone } = props;
  const [asking, setAsking] = useState<Exclude<ServiceAction, "resume"> | null>(null);
  const { busy, problem, run } = useAction();
  const go = async (action: ServiceAction) => {
    if (await run(() => act(action))) setAsking(null);
    await onDone();
  };
  return (
    <div class="part-actions">
      <div class="buttons">
        {actions.map((action) => (
          <button
            key={action}
            type="button"
            class="button"
            disabled={busy}
            aria-label={t(`service.${action}.named`, { name })}
            onClick={() => (action === "resume" ? void go(action) : setAsking(action))}
          >
            <Icon name={ICONS[action]} size={18} />
            {t(`service.${action}`)}
          </button>
        ))}
      </div>
      {problem !== null && asking === null && <ProblemNote problem={problem} />}
      {asking !== null && (
        <Confirm
          title={t(`service.${asking}.title`, { name })}
          action={t(`service.${asking}`)}
          busy={busy}
          onCancel={() => setAsking(null)}
          onConfirm={() => void go(asking)}
        >
          <p>{whatStops(asking, part)}</p>
          {problem !== null && <ProblemNote problem={problem} />}
        </Confirm>
      )}
    </div>
  );
}
