import type { SourceBook } from "../../database/home/sources.ts";
import type { OutsidePresent, SourceKind } from "../../domain/outside/outside.ts";
import type { OutsideItem } from "../../domain/outside/record.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { AnyProvider } from "../source.ts";
import type { SourceConfig } from "../sources.ts";
import { readKnowledge } from "./kept.ts";
import { createTelling } from "./telling.ts";

type Still = { readonly config: SourceConfig; readonly created: Micros };

/** Sources that do not run, by what they knew when they did. */
export function createStill(needs: {
  readonly book: Pick<SourceBook, "answers">;
  readonly providerOf: (kind: SourceKind) => (id: string) => AnyProvider | undefined;
  readonly latest: Parameters<typeof createTelling>[0]["latest"];
  readonly now: () => Micros;
}) {
  const { book, providerOf, latest, now } = needs;
  const known = ({ config, created }: Still) => {
    const knowledge = readKnowledge(book.answers.get(config.id), config.kind);
    const telling = createTelling({ config, created, providerOf: providerOf(config.kind), latest });
    return knowledge && { knowledge, telling };
  };
  return {
    /** Nothing of it is so now: what there was to know is still named, so that whoever shows it shows that it is absent. */
    present: (still: Still, why: string): OutsidePresent[] => {
      const found = known(still);
      const present = found?.telling.present(found.knowledge, now()) ?? [];
      return present.map((one) => ({ ...one, value: null, time: null, why }));
    },
    /** What its series say from now on. */
    end: (still: Still, state: "unavailable" | null): OutsideItem[] => {
      const found = known(still);
      return found?.telling.end(found.knowledge, now(), state) ?? [];
    },
  };
}
