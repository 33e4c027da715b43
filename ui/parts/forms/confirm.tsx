import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../../text/text.ts";

/** Asks before something stops or is lost. The browser's own dialog holds the focus and closes on Escape. */
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
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={id}>{title}</h2>
      <div class="stack">{children}</div>
      <div class="buttons dialog-buttons">
        <button type="button" class="button" onClick={onCancel}>
          {t("confirm.cancel")}
        </button>
        <button type="button" class="button danger" disabled={busy} onClick={onConfirm}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
