import { readable } from "../../shape/format.ts";
import { hasText, t } from "../../text/text.ts";

export function kindName(kind: string): string {
  const key = `source_kind.${kind}`;
  return hasText(key) ? t(key) : readable(kind);
}
