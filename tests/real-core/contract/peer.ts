import { openWire, type WireClient } from "../../support/hub/wire-client.ts";

/** One of the two that are compared: the simulated home, or a real Home Assistant Core. */
export type Peer = {
  readonly name: "simulator" | "Core";
  readonly url: string;
  readonly token: string;
  /** A lamp of this home, registered and with a device. */
  readonly light: string;
  /** Another entity of this home that a name can be swapped with. */
  readonly otherLight: string;
  /** A script of this home that turns a lamp on. */
  readonly script: string;
  /** The same home for a user who is no administrator. */
  guest(): Promise<{ url: string; token: string }>;
  /** A home where an automation is triggered by a state, now or soon after `provoke`. */
  automated(): Promise<AsyncDisposable & { url: string; token: string; provoke(): Promise<void> }>;
  /** What the home has logged so far. */
  logText(): string;
  /** As a user restarts it; resolves when it is up again. */
  restart(): Promise<void>;
  /** Changes made inside it as fast as it can, whoever reads. */
  flood(count: number): Promise<void>;
};

/** What is asked of both; the answers must be equal. */
export type Scenario = { readonly promise: string; readonly ask: (peer: Peer) => Promise<unknown> };

export type Rest = { status: number; type: string | null; body: unknown; location: string | null };

export async function rest(
  peer: Peer,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = peer.token,
) {
  const response = await fetch(`${peer.url}${path}`, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get("content-type");
  const isJson = type?.includes("json") ?? false;
  return {
    status: response.status,
    type,
    body: isJson ? (JSON.parse(text) as unknown) : text,
    location: response.headers.get("location"),
  } satisfies Rest;
}

export const setState = (peer: Peer, entity: string, body: Record<string, unknown>) =>
  rest(peer, "POST", `/api/states/${entity}`, body);

export async function withWire<T>(peer: Peer, use: (wire: WireClient) => Promise<T>): Promise<T> {
  const wire = await openWire(peer);
  try {
    return await use(wire);
  } finally {
    wire.close();
  }
}

let number = 0;
/** A name that no other scenario uses. */
export const freshEntity = (domain = "sensor") => `${domain}.contract_${++number}`;
