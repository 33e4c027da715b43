import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { openSimulatedHome } from "../support/home/simulated-home.ts";

type State = { readonly state: string | null; readonly attributes: Record<string, unknown> };
type Source = { readonly state: string; readonly why?: string; readonly waits_for?: string };
type Imported = {
  readonly code?: string;
  readonly readings: number;
  readonly sums: readonly { sum: number; unit: string }[];
  readonly proposed?: Record<string, unknown>;
};

/** A meter's port on this machine: it says its telegram every 100 ms to whoever listens, in two pieces. */
async function openMeter() {
  let kWh = 1234.567;
  const listening = new Set<Socket>();
  const say = () => {
    const telegram = `/XMX5LGBBFG\r\n\r\n0-0:1.0.0(250000000000W)\r\n0-0:96.1.1(4530303334)\r\n1-0:1.8.0(00${kWh.toFixed(3)}*kWh)\r\n1-0:1.7.0(00.432*kW)\r\n!FFFF\r\n`;
    for (const socket of listening) {
      socket.write(telegram.slice(0, 50));
      setImmediate(() => socket.writable && socket.write(telegram.slice(50)));
    }
  };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("close", () => listening.delete(socket));
    listening.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const speaking = setInterval(say, 100);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: (more: number) => {
      kWh += more;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        clearInterval(speaking);
        for (const socket of listening) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

test("a meter at a port is a state, history and live; a table of the past is looked at, confirmed, and taken in once, over a kill", async () => {
  await using home = await openSimulatedHome();
  await home.caughtUp();
  const stateOf = (name: string) => home.hub.json<State>(`api/v1/states/${name}`);
  const add = async (id: string, provider: string, settings: object) => {
    const body = { id, kind: "smart_meter", name: id, providers: [{ provider, settings }] };
    const added = await home.hub.post("api/v1/sources", body);
    assert.equal(added.status, 201, await added.text());
  };
  const meter = await openMeter();
  await add("p1", "dsmr", { address: meter.address, every: 120 });
  await eventually(20, async () => assert.equal((await stateOf("outside.p1_import_energy")).state, "1234.567"));
  assert.equal((await stateOf("outside.p1_power")).state, "432");
  assert.equal((await stateOf("outside.p1_import_energy")).attributes.unit_of_measurement, "kWh");
  meter.counts(0.5);
  assert.equal((await home.hub.post("api/v1/sources/p1/refresh", {})).status, 200);
  await eventually(20, async () => assert.equal((await stateOf("outside.p1_import_energy")).state, "1235.067"));
  await meter[Symbol.asyncDispose]();
  await home.hub.post("api/v1/sources/p1/refresh", {});
  const gone = await home.hub.json<Source>("api/v1/sources/p1");
  assert.equal(gone.state, "degraded");
  assert.match(gone.why ?? "", /127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED/);
  assert.doesNotMatch(await (await home.hub.get("api/v1/sources/p1/raw")).text(), /4530303334/);

  await add("table", "meter_csv", {});
  await eventually(20, async () =>
    assert.match((await home.hub.json<Source>("api/v1/sources/table")).waits_for ?? "", /handed in/),
  );
  const lines = Array.from({ length: 96 }, (_, i) => {
    const clock = `${String(Math.floor(i / 4)).padStart(2, "0")}:${String((i % 4) * 15).padStart(2, "0")}`;
    return `01.07.2025 ${clock};0,${String(i).padStart(3, "0")}`;
  });
  const file = Buffer.from(`\ufeff${["Zeit;Verbrauch (kWh)", ...lines].join("\r\n")}\r\n`, "utf16le");
  const send = async (query = ""): Promise<Imported & { status: number }> => {
    const { url, token } = home.hub;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}api/v1/sources/table/file${query}`, { method: "POST", body: file, headers });
    return { status: answer.status, ...((await answer.json()) as Imported) };
  };
  const unset = await send();
  assert.deepEqual([unset.status, unset.code], [422, "unreadable_file"]);
  const preview = await send("?preview=true");
  assert.equal(preview.readings, 96);
  // 0 + 0.001 + … + 0.095
  assert.deepEqual([preview.sums[0]?.sum, preview.sums[0]?.unit], [4.56, "kWh"]);
  const name = "outside.table_import_interval";
  assert.equal((await home.hub.get(`api/v1/states/${name}`)).status, 404, "a preview stores nothing");
  const saved = await home.hub.request("api/v1/sources/table", {
    method: "PUT",
    body: { name: "table", providers: [{ provider: "meter_csv", settings: preview.proposed }] },
  });
  assert.equal(saved.status, 200, await saved.text());
  assert.equal((await send()).status, 200);
  const points = async (): Promise<readonly (readonly [string, string])[]> => {
    const window = "from=2025-06-30T00:00:00Z&to=2025-07-03T00:00:00Z&limit=1000";
    type Answer = { series: { points: [string, string][] }[] };
    return (await home.hub.json<Answer>(`api/v1/history/${name}?${window}`)).series[0]?.points ?? [];
  };
  const before = await points();
  assert.equal(before.length, 96);
  assert.equal(before[1]?.[1], "0.001");
  await home.stopHub("kill");
  await home.startHub();
  await home.filled();
  assert.equal((await send()).status, 200);
  assert.deepEqual(await points(), before, "the same file once more stores nothing");
});
