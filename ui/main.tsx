import { render } from "preact";
import { useEffect } from "preact/hooks";
import { createApi } from "./api.ts";
import type { Info } from "./api-types.ts";
import { createCell } from "./data/cell.ts";
import { createHubClock } from "./data/clock.ts";
import { createStates } from "./data/states.ts";
import { createStatusWatch } from "./data/status.ts";
import { createLive, type Socket } from "./live.ts";
import { PAGES } from "./pages/pages.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { Frame } from "./parts/frame.tsx";
import { type Hub, HubContext, useCell, useHub } from "./parts/hub.ts";
import { createTheme } from "./parts/theme.ts";
import { createRouter } from "./router.ts";
import { createSession, createTokenKeeper } from "./session.ts";

const base = document.baseURI;
const clock = createHubClock();
const token = createTokenKeeper(window.sessionStorage);
const api = createApi({
  base,
  fetch: (url, init) => fetch(url, init),
  token: token.get,
  onUnauthorized: (problem) => session.expire(problem),
});
const router = createRouter(window);
const session = createSession({
  api,
  token,
  address: {
    get hash() {
      return window.location.hash;
    },
    replaceHash: router.replace,
  },
});
const live = createLive({
  open: () => {
    const url = new URL("api/v1/live", base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(url) as unknown as Socket;
  },
  token: token.get,
  clock,
  random: Math.random,
  onUnauthorized: () => session.expire(),
});
const status = createStatusWatch({ load: api.status, clock, isHidden: () => document.hidden });
const states = createStates({
  clock,
  load: async () => {
    const [loaded, areas] = await Promise.all([api.states(), api.areas()]);
    return { states: loaded, areas };
  },
});
const info = createCell<Info | null>(null);

// A hello means a hub that may have restarted: another version, another home behind it.
live.listen((frame) => {
  if (frame.type === "hello") {
    clock.learn(frame.time);
    api.info().then(info.set, () => {});
  }
  if (frame.type === "status") void status.refresh();
});
window.addEventListener("online", live.retryNow);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  live.retryNow();
  void status.refresh();
});

const hub: Hub = {
  api,
  session,
  live,
  status,
  states,
  info,
  router,
  theme: createTheme(window),
  clock,
};

function App() {
  const { session: current } = useHub();
  const signedIn = useCell(current.state).name === "in";
  const route = useCell(router.route);
  useEffect(() => {
    if (!signedIn) return;
    api.info().then(info.set, () => {});
    status.start();
    live.start();
    return () => {
      status.stop();
      live.stop();
    };
  }, [signedIn]);
  return signedIn ? <Frame>{PAGES[route.page](route)}</Frame> : <SignInPage />;
}

const root = document.getElementById("panel");
if (root)
  render(
    <HubContext.Provider value={hub}>
      <App />
    </HubContext.Provider>,
    root,
  );
void session.begin();
