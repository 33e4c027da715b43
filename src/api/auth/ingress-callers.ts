import type { Users } from "../ports/ports.ts";
import type { Caller } from "./caller.ts";

/** Who asks through ingress, by the headers that the Supervisor sets; undefined: nobody that Home Assistant knows. */
export type IngressCallers = { of(headers: Headers): Promise<Caller | undefined> };

export function createIngressCallers({ users }: { users: Users }): IngressCallers {
  return {
    of: async (headers) => {
      const id = headers.get("x-remote-user-id");
      const name = nameIn(headers) ?? "a user of Home Assistant";
      if (!id) return readOnly("", name, "The Supervisor did not say which user of Home Assistant this is", () => true);
      const user = await users.lookUp(id);
      const stillValid = () => {
        // A stream asks this now and then; nobody else may be asking, so the next answer must be a fresh one.
        void users.lookUp(id);
        return users.last(id).kind !== "gone";
      };
      if (user.kind === "gone") return undefined;
      if (user.kind === "not_asked")
        return readOnly(
          id,
          name,
          `Home Assistant could not be asked whether this user is an administrator: ${user.why}`,
          stillValid,
        );
      if (!user.admin)
        return readOnly(id, name, "Only administrators of Home Assistant may change the hub", stillValid);
      return { kind: "ingress", id, name, scope: "admin", stillValid };
    },
  };
}

const readOnly = (id: string, name: string, whyNotMore: string, stillValid: () => boolean): Caller => ({
  kind: "ingress",
  id,
  name,
  scope: "read",
  whyNotMore,
  stillValid,
});

function nameIn(headers: Headers): string | undefined {
  const given = headers.get("x-remote-user-display-name") ?? headers.get("x-remote-user-name");
  // Headers are bytes, sent as UTF-8; Node hands each of them over as a character.
  const name = given === null ? "" : Buffer.from(given, "latin1").toString("utf8").trim().slice(0, 100);
  return name === "" ? undefined : name;
}
