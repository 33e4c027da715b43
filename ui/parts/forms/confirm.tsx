import type { ComponentChildren } from "preact";
import { t } from "../../text/text.ts";
import { Dialog } from "./dialog.tsx";

/** Asks before something stops or is lost. */
export function Confirm(props: {
  title: string;
  /** What the button that goes on says. */
  action: string;
  busy?: boolean;
  children: ComponentChildren;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const { title, action, busy = false, children, onConfirm, onCancel } = props;
  return (
    <Dialog title={title} onClose={onCancel}>
      <div class="stack">{children}</div>
      <div class="buttons dialog-buttons">
        <button type="button" class="button" onClick={onCancel}>
          {t("confirm.cancel")}
        </button>
        <button type="button" class="button danger" disabled={busy} onClick={onConfirm}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
