import type { SourceKind } from "../../../domain/outside/outside.ts";
import type { SourceStatus, Sources } from "../../../sources/sources.ts";
import { refuse } from "../../errors.ts";

/** The source that is asked for, else the first of its kind that is on. */
export function chosenSource(sources: Pick<Sources, "list">, kind: SourceKind, id: string | undefined): SourceStatus {
  const ofKind = sources.list().filter((source) => source.kind === kind);
  const found =
    id === undefined ? (ofKind.find(({ enabled }) => enabled) ?? ofKind[0]) : ofKind.find((one) => one.id === id);
  if (found) return found;
  const known = ofKind.map((one) => one.id).join(", ");
  throw refuse(
    "not_found",
    id === undefined ? `No source of ${kind} is set up` : `There is no source ${id} of ${kind}`,
    {
      fix:
        known === ""
          ? "POST api/v1/sources sets one up; api/v1/sources/kinds says what there is."
          : `There are: ${known}.`,
    },
  );
}
