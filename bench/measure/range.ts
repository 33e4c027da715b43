import { Agent, request } from "node:http";
import { microsFromRfc3339, microsToRfc3339, type Window } from "../../src/domain/time/time.ts";

/** An answer as it came, unread: what reads it is not what is measured. */
export type Timed = { readonly ms: number; readonly parts: readonly Buffer[] };
export type Row = { readonly entity: string; readonly state: string | null; readonly time: number };

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request on a connection that stays; milliseconds until the last byte. */
export function timedPost(url: string, token: string, body: string): Promise<Timed> {
  const { promise, resolve, reject } = Promise.withResolvers<Timed>();
  const began = performance.now();
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const asked = request(url, { method: "POST", agent, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const ms = performance.now() - began;
      const bytes = Buffer.concat(chunks);
      if (response.statusCode === 200) resolve({ ms, parts: [bytes] });
      else reject(new Error(`${url} answers ${response.statusCode}: ${bytes}`));
    });
  });
  asked.on("error", reject);
  asked.end(body);
  return promise;
}

/** The most rows that the hub puts on one page. */
const PAGE = 100_000;

/** A range of the hub's history in its default form, or in columns: all pages, one after the other. */
export async function timedRange(
  { url, token }: { url: string; token: string },
  entities: readonly string[],
  { from, to }: Window,
  form: "points" | "columns" = "points",
): Promise<Timed> {
  const fast = form === "columns" ? { form, times: "us" } : {};
  const question = { entities, from: microsToRfc3339(from), to: microsToRfc3339(to), limit: PAGE, ...fast };
  const parts: Buffer[] = [];
  let ms = 0;
  for (let cursor: string | undefined; ; ) {
    const body = JSON.stringify({ ...question, ...(cursor === undefined ? {} : { cursor }) });
    const page = await timedPost(new URL("api/v1/history/query", url).href, token, body);
    ms += page.ms;
    parts.push(...page.parts);
    cursor = cursorOf(page.parts[0] as Buffer);
    if (cursor === undefined) return { ms, parts };
  }
}

/** It stands at the end; reading the page would cost more than the page. */
const cursorOf = (page: Buffer): string | undefined =>
  /"next_cursor":"([^"]+)"\}$/.exec(page.subarray(-1000).toString("latin1"))?.[1];

type Page = {
  readonly series: readonly {
    readonly entity_id: string;
    readonly points: readonly (readonly [string, string | null])[];
  }[];
};

export const rowsOfHub = ({ parts }: Timed): Row[] =>
  parts.flatMap((part) =>
    (JSON.parse(String(part)) as Page).series.flatMap(({ entity_id: entity, points }) =>
      points.map(([time, state]) => ({ entity, state, time: microsFromRfc3339(time) as number })),
    ),
  );

/** How many rows of either side the other one has not, or has at another place of the entity's history. */
export function differentRows(ours: readonly Row[], theirs: readonly Row[]): number {
  const byEntity = (rows: readonly Row[]) => Map.groupBy(rows, ({ entity }) => entity);
  const [left, right] = [byEntity(ours), byEntity(theirs)];
  let different = 0;
  for (const entity of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(entity) ?? [], right.get(entity) ?? []];
    for (let i = 0; i < Math.max(a.length, b.length); i++)
      if (a[i]?.time !== b[i]?.time || a[i]?.state !== b[i]?.state) different++;
  }
  return different;
}
