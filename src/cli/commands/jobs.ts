import type { Command } from "../arguments/command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

type Job = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly progress: { readonly done: number; readonly total: number | null; readonly unit: string };
  readonly why?: string;
  readonly fix?: string;
};
type Jobs = { readonly jobs: readonly Job[]; readonly startable: readonly string[] };

const UNDER_WAY = ["running", "waiting"];
const LOOK_EVERY_MS = 500;

export const jobs: Command = {
  name: "jobs",
  summary: "Long work in the background, such as the import of Home Assistant's history",
  options: { wait: { kind: "flag", help: "Wait until all of it is over, with a bar; exit with 1 if a job failed" } },
  examples: [
    ["ha-ingestor jobs", "What is under way, and what was lately"],
    ["ha-ingestor jobs --wait", "Until the import is over"],
  ],
  run: async (context, given) => {
    const { hub, out } = context;
    const before = new Set((await hub.get<Jobs>("jobs")).jobs.filter(isUnderWay).map(({ id }) => id));
    const answer = given.flag("wait") ? await untilOver(context) : await hub.get<Jobs>("jobs");
    await out.answer(answer, () => table(context, answer));
    const failed = answer.jobs.some(({ id, state }) => state === "failed" && before.has(id));
    return given.flag("wait") && failed ? EXIT.failed : EXIT.ok;
  },
};

const acts = { cancel: "Cancels a job", resume: "Goes on with a job that failed or was cancelled, from where it was" };

export const jobActions: readonly Command[] = [
  ...Object.entries(acts).map(
    ([action, summary]): Command => ({
      name: `jobs ${action}`,
      summary,
      operands: { shown: "ID", least: 1, most: 1 },
      options: {},
      examples: [[`ha-ingestor jobs ${action} import-1`, "By the id that ha-ingestor jobs shows"]],
      run: async ({ hub, out }, given) => {
        const job = await hub.post<Job>(`jobs/${encodeURIComponent(given.names[0] ?? "")}/${action}`);
        await out.answer(job, () => `${job.id} is ${job.state} now\n`);
        return EXIT.ok;
      },
    }),
  ),
  {
    name: "jobs start",
    summary: "Starts a job of a kind that can be started by hand",
    operands: { shown: "KIND", least: 1, most: 1 },
    options: {},
    examples: [["ha-ingestor jobs start import", "The kinds are below the table of ha-ingestor jobs"]],
    run: async ({ hub, out }, given) => {
      const job = await hub.post<Job>("jobs", { kind: given.names[0] });
      await out.answer(job, () => `${job.id} is ${job.state}\n`);
      return EXIT.ok;
    },
  },
];

const isUnderWay = ({ state }: Job): boolean => UNDER_WAY.includes(state);

async function untilOver({ hub, out, clock, signal }: Context): Promise<Jobs> {
  const progress = out.progress("Working");
  try {
    for (;;) {
      const answer = await hub.get<Jobs>("jobs");
      const [job] = answer.jobs.filter(isUnderWay);
      if (!job) return answer;
      const { done, total, unit } = job.progress;
      progress.show(done, total ?? undefined, `${job.kind}: ${done.toLocaleString("en-US")} ${unit}`);
      await clock.sleep(LOOK_EVERY_MS, signal);
      signal.throwIfAborted();
    }
  } finally {
    progress.end();
  }
}

function table({ out }: Context, { jobs: all, startable }: Jobs): string {
  const rows = all.map(({ id, kind, state, progress: { done, total, unit }, why, fix }) => [
    id,
    kind,
    state,
    `${done.toLocaleString("en-US")}${total === null ? "" : ` of ${total.toLocaleString("en-US")}`} ${unit}`,
    [why, fix].filter(Boolean).join(" "),
  ]);
  const below = startable.length > 0 ? `\nCan be started by hand: ${startable.join(", ")}\n` : "";
  return `${out.table(["Id", "Kind", "State", "Done", "Why"], rows)}${below}`;
}
