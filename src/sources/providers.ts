import type { SourceKind } from "../domain/outside/outside.ts";
import type { AnyProvider } from "./source.ts";

/** Every provider there is. Of a kind, the first is the one to be proposed. */
export const PROVIDERS: readonly AnyProvider[] = [];

export const providersOf = (kind: SourceKind): readonly AnyProvider[] => PROVIDERS.filter((one) => one.kind === kind);
