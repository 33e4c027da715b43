import { useState } from "preact/hooks";
import type { ServiceAction } from "../../api-admin-types.ts";
import { ProblemNote } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { useAction } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { textOf } from "../../text/text.ts";

const ICONS = { pause: "pause", resume: "play", restart: "restart" } as const;

/** Pause, resume, restart; asks first where something stops. */
export function ActionButtons(props: {
  /** Some parts have words of their own for what is done to them. */
  part?: string;
  name: string;
  actions: readonly ServiceAction[];
  act: (action: ServiceAction) => Promise<unknown>;
  onDone: () => void | Promise<void>;
}) {
  const { part = "", name, actions, act, onDone } = props;
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
            aria-label={textOf(part, `service.${action}.named`, { name })}
            onClick={() => (action === "resume" ? void go(action) : setAsking(action))}
          >
            <Icon name={ICONS[action]} size={18} />
            {textOf(part, `service.${action}`)}
          </button>
        ))}
      </div>
      {problem !== null && asking === null && <ProblemNote problem={problem} />}
      {asking !== null && (
        <Confirm
          title={textOf(part, `service.${asking}.title`, { name })}
          action={textOf(part, `service.${asking}`)}
          busy={busy}
          onCancel={() => setAsking(null)}
          onConfirm={() => void go(asking)}
        >
          <p>{textOf(part, `service.${asking}.text`)}</p>
          {problem !== null && <ProblemNote problem={problem} />}
        </Confirm>
      )}
    </div>
  );
}
