import type { WireClient } from "../hub/wire-client.ts";
import type { Core } from "./core.ts";

/** A further user of a Core's home, logged in as a browser does it. `wire` is an administrator's. */
export async function addCoreUser(
  core: Core,
  wire: WireClient,
  { name, admin }: { name: string; admin: boolean },
): Promise<{ id: string; url: string; token: string }> {
  const username = `user-${crypto.randomUUID().slice(0, 8)}`;
  const password = crypto.randomUUID();
  const group = admin ? "system-admin" : "system-users";
  const { user } = await wire.result<{ user: { id: string } }>("config/auth/create", { name, group_ids: [group] });
  await wire.result("config/auth_provider/homeassistant/create", { user_id: user.id, username, password });

  const client = { client_id: `${core.url}/`, redirect_uri: `${core.url}/` };
  const post = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(`${core.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    return (await answer.json()) as T;
  };
  const flow = await post<{ flow_id: string }>("/auth/login_flow", { ...client, handler: ["homeassistant", null] });
  const credentials = { username, password, client_id: client.client_id };
  const { result } = await post<{ result: string }>(`/auth/login_flow/${flow.flow_id}`, credentials);
  const granted = await fetch(`${core.url}/auth/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", code: result, client_id: client.client_id }),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  return { id: user.id, url: core.url, token };
}
