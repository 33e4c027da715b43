import type { KeptSource, SourceBook } from "../database/home/sources.ts";
import { Failure } from "../domain/failure.ts";
import type { SourceId, SourceKind } from "../domain/outside/outside.ts";
import type { OutsideItem } from "../domain/outside/record.ts";
import type { Micros } from "../domain/time/time.ts";
import { formOf } from "../platform/settings/form.ts";
import type { Mask } from "../platform/told/mask.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";
import { createAsk } from "./asking/ask.ts";
import { createBudgets } from "./asking/budget.ts";
import { fileReaderOf, type ReadFile, readFileHere } from "./files/file-reader.ts";
import { proposeFor } from "./proposals.ts";
import type { AskingNeeds } from "./running/asker.ts";
import { createAsker } from "./running/asker.ts";
import { readKnowledge } from "./running/kept.ts";
import { createListeners } from "./running/listeners.ts";
import { type SourceRun, startSourceRun } from "./running/source-run.ts";
import { createStill } from "./running/still.ts";
import { checkConfig, MOST_SOURCES } from "./settings/check.ts";
import { kindsOf } from "./settings/kinds.ts";
import { formsOf, maskSecrets, secretsIn } from "./settings/secrets.ts";
import type { AnyProvider, EntityNow, Place } from "./source.ts";
import type { SourceConfig, SourceStatus, Sources, Tried } from "./sources.ts";

export type SourcesNeeds = Omit<AskingNeeds, "budgets" | "hide"> & {
  readonly providers: readonly AnyProvider[];
  readonly book: SourceBook;
  readonly mask: Mask;
  readonly status: StatusBoard;
  readonly place: () => { readonly place: Place; readonly known: boolean };
  /** Absent: in this thread. */
  readonly readFile?: ReadFile;
  /** All that is recorded of the present. */
  readonly homeEntities: () => readonly EntityNow[];
  readonly record: (items: readonly OutsideItem[]) => Promise<void>;
  readonly latest: (entityId: string) => { readonly time: Micros; readonly state: string | null } | undefined;
};

/** A source as it is set up; `problem`: what is kept of it can no longer be used. */
type Entry = {
  readonly config: SourceConfig;
  readonly created: Micros;
  readonly run?: SourceRun;
  readonly problem?: { readonly why: string; readonly fix: string };
};

/** Part of the status board. */
export const partOf = (id: SourceId): string => `source ${id}`;

export function createSources(needs: SourcesNeeds): Sources {
  const { providers, book, mask, status, clock, log, place, readFile = readFileHere } = needs;
  const entries = new Map<SourceId, Entry>();
  const listeners = createListeners({ log });
  const budgets = createBudgets({ providers, clock, keep: book.calls });
  const asking = { ...needs, budgets, hide: mask.hide };

  const providerOf = (kind: SourceKind) => (id: string) => providers.find((one) => one.kind === kind && one.id === id);
  const still = createStill({ book, providerOf, latest: needs.latest, now: clock.now });
  const formOfProvider = (kind: SourceKind, id: string) => {
    const found = providerOf(kind)(id);
    return found ? formOf(found.settings) : [];
  };
  const learnSecrets = ({ kind, providers: chosen }: SourceConfig) => {
    for (const { provider, settings } of chosen)
      for (const secret of secretsIn(formOfProvider(kind, provider), settings))
        for (const form of formsOf(secret)) mask.learn(form);
  };
  const masked = (config: SourceConfig): SourceConfig => ({
    ...config,
    providers: config.providers.map(({ provider, settings }) => {
      const form = formOfProvider(config.kind, provider);
      // Of a provider that is no longer known nobody can say which of its settings are secret.
      return { provider, settings: providerOf(config.kind)(provider) ? maskSecrets(form, settings) : {} };
    }),
  });

  const statusOf = ({ config, run, problem }: Entry): SourceStatus => {
    const shown = masked(config);
    if (run) return { ...shown, ...run.state() };
    const still = { inUse: null, lastSuccess: null, nextRead: null, statuses: [] };
    if (problem && config.enabled) return { ...shown, ...still, state: "broken", ...problem };
    return { ...shown, ...still, state: "off", why: "It is switched off." };
  };
  const tell = (id: SourceId) => {
    const entry = entries.get(id);
    if (!entry) return;
    const now = statusOf(entry);
    const { state, why, fix, inUse } = now;
    listeners.status(now);
    status.set(partOf(id), {
      // A provider that fails is no broken hub.
      state: state === "broken" ? "degraded" : state,
      ...(why === undefined ? {} : { why }),
      ...(fix === undefined ? {} : { fix }),
      figures: { kind: entry.config.kind, provider: inUse },
    });
  };
  const others = (id: SourceId) => [...entries.values()].flatMap(({ config }) => (config.id === id ? [] : [config]));
  const start = (config: SourceConfig, created: Micros) => {
    const { id, kind, enabled } = config;
    learnSecrets(config);
    if (!enabled) entries.set(id, { config, created });
    else {
      const { chosen } = checkConfig(config, { providers, others: others(id) });
      const run = startSourceRun({
        ...asking,
        config,
        chosen,
        created,
        providerOf: providerOf(kind),
        keep: {
          get: () => readKnowledge(book.answers.get(id), kind),
          set: (knowledge) => book.answers.set(id, knowledge),
        },
        onFacts: listeners.facts(id, kind),
        onStatus: () => tell(id),
      });
      entries.set(id, { config, created, run });
    }
    tell(id);
  };
  const keep = (config: SourceConfig, created: Micros) => book.put({ ...config, created });
  const end = async ({ config, created, run }: Entry, ends: "unavailable" | null) => {
    if (run) return run.stop(ends);
    if (ends === null) await needs.record(still.end({ config, created }, ends));
  };
  const presentOf = (entry: Entry) =>
    entry.run?.present() ?? still.present(entry, statusOf(entry).why ?? "It is not running.");

  for (const kept of book.list()) {
    const { created, ...config } = configOf(kept);
    try {
      start(config, created);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const why = `Its settings can no longer be used: ${error.message.replace(/^Body: /, "")}.`;
      entries.set(config.id, { config, created, problem: { why, fix: "Set it up anew." } });
      tell(config.id);
    }
  }

  /** Changes go one after another: a source that ends has told so before another of its name begins. */
  let chain: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = chain.then(work);
    chain = done.catch(() => {});
    return done;
  };
  const runOf = (entry: Entry): SourceRun => {
    if (entry.run) return entry.run;
    throw new Failure("action_unavailable", `${entry.config.name} is not running`, {
      fix: statusOf(entry).fix ?? "Switch it on first.",
    });
  };
  const statusAfter = (id: SourceId): SourceStatus => statusOf(entries.get(id) as Entry);

  return {
    kinds: () => kindsOf(providers, place()),
    proposed: () =>
      proposeFor(
        place(),
        providers,
        [...entries.values()].map(({ config }) => config),
        needs.homeEntities,
      ),
    list: () => [...entries.values()].map(statusOf),
    get: (id) => {
      const entry = entries.get(id);
      return entry && statusOf(entry);
    },
    add: (given) =>
      inTurn(async () => {
        if (entries.has(given.id))
          throw new Failure("action_unavailable", `There is a source ${given.id} already`, {
            fix: "Choose another id.",
          });
        if (entries.size >= MOST_SOURCES)
          throw new Failure("limit_reached", `There are ${MOST_SOURCES} sources already`, { fix: "Remove one first." });
        const { config } = checkConfig(given, { providers, others: others(given.id) });
        const created = clock.now();
        keep(config, created);
        start(config, created);
        return statusAfter(config.id);
      }),
    replace: (id, given) =>
      inTurn(async () => {
        const entry = entries.get(id);
        if (!entry) return undefined;
        const { config } = checkConfig({ ...given, id }, { providers, others: others(id), kept: entry.config });
        const isSame = JSON.stringify(config.providers) === JSON.stringify(entry.config.providers);
        if (isSame && config.enabled) await entry.run?.stop();
        else await end(entry, "unavailable");
        // Other settings may mean another place: what was known then says nothing of now.
        if (!isSame) book.answers.remove(id);
        keep(config, entry.created);
        start(config, entry.created);
        return statusAfter(id);
      }),
    remove: (id) =>
      inTurn(async () => {
        const entry = entries.get(id);
        if (!entry) return false;
        await end(entry, null);
        entries.delete(id);
        book.remove(id);
        book.answers.remove(id);
        status.remove(partOf(id));
        listeners.removed(entry.config);
        return true;
      }),
    refresh: async (id) => {
      const entry = entries.get(id);
      if (!entry) return undefined;
      const run = runOf(entry);
      await run.refresh();
      return statusOf(entries.get(id) ?? entry);
    },
    test: async (given) => {
      const { config, chosen } = checkConfig(given, { providers, others: [], kept: entries.get(given.id)?.config });
      learnSecrets(config);
      const stopping = new AbortController();
      const tried: Tried[] = [];
      for (const one of chosen) {
        const asker = createAsker(one, { ...asking, signal: stopping.signal });
        const result = await asker.read(place().place);
        const { why, fix } = asker.status();
        const { readings = [], issues = [], facts } = result.kind === "answered" ? result.answered : {};
        tried.push({
          ok: result.kind === "answered",
          provider: one.provider.id,
          readings: readings.length,
          issues: issues.length,
          facts: facts !== undefined,
          ...(why === undefined ? {} : { why }),
          ...(fix === undefined ? {} : { fix }),
        });
      }
      return tried;
    },
    importFile: async (id, bytes, { preview, provider: wanted }) => {
      const entry = entries.get(id);
      if (!entry) return undefined;
      const run = runOf(entry);
      const { chosen } = checkConfig(entry.config, { providers, others: others(id) });
      const { provider, settings } = fileReaderOf(chosen, wanted);
      const given = { settings, place: place().place, now: clock.now(), preview };
      const { readings, told } = await readFile(provider, bytes, given).catch((error: unknown) => {
        if (error instanceof Failure && error.cause !== undefined)
          log.error("a file could not be read", { provider: provider.id, error: error.cause });
        throw error;
      });
      // While it was read, somebody may have changed the source, or removed it.
      if (entries.get(id) !== entry)
        throw new Failure("action_unavailable", `${entry.config.name} was changed meanwhile`, {
          fix: "Hand the file in once more.",
        });
      if (!preview) await run.takeIn(provider, readings);
      return told;
    },
    raw: (id) => entries.get(id)?.run?.raw() ?? [],
    present: (source) =>
      (source === undefined ? [...entries.values()] : [entries.get(source)]).flatMap((entry) =>
        entry ? presentOf(entry) : [],
      ),
    issue: (source, quantity, at) => {
      const found = entries.get(source)?.run?.issue(quantity);
      return found && (at === undefined || found.issue.issued <= at) ? found : undefined;
    },
    facts: (source) => entries.get(source)?.run?.facts(),
    onFacts: listeners.onFacts,
    onChange: listeners.onChange,
    askOf: (kind, id) => {
      const provider = providerOf(kind)(id);
      if (!provider) throw new Failure("not_found", `There is no provider ${id} of ${kind}`);
      return createAsk({
        http: needs.http,
        userAgent: needs.userAgent,
        spend: () => budgets.spend(provider),
        nowMs: () => clock.now() / 1000,
      });
    },
    entityChanged: (entityId) => {
      for (const { run } of entries.values()) run?.entityChanged(entityId);
    },
    placeChanged: () => {
      for (const { run } of entries.values()) run?.placeChanged();
    },
    close: async () => {
      await chain;
      await Promise.all([...entries.values()].map(({ run }) => run?.stop()));
    },
  };
}

const configOf = ({ id, kind, name, enabled, providers, created }: KeptSource): SourceConfig & { created: Micros } => ({
  id,
  kind: kind as SourceKind,
  name,
  enabled,
  providers: providers as SourceConfig["providers"],
  created,
});
