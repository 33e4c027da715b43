import type { Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { IngestNeeds } from "../needs.ts";

/** Puts readings in the place of those of their time, then publishes them; what was before the source is told to nobody. */
export const createCorrecting =
  (needs: {
    readonly correct: IngestNeeds["correct"];
    readonly publish: Pick<IngestNeeds["publish"], "changes">;
    /** The latest of each series, as told. */
    readonly last: Map<SeriesId, Stored<Reading>>;
  }) =>
  async (readings: readonly Reading[]): Promise<void> => {
    if (readings.length === 0) return;
    const positions = await needs.correct(
      readings.map((reading) => ({ series: reading.series, time: reading.time, reading })),
    );
    const corrected = readings.map((reading, i) => ({
      ...{ series: reading.series, previous: undefined, wasTold: reading.origin !== "imported" },
      reading: { ...reading, origin: "corrected" as const, position: positions[i] as Position },
    }));
    for (const { series, reading } of corrected)
      if (needs.last.get(series)?.time === reading.time) needs.last.set(series, reading);
    const news = corrected.filter(({ wasTold }) => wasTold).map(({ wasTold: _, ...change }) => change);
    if (news.length > 0) needs.publish.changes(news);
  };
