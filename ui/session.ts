import type { Api } from "./api.ts";
import { Problem } from "./api.ts";
import type { Me } from "./api-admin-types.ts";
import { type Cell, createCell } from "./data/cell.ts";
import { t } from "./text/text.ts";

export type SessionState =
  | { readonly name: "checking" }
  | { readonly name: "in"; readonly me: Me }
  /** `problem`: what was wrong with the code or token just given, where one was. */
  | { readonly name: "out"; readonly problem: Problem | null }
  /** The hub did not answer, or something before it refused, so nobody knows whether one is signed in. */
  | { readonly name: "unreachable"; readonly problem: Problem };

export type Session = {
  readonly state: Cell<SessionState>;
  /** Exchanges the setup code of the address where there is one, then asks the hub who one is. */
  begin(): Promise<void>;
  /** Takes what a person pasted: a setup code, the whole address that holds one, or a token. */
  give(pasted: string): Promise<void>;
  end(): Promise<void>;
  /** Whoever answered no longer knows the caller. Absent: the hub said so on the live stream. */
  expire(problem?: Problem): void;
};

const TOKEN_KEY = "ha-ingestor-token";

type Address = { readonly hash: string; replaceHash(hash: string): void };
type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

/** The token lives here, apart from the session, because the client of the API needs it before there is a session. */
export function createTokenKeeper(storage: Storage) {
  return {
    get: () => storage.getItem(TOKEN_KEY),
    set: (token: string | null) => (token === null ? storage.removeItem(TOKEN_KEY) : storage.setItem(TOKEN_KEY, token)),
  };
}

export function createSession(needs: {
  api: Pick<Api, "me" | "exchange" | "signOut">;
  address: Address;
  token: { get(): string | null; set(token: string | null): void };
}): Session {
  const { api, address, token } = needs;
  const state = createCell<SessionState>({ name: "checking" });

  const asProblem = (error: unknown): Problem =>
    error instanceof Problem ? error : new Problem({ status: 0, code: "unreachable", detail: String(error) });

  async function identify(refused: Problem | null): Promise<void> {
    try {
      state.set({ name: "in", me: await api.me() });
    } catch (error) {
      const problem = asProblem(error);
      // Any other 401 is of a proxy in between: who one is to the hub is not known.
      if (problem.code === "unauthorized") {
        token.set(null);
        state.set({ name: "out", problem: refused });
      } else state.set({ name: "unreachable", problem });
    }
  }

  async function exchange(code: string): Promise<void> {
    try {
      await api.exchange(code);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 0) return state.set({ name: "unreachable", problem });
      // The link may be an old one of a browser that is signed in: then it did its work long ago.
      return identify(problem);
    }
    token.set(null);
    return identify(null);
  }

  return {
    state,
    begin: async () => {
      const code = setupCodeIn(address.hash);
      if (code === null) return identify(null);
      // Out of the address bar and the history before anything else: a code is a secret.
      address.replaceHash("");
      return exchange(code);
    },
    give: async (pasted) => {
      const text = pasted.trim();
      if (!looksLikeToken(text)) return exchange(setupCodeIn(text.slice(Math.max(0, text.indexOf("#")))) ?? text);
      token.set(text);
      await identify(new Problem({ status: 401, code: "unauthorized", detail: t("sign_in.token_refused") }));
    },
    end: async () => {
      // A token has no session that could end; forgetting it is all there is to do.
      if (token.get() === null) await api.signOut().catch(() => {});
      token.set(null);
      state.set({ name: "out", problem: null });
    },
    expire: (problem) => {
      const before = state.get();
      if (before.name !== "in") return;
      // Home Assistant opens these sessions and renews them; there is nothing to sign in to here.
      if (before.me.kind === "ingress" || (problem && problem.code !== "unauthorized")) {
        state.set({ name: "unreachable", problem: problem ?? lostAtHomeAssistant() });
        return;
      }
      token.set(null);
      state.set({ name: "out", problem: null });
    },
  };
}

const lostAtHomeAssistant = () =>
  new Problem({
    status: 401,
    code: "session_lost",
    detail: t("session.lost"),
    fix: t("session.lost.fix"),
  });

export const looksLikeToken = (text: string): boolean => /^hi_\S+$/.test(text);

/** `#setup=abc` → `abc`; null where the fragment holds none. */
export function setupCodeIn(hash: string): string | null {
  const code = /^#(?:.*&)?setup=([^&]+)/.exec(hash)?.[1];
  if (code === undefined) return null;
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}
