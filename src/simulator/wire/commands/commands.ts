import type { Core } from "../../core/core.ts";
import type { Services } from "../../core/services.ts";
import type { FaultSwitches } from "../../faults/faults.ts";
import type { Command } from "../command.ts";
import { eventCommands } from "./events.ts";
import { historyCommands } from "./history.ts";
import { logbookCommands } from "./logbook.ts";
import { registryCommands } from "./registries.ts";
import { serviceCommands } from "./services.ts";
import { type SystemNeeds, systemCommands } from "./system.ts";

/** Every WebSocket command that the simulated Home Assistant knows, by its type. */
export function createCommands(
  needs: SystemNeeds & {
    core: Core;
    services: Services;
    switches: FaultSwitches;
    /** Brings the home up to the present before it is looked at. */
    catchUp: () => void;
  },
): (type: string) => Command | undefined {
  const { switches, catchUp } = needs;
  const commands = new Map<string, Command>(
    Object.entries({
      ...eventCommands(needs),
      ...serviceCommands(needs),
      ...registryCommands(needs),
      ...historyCommands({ core: needs.core, gate: switches.gate }),
      ...logbookCommands(needs.core),
      ...systemCommands(needs),
    }),
  );
  return (type) => {
    catchUp();
    return type.startsWith("history/") && switches.historyMissing() ? undefined : commands.get(type);
  };
}
