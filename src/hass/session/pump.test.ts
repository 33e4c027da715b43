import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedItem } from "../../domain/home/home.ts";
import { createEntityTable } from "../entities.ts";
import { createRegistries } from "../registry/registries.ts";
import type { EntityEvent } from "../socket/open-socket.ts";
import { createInbox } from "./inbox.ts";
import { pump } from "./pump.ts";

const SECOND = 1_000_000;

function startPump() {
  const inbox = createInbox({
    limit: 1e9,
    onFull: () => {},
    crowd: { above: 1e9, below: 0, tell: () => {} },
  });
  const recorded: FeedItem[] = [];
  const pings: PromiseWithResolvers<void>[] = [];
  let pinged = Promise.withResolvers<void>();
  const complain = (why: string) => assert.fail(why);
  const pumping = pump({
    inbox,
    table: createEntityTable(complain),
    registries: createRegistries(complain),
    call: () => assert.fail("nothing is to be asked"),
    ping: () => {
      const pong = Promise.withResolvers<void>();
      pings.push(pong);
      pinged.resolve();
      return pong.promise;
    },
    record: async (items) => void recorded.push(...items),
    onRegistries: () => {},
    onMalformed: complain,
  });
  return {
    arrives: (event: EntityEvent, seconds: number) =>
      inbox.put({ kind: "entities", read: () => [event], arrival: seconds * SECOND, bytes: 100 }),
    /** Home Assistant is asked, and `answer` settles its answer. */
    asked: async (answer: (pong: PromiseWithResolvers<void>) => void) => {
      await pinged.promise;
      pinged = Promise.withResolvers();
      answer(pings.at(-1) as PromiseWithResolvers<void>);
    },
    ended: async () => {
      inbox.close();
      await pumping;
      return recorded.map((item) =>
        item.kind === "change" ? [item.change.entityId, item.change.state, item.change.time / SECOND] : item.kind,
      );
    },
    get pings() {
      return pings.length;
    },
  };
}

const there = (seconds: number): EntityEvent =>
  ({ a: { "light.hall": { s: "on", a: {}, c: "1", lc: seconds } } }) as never;
const gone: EntityEvent = { r: ["light.hall"] } as never;

test("a removal stands before its entity's return, however late the network brings either", async () => {
  const home = startPump();
  home.arrives(there(10), 10);
  home.arrives(gone, 20);
  await home.asked((pong) => {
    home.arrives(there(15), 24);
    pong.resolve();
  });
  const [, removed, returned] = await home.ended();
  assert.deepEqual(returned, ["light.hall", "on", 15]);
  assert.ok((removed?.[2] as number) < 15, `${removed}`);
});

test("a removal that comes while another is waited for is waited for as well", async () => {
  const home = startPump();
  home.arrives(there(10), 10);
  home.arrives(gone, 20);
  await home.asked((pong) => {
    home.arrives(there(15), 24);
    home.arrives(gone, 24);
    pong.resolve();
  });
  await home.asked((pong) => {
    home.arrives(there(17), 30);
    pong.resolve();
  });
  const times = (await home.ended()).map((row) => row[2] as number);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.equal(home.pings, 2);
});

test("a connection that answers no more loses no removal; where none was removed, nothing is asked", async () => {
  const home = startPump();
  home.arrives(there(10), 10);
  home.arrives(gone, 20);
  await home.asked((pong) => pong.reject(new Error("closed")));
  assert.deepEqual(await home.ended(), [
    ["light.hall", "on", 10],
    ["light.hall", null, 20],
  ]);
  const quiet = startPump();
  quiet.arrives(there(10), 10);
  await quiet.ended();
  assert.equal(quiet.pings, 0);
});
