import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { AttachedCore } from "./core-link.ts";

export type Message = {
  readonly uuid: string;
  readonly addon: string;
  readonly service: string;
  readonly config: Readonly<Record<string, unknown>>;
};

/** The app's messages to Core: kept, pushed when they are new, and never pushed twice for the same content. */
export function createDiscovery(needs: { core: () => AttachedCore | undefined }) {
  const messages = new Map<string, Message>();
  const pushes: { method: string; uuid: string; status: number }[] = [];

  const push = async (method: "POST" | "DELETE", message: Message) => {
    const core = needs.core();
    if (!core) return;
    const { uuid, service } = message;
    // Without the config: Core asks for that.
    const answer = await fetch(`${core.url}/api/hassio_push/discovery/${uuid}`, {
      method,
      headers: { authorization: `Bearer ${core.token}`, "content-type": "application/json" },
      body: JSON.stringify({ addon: message.addon, service, uuid }),
    }).catch(() => undefined);
    pushes.push({ method, uuid, status: answer?.status ?? 0 });
  };

  return {
    pushes: pushes as readonly { method: string; uuid: string; status: number }[],
    all: (): readonly Message[] => [...messages.values()],
    get: (uuid: string): Message | undefined => messages.get(uuid),
    /** The answer's uuid is the old one where the app said the same before: then nothing is pushed. */
    post: async (addon: string, service: string, config: Record<string, unknown>): Promise<string> => {
      const known = [...messages.values()].find((one) => one.addon === addon && one.service === service);
      if (known && isDeepStrictEqual(known.config, config)) return known.uuid;
      const uuid = known?.uuid ?? randomUUID().replaceAll("-", "");
      const message = { uuid, addon, service, config };
      messages.set(uuid, message);
      await push("POST", message);
      return uuid;
    },
    remove: async (uuid: string): Promise<boolean> => {
      const message = messages.get(uuid);
      if (!message) return false;
      messages.delete(uuid);
      await push("DELETE", message);
      return true;
    },
  };
}

export type Discovery = ReturnType<typeof createDiscovery>;
