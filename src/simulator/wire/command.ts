import type { Connection } from "./connection.ts";
import type { Schema } from "./messages/schema.ts";

/** One WebSocket command of Home Assistant. A Failure that it throws becomes the error answer. */
export type Command = {
  readonly schema: Schema;
  readonly admin?: boolean;
  run(connection: Connection, message: { id: number; [name: string]: unknown }): Promise<void> | void;
};

export type Commands = { readonly [type: string]: Command };
