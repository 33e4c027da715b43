import { eventually } from "../../support/eventually.ts";
import { openWire } from "../../support/hub/wire-client.ts";
import { freshEntity, rest, type Scenario, setState, withWire } from "./peer.ts";

/** Home Assistant's own limit, and what the sockets between can hold besides. */
const FLOOD = 60_000;

/** How connections end from Home Assistant's side. They come last: the home is not the same afterwards. */
export const ENDINGS: readonly Scenario[] = [
  {
    promise:
      "a restart: everyone is closed with 1000, states set by REST are gone, registered ones come back, changed anew",
    ask: async (peer) => {
      const entity = freshEntity();
      await setState(peer, entity, { state: "1" });
      const wire = await openWire(peer);
      const before = (await wire.result<{ entity_id: string; last_changed: string }[]>("get_states")).find(
        ({ entity_id }) => entity_id === peer.light,
      );
      await peer.restart();
      const code = await wire.closed;
      const after = await rest(peer, "GET", `/api/states/${peer.light}`);
      const state = await withWire(
        peer,
        async (client) => (await client.result<{ state: string }>("get_config")).state,
      );
      const { last_changed } = after.body as { last_changed: string };
      const gone = (await rest(peer, "GET", `/api/states/${entity}`)).status;
      return { code, state, gone, changedAnew: last_changed > (before?.last_changed ?? "") };
    },
  },
  {
    promise: `a client that stops reading while ${FLOOD} changes are made is cut off: a line in the log, what was buffered, close 1000`,
    ask: async (peer) => {
      const slow = await openWire(peer);
      await slow.call("supported_features", { features: { coalesce_messages: 1 } });
      const { id } = await slow.call("subscribe_entities");
      await slow.drained();
      slow.pause();
      await peer.flood(FLOOD);
      await eventually(30, async () => {
        if (!peer.logText().includes("unable to keep up with pending messages"))
          throw new Error(`${peer.name} has not logged that the client cannot keep up`);
      });
      type Entry = { name: string; level: string; message: string[]; source: [string, number] };
      const entries = await withWire(peer, (client) => client.result<Entry[]>("system_log/list"));
      const entry = entries.find(({ message }) => message.join().includes("unable to keep up")) as Entry;
      const listed = { keys: Object.keys(entry).sort(), name: entry.name, level: entry.level, file: entry.source[0] };
      const logged = /Reached 4096 pending messages/.test(peer.logText());
      slow.resume();
      const code = await slow.closed;
      const heard = slow.events(id).length;
      return { logged, listed, code, heardSome: heard > 1, heardAll: heard >= FLOOD };
    },
  },
];
