import { currentIdentity } from "../../domain/data/series.ts";
import type { Topics } from "../../live/topics.ts";
import { presentEntities } from "../ports/present.ts";
import { eventShape, gapShape, partShape } from "../shapes/answers.ts";
import { jobShape } from "../shapes/job.ts";
import { entryShape, firingShape, publishedShape } from "../shapes/published.ts";
import { sourceNowShape } from "../shapes/sources.ts";
import { createFilter, type LiveMessage } from "./filter.ts";
import type { Subscribe, TopicName } from "./frames.ts";
import type { Sender } from "./sender.ts";
import type { LiveNeeds } from "./streams.ts";

const QUEUE = 20_000;
/** Entries in one frame at most: a client that was away gets its queue in pieces, not in one huge frame. */
const MOST_IN_FRAME = 500;

const TOPICS_OF: { readonly [name in TopicName]: readonly (keyof Topics)[] } = {
  changes: ["change"],
  events: ["event"],
  gaps: ["gap"],
  status: ["status"],
  published: ["published", "firing"],
  jobs: ["job"],
  sources: ["source"],
};

/** Snapshot, then batches of what comes, as fast as the client reads and no faster. */
export function startSubscription(needs: LiveNeeds & { asked: Subscribe; sender: Sender }): Disposable {
  const { asked, sender, bus, states, series, position, parts, jobs, sources, encoder, queue = QUEUE } = needs;
  const filter = createFilter(asked, series.get);
  let scheduled: NodeJS.Immediate | undefined;

  const flush = () => {
    scheduled = undefined;
    while (incoming.waiting > 0 && !sender.full) {
      const { messages, lost } = incoming.take(MOST_IN_FRAME);
      if (lost > 0) sender.send(JSON.stringify({ type: "lost", count: lost }));
      for (const frame of framesOf(messages, needs)) sender.send(frame);
    }
  };
  const flushSoon = () => {
    // Once per turn of the event loop: what is published together goes out together.
    scheduled ??= setImmediate(flush);
  };

  // Listening begins before the snapshot is read, in the same tick: nothing falls between.
  const incoming = bus.subscribe<keyof Topics>([...new Set(asked.topics.flatMap((name) => TOPICS_OF[name]))], {
    queue,
    accepts: filter.message,
    wake: flushSoon,
  });
  if (asked.snapshot && asked.topics.includes("changes")) {
    const texts: string[] = [];
    for (const { series: of, reading } of presentEntities(states, series))
      if (filter.series(of)) texts.push(encoder.state(reading, of));
    sender.send(`{"type":"snapshot","position":${position()},"states":[${texts.join(",")}]}`);
  }
  if (asked.topics.includes("status")) sender.send(JSON.stringify({ type: "status", parts: parts().map(partShape) }));
  if (asked.topics.includes("jobs")) sender.send(JSON.stringify({ type: "jobs", jobs: jobs.list().map(jobShape) }));
  if (asked.topics.includes("sources"))
    sender.send(JSON.stringify({ type: "sources", sources: sources.list().map(sourceNowShape) }));
  if (asked.topics.includes("published"))
    sender.send(JSON.stringify({ type: "published", complete: true, ...publishedShape(needs) }));
  sender.onDrain(() => {
    if (incoming.waiting > 0) flushSoon();
  });

  return {
    [Symbol.dispose]: () => {
      incoming[Symbol.dispose]();
      if (scheduled) clearImmediate(scheduled);
    },
  };
}

/** Frames in the order things came: a run of one topic is one frame. */
function* framesOf(messages: readonly LiveMessage[], needs: LiveNeeds): Generator<string> {
  let start = 0;
  for (let i = 1; i <= messages.length; i++) {
    if (i < messages.length && messages[i]?.topic === messages[start]?.topic) continue;
    yield frameOf(messages.slice(start, i), needs);
    start = i;
  }
}

function frameOf(run: readonly LiveMessage[], { encoder, series }: LiveNeeds): string {
  const texts: string[] = [];
  let name: TopicName | "firings" = "changes";
  let key: string = name;
  for (const { topic, item } of run) {
    if (topic === "change") texts.push(encoder.change(item));
    else if (topic === "event") {
      key = name = "events";
      texts.push(JSON.stringify(eventShape(item)));
    } else if (topic === "gap") {
      key = name = "gaps";
      const of = item.series === null ? undefined : series.get(item.series);
      texts.push(JSON.stringify(gapShape(item, of ? currentIdentity(of).entityId : null)));
    } else if (topic === "status") {
      name = "status";
      key = "parts";
      texts.push(JSON.stringify(partShape(item)));
    } else if (topic === "job") {
      key = name = "jobs";
      texts.push(JSON.stringify(jobShape(item)));
    } else if (topic === "source") {
      key = name = "sources";
      texts.push(JSON.stringify(sourceNowShape(item)));
    } else if (topic === "published") {
      key = name = "published";
      texts.push(JSON.stringify(entryShape(item)));
    } else {
      key = name = "firings";
      texts.push(JSON.stringify(firingShape(item)));
    }
  }
  return `{"type":"${name}","${key}":[${texts.join(",")}]}`;
}
