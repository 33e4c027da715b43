import type { Scope } from "../../api-admin-types.ts";
import { t } from "../../text/text.ts";
import { useMe } from "../hub.ts";
import { Icon } from "../icons.tsx";

/** Whether who looks may change what is here. */
export const useMay = (): boolean => useMe()?.scope === "admin";

/** Says why buttons are missing. */
export function ReadOnlyNote({ what }: { what: string }) {
  const me = useMe();
  if (!me || me.scope === "admin") return null;
  const scope: Scope = me.scope;
  return (
    <div class="note tone-starting">
      <Icon name="lock" />
      <div class="note-body">
        <p>
          <strong>{what}</strong>{" "}
          {me.kind === "ingress" ? t("read_only.ingress", { name: me.name }) : t("read_only.token", { scope })}
        </p>
      </div>
    </div>
  );
}
