import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

/** A dialog over the page. It is the browser's own, which holds the focus and asks to be closed on Escape. */
export function Dialog(props: {
  title: string;
  size?: "wide" | "raw";
  children: ComponentChildren;
  onClose: () => void;
}) {
  const { title, size, children, onClose } = props;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      class={size ? `dialog ${size}-dialog` : "dialog"}
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
