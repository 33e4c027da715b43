import type { SourceId, SourceKind } from "../../domain/outside/outside.ts";
import type { SourceNow } from "../../domain/outside/source-now.ts";
import type { Log } from "../../platform/told/log.ts";
import type { KnownFacts, SourceStatus, Sources } from "../sources.ts";

/** Who hears of sources: of their facts, and of how they are doing. One that fails stops nobody. */
export function createListeners({ log }: { readonly log: Log }) {
  const ofFacts = new Set<{ kind: SourceKind; hear: Parameters<Sources["onFacts"]>[1] }>();
  const ofChanges = new Set<(source: SourceNow) => void>();
  const told = new Map<SourceId, string>();
  const safely = (source: SourceId, hear: () => void) => {
    try {
      hear();
    } catch (error) {
      log.error("a listener to sources failed", { source, error });
    }
  };
  const tell = (source: SourceNow) => {
    for (const hear of ofChanges) safely(source.id, () => hear(source));
  };
  return {
    onFacts: (kind: SourceKind, hear: Parameters<Sources["onFacts"]>[1]) => {
      const listener = { kind, hear };
      ofFacts.add(listener);
      return () => void ofFacts.delete(listener);
    },
    onChange: (hear: (source: SourceNow) => void) => {
      ofChanges.add(hear);
      return () => void ofChanges.delete(hear);
    },
    facts: (id: SourceId, kind: SourceKind) => (facts: KnownFacts, before: KnownFacts | undefined) => {
      for (const listener of ofFacts) if (listener.kind === kind) safely(id, () => listener.hear(id, facts, before));
    },
    /** It may have changed; told where it has. */
    status: (status: SourceStatus) => {
      const now = sourceNow(status);
      const text = JSON.stringify(now);
      if (told.get(now.id) === text) return;
      told.set(now.id, text);
      tell(now);
    },
    removed: ({ id, kind, name }: Pick<SourceStatus, "id" | "kind" | "name">) => {
      told.delete(id);
      const gone = { state: "off", why: "It was removed.", inUse: null, lastSuccess: null, removed: true } as const;
      tell({ id, kind, name, ...gone });
    },
  };
}

/** Of all that is known of a source what may be told to whoever listens. */
function sourceNow(status: SourceStatus): SourceNow {
  const { id, kind, name, state, why, fix, inUse, lastSuccess, waitsFor } = status;
  return {
    ...{ id, kind, name, state, inUse, lastSuccess },
    ...(why === undefined ? {} : { why }),
    ...(fix === undefined ? {} : { fix }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
  };
}
