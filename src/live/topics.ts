import type { Gap, HomeEvent, Reading, Stored } from "../domain/data/reading.ts";
import type { Series } from "../domain/data/series.ts";
import type { Job } from "../domain/job.ts";
import type { SourceNow } from "../domain/outside/source-now.ts";
import type { Firing, PublishedEntry } from "../domain/published.ts";
import type { PartStatus } from "../domain/status.ts";
import { type Bus, createBus } from "./bus.ts";

/** A stored reading with the one it follows. */
export type LiveChange = {
  readonly series: Series;
  readonly reading: Stored<Reading>;
  /** The latest reading of the series before this one; undefined: this is its first. */
  readonly previous: Stored<Reading> | undefined;
};

/** Changes, events and gaps here are already in the store: a query finds what a listener has seen. */
export type Topics = {
  change: LiveChange;
  event: Stored<HomeEvent>;
  gap: Stored<Gap>;
  status: PartStatus;
  /** What the hub shows in Home Assistant, as it changes. */
  published: PublishedEntry;
  firing: Firing;
  job: Job;
  /** How a source is doing, as it changes. */
  source: SourceNow;
};

export type LiveBus = Bus<Topics>;
export const createLiveBus = (onListenerError: (error: unknown) => void): LiveBus =>
  createBus<Topics>({ onListenerError });
