import type { Context } from "../../../domain/data/reading.ts";
import { isoText } from "../../core/state/wire.ts";
import type { World } from "../world/world.ts";

/** Runs automations and scripts as Home Assistant does: contexts, events, `last_triggered` and `current` included. */
export type Engine = {
  /** `cause` is the context of the state change that triggered it; undefined for a time trigger. */
  trigger(id: string, source: string, cause: Context | undefined, act: (context: Context) => void): void;
  /** Counts runs of an automation, so that a later run can take the place of an earlier one (mode `restart`). */
  turn(id: string): number;
  setEnabled(id: string, enabled: boolean, context?: Context): void;
  isEnabled(id: string): boolean;
  run(script: string, context: Context, act: (context: Context) => void): void;
};

export function createEngine(world: World, automations: readonly { id: string; name: string; mode: string }[]): Engine {
  const random = world.random.branch("runs");
  const known = new Map(
    automations.map((automation) => [automation.id, { ...automation, last: null as string | null, turn: 0 }]),
  );
  const runId = () => Array.from({ length: 32 }, () => random.whole(0, 15).toString(16)).join("");
  const show = (id: string, current: number, context?: Context, state = world.state(`automation:${id}`)) => {
    const { mode, last } = known.get(id) ?? { mode: "single", last: null };
    world.write(`automation:${id}`, state, { id, last_triggered: last, mode, current }, context);
  };
  for (const { id } of automations) show(id, 0, undefined, "on");

  return {
    trigger(id, source, cause, act) {
      const automation = known.get(id);
      if (!automation || world.state(`automation:${id}`) !== "on") return;
      // Home Assistant needs a moment from the trigger to the first action.
      world.after(random.between(0.002, 0.012), () => {
        const context = world.context({ parentId: cause?.id ?? null });
        automation.last = isoText(world.now());
        automation.turn++;
        const data = { name: automation.name, entity_id: world.entityId(`automation:${id}`), source };
        world.fire("automation_triggered", { ...data, item_id: id, run_id: runId() }, context);
        show(id, 1, context);
        act(context);
        world.after(0.01, () => show(id, 0, context));
      });
    },
    turn: (id) => known.get(id)?.turn ?? 0,
    setEnabled: (id, enabled, context) => show(id, 0, context, enabled ? "on" : "off"),
    isEnabled: (id) => world.state(`automation:${id}`) === "on",
    run(script, context, act) {
      const last = isoText(world.now());
      const key = `script:${script}`;
      world.write(key, "on", { last_triggered: last, mode: "single", current: 1 }, context);
      world.fire(
        "script_started",
        { name: script.replaceAll("_", " "), entity_id: world.entityId(key), item_id: script, run_id: runId() },
        context,
      );
      act(context);
      world.after(0.3, () => world.write(key, "off", { last_triggered: last, mode: "single", current: 0 }, context));
    },
  };
}
