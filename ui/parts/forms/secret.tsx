import { useId, useRef, useState } from "preact/hooks";
import { t } from "../../text/text.ts";
import { Icon } from "../icons.tsx";

/** A secret to be carried elsewhere, with a button that copies it. */
export function Secret({ label, value }: { label: string; value: string }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState("");
  const copy = async () => {
    field.current?.focus();
    field.current?.select();
    setTold((await copyText(value)) ? t("copy.done") : t("copy.by_hand"));
  };
  return (
    <div class="field secret">
      <label for={id}>{label}</label>
      <div class="secret-row">
        <input
          id={id}
          ref={field}
          type="text"
          readOnly
          value={value}
          spellcheck={false}
          autocomplete="off"
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon name="copy" />
          {t("copy")}
        </button>
      </div>
      <p class="hint" role="status">
        {told}
      </p>
    </div>
  );
}

/** Browsers give the clipboard to https only; what is selected can be copied everywhere. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
