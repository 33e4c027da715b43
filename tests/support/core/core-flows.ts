import type { WireClient } from "../hub/wire-client.ts";
import type { Core } from "./core.ts";

/** Config entries and flows of a real Core, asked for as the frontend asks. */
export type FlowStep = {
  readonly type: "form" | "create_entry" | "abort";
  readonly flow_id: string;
  readonly step_id?: string;
  readonly errors?: Record<string, string> | null;
  readonly reason?: string;
  readonly data_schema?: readonly { readonly name: string }[];
  readonly description_placeholders?: Record<string, string> | null;
  readonly result?: ConfigEntry;
};
export type ConfigEntry = {
  readonly entry_id: string;
  readonly state: string;
  readonly source: string;
  readonly title: string;
};
export type OpenFlow = {
  readonly flow_id: string;
  readonly handler: string;
  readonly step_id: string;
  readonly context: { readonly source: string; readonly unique_id?: string };
};

const ROOT = "/api/config/config_entries";

export function coreFlows(core: Core, wire: () => WireClient, domain: string) {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${core.url}${ROOT}${path}`, {
      method,
      headers: { authorization: `Bearer ${core.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    open: async (): Promise<OpenFlow[]> =>
      (await wire().result<OpenFlow[]>("config_entries/flow/progress")).filter(({ handler }) => handler === domain),
    start: () => ask<FlowStep>("POST", "/flow", { handler: domain, show_advanced_options: false }),
    show: (id: string) => ask<FlowStep>("GET", `/flow/${id}`),
    submit: (id: string, data: object) => ask<FlowStep>("POST", `/flow/${id}`, data),
    entries: () => ask<ConfigEntry[]>("GET", `/entry?domain=${domain}`),
    remove: (entryId: string) => ask("DELETE", `/entry/${entryId}`),
  };
}
