import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import type { Caller } from "./auth/caller.ts";
import type { RateHeaders } from "./limits/rates.ts";

/** What the server hands to the app beside a request; absent where a test calls the app itself. */
export type Bindings = {
  readonly incoming?: IncomingMessage;
  /** True for callers on the socket file, which only its owner can open. */
  readonly local?: boolean;
  /** Present on requests of the Supervisor's ingress; without a caller: of nobody that Home Assistant knows. */
  readonly ingress?: { readonly caller: Caller | undefined };
  /** Present on a WebSocket upgrade: the handler takes the socket by calling it. */
  readonly upgrade?: (serve: (socket: WebSocket) => void) => void;
};

export type ApiEnv = {
  Bindings: Bindings;
  Variables: {
    requestId: string;
    caller: Caller | undefined;
    headersComplete: boolean;
    limits: RateHeaders | undefined;
  };
};

export const addressOf = (bindings: Bindings | undefined): string => bindings?.incoming?.socket.remoteAddress ?? "-";
