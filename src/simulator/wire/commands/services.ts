import type { Attributes } from "../../../domain/data/reading.ts";
import type { Core } from "../../core/core.ts";
import type { Services } from "../../core/services.ts";
import type { Commands } from "../command.ts";
import { flag, may, must, object, text } from "../messages/schema.ts";
import { wireContext } from "./events.ts";

export function serviceCommands({ core, services }: { core: Core; services: Services }): Commands {
  return {
    get_services: { schema: {}, run: (connection, { id }) => connection.result(id, services.describe()) },
    call_service: {
      schema: {
        domain: must(text),
        service: must(text),
        target: may(object),
        service_data: may(object),
        return_response: may(flag),
      },
      run(connection, { id, domain, service, target, service_data = {}, return_response = false }) {
        const context = core.newContext({ userId: connection.user.id });
        const response = services.call({
          domain: domain as string,
          service: service as string,
          data: service_data as Attributes,
          target: target as Attributes | undefined,
          context,
          returnResponse: return_response as boolean,
        });
        connection.result(id, {
          context: wireContext(context),
          ...(return_response ? { response: response ?? {} } : {}),
        });
      },
    },
  };
}
