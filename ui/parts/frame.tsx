import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatDuration } from "../shape/format.ts";
import { t } from "../text/text.ts";
import { stateIcon } from "./basics.tsx";
import { useCell, useHub, useMe, useNow } from "./hub.ts";
import { Icon, Logo } from "./icons.tsx";
import { JobsNote } from "./jobs.tsx";
import { NAVIGATION, Navigation } from "./navigation.tsx";
import { THEMES } from "./theme.ts";

/** Navigation, the hub's state on every page, and the place where the page goes. */
export function Frame({ children }: { children: ComponentChildren }) {
  const { router } = useHub();
  const route = useCell(router.route);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    const item = NAVIGATION.find(({ pages }) => pages.includes(route.page));
    document.title = [route.entity || (item && t(item.label)), t("product")].filter(Boolean).join(" · ");
    // The first page leaves the focus where the browser put it; later ones start at their heading.
    if (first.current) first.current = false;
    else {
      window.scrollTo(0, 0);
      main.current?.querySelector("h1")?.focus({ preventScroll: true });
    }
  }, [route.page, route.entity]);
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t("frame.skip")}
      </button>
      <header class="bar">
        <a class="brand" href="#/overview" aria-label={t("product")}>
          <Logo />
          <span class="brand-name">{t("product")}</span>
        </a>
        <HubState />
        <div class="bar-tools">
          <ThemeButton />
          <SignOut />
        </div>
      </header>
      <Navigation page={route.page} />
      <main class="content" id="content" tabIndex={-1} ref={main}>
        <SimulatedBanner />
        <ConnectionNote />
        <JobsNote />
        {children}
      </main>
    </div>
  );
}

function SimulatedBanner() {
  const { info } = useHub();
  if (useCell(info)?.home.simulated !== true) return null;
  return (
    <aside class="simulated" aria-label={t("simulated.title")}>
      <Icon name="house" />
      <p>
        <strong>{t("simulated.title")}</strong> <span>{t("simulated.text")}</span>
      </p>
    </aside>
  );
}

/** Home and worst state, small, on every page. */
function HubState() {
  const { status, info } = useHub();
  const { status: known, problem } = useCell(status.view);
  const home = useCell(info)?.home.name;
  const state = problem ? "broken" : known?.state;
  return (
    <a class="hub-state" href="#/overview">
      {state && (
        <span class={`dot tone-${state}`}>
          <Icon name={stateIcon(state)} size={12} />
        </span>
      )}
      <span class="hub-state-text">
        <span class="hub-home">{home ?? t("frame.home_unknown")}</span>
        <span class="muted small">
          {problem ? t("frame.unreachable") : state ? t(`overall.short.${state}`) : t("loading")}
        </span>
      </span>
    </a>
  );
}

/** Says when what is on the page no longer comes from the hub as it happens. */
function ConnectionNote() {
  const { live } = useHub();
  const phase = useCell(live.phase);
  return (
    <div class="connection" role="status" aria-live="polite">
      {phase.name === "waiting" && (
        <div class="note tone-degraded">
          <Icon name="starting" />
          <div class="note-body note-row">
            <p>
              <strong>{t("live.reconnecting")}</strong> {phase.why ?? t("live.reconnecting.text")}{" "}
              <RetryIn at={phase.retryAt} />
            </p>
            <button type="button" class="button" onClick={() => live.retryNow()}>
              {t("live.retry_now")}
            </button>
          </div>
        </div>
      )}
      {phase.name === "refused" && phase.why === "schema" && (
        <div class="note tone-broken">
          <Icon name="warning" />
          <p>{t("live.schema")}</p>
        </div>
      )}
    </div>
  );
}

function RetryIn({ at }: { at: number }) {
  const wait = at - useNow(500);
  return (
    // Counting down aloud would be noise.
    <span aria-hidden="true">
      {wait > 1_000 ? t("live.retry_in", { time: formatDuration(Math.ceil(wait / 1000) * 1000) }) : t("live.retrying")}
    </span>
  );
}

function ThemeButton() {
  const { theme } = useHub();
  const choice = useCell(theme.choice);
  const next = THEMES[(THEMES.indexOf(choice) + 1) % THEMES.length] ?? "system";
  const label = t("theme.switch", { now: t(`theme.${choice}`), next: t(`theme.${next}`) });
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => theme.choose(next)}>
      <Icon name={choice} />
    </button>
  );
}

function SignOut() {
  const { session } = useHub();
  // Home Assistant's users are signed in there.
  if (useMe()?.kind === "ingress") return null;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={t("frame.sign_out")}
      title={t("frame.sign_out")}
      onClick={() => void session.end()}
    >
      <Icon name="sign_out" />
    </button>
  );
}
