import * as v from "valibot";
import { describeError, Failure } from "../../domain/failure.ts";
import type { ServiceAction } from "../../domain/status.ts";
import type { Log } from "../../platform/told/log.ts";
import type { StatusBoard } from "../../platform/told/status-board.ts";
import { type Installation, installIntegration } from "./installer.ts";

/** The integration in Home Assistant, as far as the hub looks after it. */
export type IntegrationPart = {
  /**
   * `restart`: the integration starts anew with Home Assistant, which first checks its own configuration.
   *
   * @throws Failure `action_unavailable`
   */
  act(action: ServiceAction): Promise<void>;
  close(): Promise<void>;
};

const PART = "integration";
/** The part that is `ok` while Home Assistant is connected and has started. */
const HOME_PART = "home_assistant";
const DOMAIN = "ha_ingestor";
const TOLD = "integration_told";
const NOTIFICATION = "ha_ingestor_integration";
const manifest = v.object({ version: v.string() });

/**
 * Installs the integration once, at the start, and from then on says whether Home Assistant runs what is installed. It
 * reads its integrations when it starts, so a new one needs a restart, which stays the user's decision.
 */
export function startIntegrationPart(needs: {
  /** The integration as it ships with the hub. */
  from: string;
  /** Home Assistant's configuration; undefined: the user does not want the integration installed. */
  homeFolder: string | undefined;
  call: (command: { readonly type: string; readonly [key: string]: unknown }) => Promise<unknown>;
  /** Keeps for which version the user has been told to restart, so that nobody is told twice. */
  settings: { get(key: string): unknown; set(key: string, value: unknown): void };
  log: Log;
  status: StatusBoard;
}): IntegrationPart {
  const { from, homeFolder, call, settings, log, status } = needs;
  let installed: Installation | undefined;
  let closing = false;
  let working: Promise<void> = Promise.resolve();

  const install = async () => {
    if (homeFolder === undefined)
      return status.set(PART, {
        state: "off",
        why: "The integration is not installed by the hub: the option install_integration is off.",
        fix: "Switch the option on, or install the integration by HACS.",
      });
    try {
      installed = await installIntegration({ from, homeFolder });
      log.info("the integration in Home Assistant's folder", installed);
    } catch (error) {
      const fix = "Check Home Assistant's folder and the disk, then restart the app (add-on); or install it by HACS.";
      const why = `The integration could not be installed: ${describeError(error)}.`;
      log.error("the integration could not be installed", { error });
      return status.set(PART, { state: "broken", why, fix: error instanceof Failure ? (error.fix ?? fix) : fix });
    }
    status.set(PART, { state: "starting", why: "Installed; Home Assistant is asked whether it runs this version." });
  };

  /** What Home Assistant found when it started; null: nothing. @throws Failure of the link */
  const runningVersion = async (): Promise<string | null> => {
    try {
      const answer = v.safeParse(manifest, await call({ type: "manifest/get", integration: DOMAIN }));
      return answer.success ? answer.output.version : null;
    } catch (error) {
      if ((error as { cause?: { code?: unknown } }).cause?.code === "not_found") return null;
      throw error;
    }
  };

  const check = async () => {
    if (!installed) return;
    const { kind, version } = installed;
    const running = await runningVersion();
    const figures = { installed_version: version ?? null, running_version: running, by_the_hub: kind !== "foreign" };
    if (version !== undefined && running !== version) {
      const now = running === null ? "does not know it" : `runs version ${running}`;
      status.set(PART, {
        state: "degraded",
        why: `Version ${version} of the integration is installed; Home Assistant ${now} until it is restarted.`,
        fix: "Restart Home Assistant when it suits you; its configuration is checked first.",
        figures,
        actions: ["restart"],
      });
      return kind === "foreign" ? undefined : tell(version);
    }
    const left = "It came from HACS or was made by hand, and is left alone.";
    status.set(PART, { state: "ok", ...(kind === "foreign" ? { why: left } : {}), figures });
  };

  const tell = async (version: string) => {
    if (settings.get(TOLD) === version) return;
    await callService("persistent_notification", "create", {
      notification_id: NOTIFICATION,
      title: "HA Ingestor",
      message: `The app (add-on) HA Ingestor has installed version ${version} of its integration. Home Assistant uses it after its next restart, which is up to you: restart it under Settings → System, or in HA Ingestor's panel under Services. Then confirm the discovered HA Ingestor under Settings → Devices & services, if you have not done so before.`,
    });
    settings.set(TOLD, version);
  };

  const callService = (domain: string, service: string, data: object = {}) =>
    call({ type: "call_service", domain, service, service_data: data });

  /** One thing after another, and a failure is a line in the log: the next connection asks again. */
  const queue = (work: () => Promise<void>) => {
    working = working.then(work).catch((error: unknown) => {
      if (!closing) log.warning("the integration could not be looked after", { why: describeError(error) });
    });
  };

  queue(install);
  let connectedSince: number | undefined;
  const stopListening = status.onChange(({ part, state, since }) => {
    if (part !== HOME_PART || state !== "ok" || since === connectedSince) return;
    // A new connection: Home Assistant may have been restarted.
    connectedSince = since;
    queue(check);
  });
  return {
    act: async (action) => {
      if (action !== "restart")
        throw new Failure("action_unavailable", "The integration can only be restarted, together with Home Assistant");
      await callService("homeassistant", "check_config").catch((error: unknown) => {
        throw new Failure("action_unavailable", `Home Assistant is not restarted: ${describeError(error)}`, {
          fix: "Mend what Home Assistant names, or wait until it is connected, then try again.",
          cause: error,
        });
      });
      log.info("restarting Home Assistant, as asked");
      await callService("homeassistant", "restart").catch((error: unknown) => {
        // It closes every connection before it could answer.
        if (error instanceof Failure && error.code === "connection_lost") return;
        throw new Failure("action_unavailable", `Home Assistant does not restart: ${describeError(error)}`, {
          cause: error,
        });
      });
    },
    close: async () => {
      closing = true;
      stopListening();
      await working;
    },
  };
}
