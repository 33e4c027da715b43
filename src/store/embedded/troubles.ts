/** Something the store cannot put right itself: it goes on as far as it can and says so. */
export type Trouble = { readonly why: string; readonly fix: string };

/** Told with what is wrong, and with null when all is well again. */
export type OnTrouble = (trouble: Trouble | null) => void;

export type TroubleKind = "write" | "sync" | "index" | "seal";
export type Troubles = { set(kind: TroubleKind, trouble: Trouble | null): void; has(kind: TroubleKind): boolean };

/** Several kinds can be wrong at once; the first of the list is told. */
const KINDS: readonly TroubleKind[] = ["write", "sync", "index", "seal"];

export function createTroubles(onTrouble: OnTrouble = () => {}): Troubles {
  const current = new Map<TroubleKind, Trouble>();
  let told: string | undefined;
  return {
    has: (kind) => current.has(kind),
    set: (kind, trouble) => {
      if (trouble) current.set(kind, trouble);
      else current.delete(kind);
      const first = KINDS.map((it) => current.get(it)).find((it) => it !== undefined) ?? null;
      if (told === first?.why) return;
      told = first?.why;
      onTrouble(first);
    },
  };
}
