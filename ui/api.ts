import type {
  Connections,
  Exclusions,
  Me,
  NewToken,
  Scope,
  ServiceAction,
  Setup,
  Token,
  Usage,
} from "./api-admin-types.ts";
import type {
  AlwaysOn,
  EnergyDays,
  EnergyEffects,
  EnergyMeters,
  EnergyNow,
  EnergyPlan,
  EnergyProfile,
  EnergyWindow,
  MeterChoice,
  WindowQuestion,
} from "./api-energy-types.ts";
import type {
  FileImport,
  RawAnswer,
  Source,
  SourceChoice,
  SourceKind,
  Sources,
  SourceTest,
} from "./api-outside-types.ts";
import type { League, Schedule, SourceGames, Team, Timeline } from "./api-sports-types.ts";
import type {
  BackupSchedule,
  Backups,
  Erasure,
  Jobs,
  Recording,
  Retention,
  RetentionChoice,
  RetentionPreview,
  Storage,
  StoreCheck,
  ThinningRule,
  WriterGroup,
  Writers,
} from "./api-storage-types.ts";
import type {
  Annotation,
  Area,
  Device,
  Entity,
  Gap,
  History,
  Info,
  ProblemBody,
  State,
  Statistics,
  Status,
} from "./api-types.ts";
import { t } from "./text/text.ts";

/** Why a request brought no answer, in words for the page. `status` 0: the hub was not reached at all. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string | undefined;
  readonly requestId: string | undefined;

  constructor(body: Omit<ProblemBody, "title">) {
    super(body.detail);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.fix = body.fix;
    this.requestId = body.request_id;
  }
}

export const describeProblem = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type QueryValue = string | number | boolean | undefined;
type Query = { readonly [name: string]: QueryValue | readonly string[] };
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type Api = ReturnType<typeof createApi>;

/**
 * A client of docs/api.md. Addresses are relative to the page's own, so the panel works under any path prefix
 * (Home Assistant's ingress, a reverse proxy).
 */
export function createApi(needs: {
  base: string;
  fetch: Fetch;
  /** A token given by hand; null: the session's cookie says who calls. */
  token: () => string | null;
  /** Called whenever the hub, or a proxy before it, does not know the caller. */
  onUnauthorized: (problem: Problem) => void;
}) {
  const { base, fetch, token, onUnauthorized } = needs;

  type More = { query?: Query; body?: unknown; file?: Blob; quiet?: boolean; signal?: AbortSignal | undefined };

  function addressOf(path: string, query: Query = {}): string {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined) url.searchParams.append(name, String(one));
    return url.href;
  }

  async function send(method: string, path: string, more: More): Promise<Response> {
    const secret = token();
    const response = await fetch(addressOf(path, more.query), {
      method,
      credentials: "same-origin",
      signal: more.signal ?? null,
      headers: {
        accept: "application/json",
        ...(more.body === undefined ? {} : { "content-type": "application/json" }),
        ...(more.file === undefined ? {} : { "content-type": "application/octet-stream" }),
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
      ...(more.file === undefined ? {} : { body: more.file }),
    }).catch((error: unknown) => {
      if (more.signal?.aborted) throw error;
      throw new Problem({
        status: 0,
        code: "unreachable",
        detail: t("problem.unreachable"),
        fix: t("problem.unreachable.fix"),
      });
    });
    if (response.ok) return response;
    const problem = await readProblem(response);
    if (problem.status === 401 && !more.quiet) onUnauthorized(problem);
    throw problem;
  }

  async function ask<T>(method: string, path: string, more: More = {}) {
    const response = await send(method, path, more);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  return {
    me: () => ask<Me>("GET", "api/v1/session", { quiet: true }),
    exchange: (code: string) => ask<unknown>("POST", "api/v1/session", { body: { code }, quiet: true }),
    signOut: () => ask<void>("DELETE", "api/v1/session", { quiet: true }),
    info: () => ask<Info>("GET", "api/v1/info"),
    status: () => ask<Status>("GET", "api/v1/status"),
    states: async () => (await ask<{ states: readonly State[] }>("GET", "api/v1/states")).states,
    state: (entity: string) => ask<State>("GET", `api/v1/states/${encodeURIComponent(entity)}`),
    entity: (entity: string) => ask<Entity>("GET", `api/v1/entities/${encodeURIComponent(entity)}`),
    device: (id: string) => ask<Device>("GET", `api/v1/devices/${encodeURIComponent(id)}`),
    areas: async () => (await ask<{ areas: readonly Area[] }>("GET", "api/v1/areas")).areas,
    gaps: async (query: { from: string; to?: string; entity?: string }) =>
      (await ask<{ gaps: readonly Gap[] }>("GET", "api/v1/gaps", { query })).gaps,
    history: (
      entity: string,
      query: { from?: string; to?: string; limit?: number; order?: "oldest_first" | "newest_first" },
      signal?: AbortSignal,
    ) =>
      ask<History>("GET", `api/v1/history/${encodeURIComponent(entity)}`, { query: { ...query, times: "us" }, signal }),
    statistics: (
      question: { entities: readonly string[]; from: string; to: string; points: number; functions: readonly string[] },
      signal?: AbortSignal,
    ) => ask<Statistics>("POST", "api/v1/statistics/query", { body: question, signal }),
    /**
     * A file to be saved. Where the session's cookie says who calls, the browser itself can follow `url` and write to
     * the disk as it comes; a token given by hand it would not send, so the answer is the file.
     */
    download: async (path: string, query: Query) => {
      const control = new AbortController();
      const response = await send("GET", path, { query, signal: control.signal });
      if (token() !== null) return { url: null, blob: await response.blob() };
      control.abort();
      return { url: addressOf(path, query), blob: null };
    },
    annotations: async (query: { from: string; to: string }) =>
      (await ask<{ annotations: readonly Annotation[] }>("GET", "api/v1/annotations", { query })).annotations,
    annotate: (note: { text: string; from: string; to: string | null; entities: readonly string[] }) =>
      ask<Annotation>("POST", "api/v1/annotations", { body: note }),
    removeAnnotation: (id: string) => ask<void>("DELETE", `api/v1/annotations/${encodeURIComponent(id)}`),
    tokens: async () => (await ask<{ tokens: readonly Token[] }>("GET", "api/v1/tokens")).tokens,
    createToken: (name: string, scope: Scope) => ask<NewToken>("POST", "api/v1/tokens", { body: { name, scope } }),
    revokeToken: (id: string) => ask<void>("DELETE", `api/v1/tokens/${encodeURIComponent(id)}`),
    act: (part: string, action: ServiceAction) =>
      ask<unknown>("POST", `api/v1/services/${encodeURIComponent(part)}/${action}`),
    usage: async () => (await ask<{ usage: readonly Usage[] }>("GET", "api/v1/usage")).usage,
    setup: () => ask<Setup>("GET", "api/v1/setup"),
    lookAtRecorder: () => ask<Setup>("POST", "api/v1/setup/recorder"),
    finishSetup: () => ask<Setup>("POST", "api/v1/setup/finish"),
    exclusions: () => ask<Exclusions>("GET", "api/v1/exclusions"),
    exclude: (patterns: readonly string[]) => ask<Exclusions>("PUT", "api/v1/exclusions", { body: { patterns } }),
    storage: () => ask<Storage>("GET", "api/v1/storage"),
    writers: (by: "bytes" | "readings", group: WriterGroup, limit: number) =>
      ask<Writers>("POST", "api/v1/storage/top", { body: { by, group, limit } }),
    retention: () => ask<Retention>("GET", "api/v1/retention"),
    chooseRetention: (choice: Partial<RetentionChoice>) => ask<Retention>("PUT", "api/v1/retention", { body: choice }),
    previewRetention: (choice: Partial<RetentionChoice>) =>
      ask<RetentionPreview>("POST", "api/v1/retention/preview", { body: choice }),
    runRetention: (plan: string) => ask<unknown>("POST", "api/v1/retention/run", { body: { plan } }),
    recording: () => ask<Recording>("GET", "api/v1/recording"),
    thin: (thinning: readonly ThinningRule[]) => ask<Recording>("PUT", "api/v1/recording", { body: { thinning } }),
    backups: () => ask<Backups>("GET", "api/v1/backups"),
    makeBackup: () => ask<unknown>("POST", "api/v1/backups", { body: {} }),
    verifyBackup: (id: string) => ask<unknown>("POST", `api/v1/backups/${encodeURIComponent(id)}/verify`),
    removeBackup: (id: string) => ask<void>("DELETE", `api/v1/backups/${encodeURIComponent(id)}`),
    scheduleBackups: (schedule: BackupSchedule) => ask<unknown>("PUT", "api/v1/backups/schedule", { body: schedule }),
    erasures: () => ask<{ readonly erasures: readonly Erasure[] }>("GET", "api/v1/erasures"),
    storeCheck: () => ask<StoreCheck>("GET", "api/v1/store/verify"),
    checkStore: () => ask<unknown>("POST", "api/v1/store/verify"),
    refetch: () => ask<{ holes: number }>("POST", "api/v1/store/refetch"),
    jobs: () => ask<Jobs>("GET", "api/v1/jobs"),
    startJob: (kind: string) => ask<unknown>("POST", "api/v1/jobs", { body: { kind } }),
    actOnJob: (id: string, action: "cancel" | "resume") =>
      ask<unknown>("POST", `api/v1/jobs/${encodeURIComponent(id)}/${action}`),
    sources: () => ask<Sources>("GET", "api/v1/sources"),
    sourceKinds: async () => (await ask<{ kinds: readonly SourceKind[] }>("GET", "api/v1/sources/kinds")).kinds,
    addSource: (choice: SourceChoice) => ask<Source>("POST", "api/v1/sources", { body: choice }),
    testSource: (choice: SourceChoice) => ask<SourceTest>("POST", "api/v1/sources/test", { body: choice }),
    changeSource: (id: string, choice: Omit<SourceChoice, "id" | "kind">) =>
      ask<Source>("PUT", `api/v1/sources/${encodeURIComponent(id)}`, { body: choice }),
    removeSource: (id: string) => ask<void>("DELETE", `api/v1/sources/${encodeURIComponent(id)}`),
    actOnSource: (id: string, action: "enable" | "disable" | "refresh") =>
      ask<Source>("POST", `api/v1/sources/${encodeURIComponent(id)}/${action}`),
    rawAnswers: async (id: string) =>
      (await ask<{ answers: readonly RawAnswer[] }>("GET", `api/v1/sources/${encodeURIComponent(id)}/raw`)).answers,
    /** With `preview` nothing is stored: it tells what would come. */
    readFile: (id: string, file: Blob, query: { provider: string; preview: boolean }) =>
      ask<FileImport>("POST", `api/v1/sources/${encodeURIComponent(id)}/file`, { file, query }),
    outsideStates: async () =>
      (await ask<{ states: readonly State[] }>("GET", "api/v1/states", { query: { domain: "outside" } })).states,
    energyNow: () => ask<EnergyNow>("GET", "api/v1/energy/now"),
    energyPlan: (day: "today" | "tomorrow") => ask<EnergyPlan>("GET", "api/v1/energy/plan", { query: { day } }),
    energyWindow: (question: WindowQuestion) => ask<EnergyWindow>("POST", "api/v1/energy/window", { body: question }),
    energyDays: (query: { from: string }) => ask<EnergyDays>("GET", "api/v1/energy/days", { query }),
    energyEffects: () => ask<EnergyEffects>("GET", "api/v1/energy/effects"),
    energyMeters: () => ask<EnergyMeters>("GET", "api/v1/energy/meters"),
    chooseMeters: (choice: MeterChoice) => ask<EnergyMeters>("PUT", "api/v1/energy/meters", { body: choice }),
    dropMeters: () => ask<EnergyMeters>("DELETE", "api/v1/energy/meters"),
    energyProfile: (query: { days: string }) => ask<EnergyProfile>("GET", "api/v1/energy/profile", { query }),
    alwaysOn: () => ask<AlwaysOn>("GET", "api/v1/energy/always-on"),
    games: async () => (await ask<{ sources: readonly SourceGames[] }>("GET", "api/v1/sports/games")).sources,
    leagues: async () => (await ask<{ leagues: readonly League[] }>("GET", "api/v1/sports/leagues")).leagues,
    teams: async (league: string) =>
      (await ask<{ teams: readonly Team[] }>("GET", "api/v1/sports/teams", { query: { league } })).teams,
    gameTimeline: (game: string) => ask<Timeline>("GET", `api/v1/sports/timeline/${encodeURIComponent(game)}`),
    teamSchedule: (league: string, team: string) =>
      ask<Schedule>("GET", `api/v1/sports/schedule/${encodeURIComponent(team)}`, { query: { league } }),
    connections: () => ask<Connections>("GET", "api/v1/connections"),
    actOnConnection: (id: string, action: ServiceAction) =>
      ask<unknown>("POST", `api/v1/connections/${encodeURIComponent(id)}/${action}`),
  };
}

async function readProblem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as Partial<ProblemBody> | null;
  const detail = body?.detail ?? body?.title;
  // A proxy between us and the hub answers in its own words, or in HTML.
  if (typeof detail !== "string")
    return new Problem({
      status: response.status,
      code: "not_the_hub",
      detail: t("problem.not_the_hub", { status: response.status }),
      fix: t("problem.not_the_hub.fix"),
    });
  const inputs = (body?.errors ?? []).map(({ path, message }) => `${path}: ${message}`);
  return new Problem({
    status: response.status,
    code: body?.code ?? "unknown",
    detail: [detail, ...inputs].join(" · "),
    ...(body?.fix === undefined ? {} : { fix: body.fix }),
    ...(body?.request_id === undefined ? {} : { request_id: body.request_id }),
  });
}
