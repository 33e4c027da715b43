import type { ComponentChildren } from "preact";
import type { Setup } from "../../api-admin-types.ts";
import type { Home, Part } from "../../api-types.ts";
import { Card, Page, ProblemNote, Skeleton, StateBadge, type stateIcon } from "../../parts/basics.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { useAction, useHub, useLoad, useReconnected } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatMoment } from "../../shape/format.ts";
import { t } from "../../text/text.ts";
import { Pairs } from "../sections/details.tsx";
import { Exclusions } from "../sections/exclusions.tsx";
import { Import } from "../sections/import.tsx";

/** What was found and taken over, and what the user may leave out: seen once at first, and whenever it is wanted. */
export function SetupPage() {
  const { api } = useHub();
  const { data: setup, problem, reload } = useLoad("setup", api.setup);
  useReconnected(reload);
  return (
    <Page title={t("nav.setup")} lead={t("setup.lead")}>
      {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
      <ReadOnlyNote what={t("setup.read_only")} />
      {!setup && problem === null && <Skeleton lines={10} />}
      {setup && (
        <>
          <div class="columns even">
            <div class="stack steps-left">
              <Step title={t("setup.connection")} state={setup.connection?.state ?? "starting"}>
                <Connection setup={setup} />
              </Step>
              {setup.integration && (
                <Step title={t("setup.integration")} state={setup.integration.state}>
                  <Integration part={setup.integration} />
                </Step>
              )}
            </div>
            <Step title={t("setup.home")} state={setup.home ? "ok" : "starting"}>
              {setup.home ? <TakenOver home={setup.home} /> : <p>{t("setup.home.waiting")}</p>}
            </Step>
          </div>
          <Import />
          <Exclusions recorder={setup.recorder} onLooked={reload} />
          <Finish setup={setup} onDone={reload} />
        </>
      )}
    </Page>
  );
}

function Step(props: { title: string; state: Parameters<typeof stateIcon>[0]; children: ComponentChildren }) {
  return (
    <Card class="step">
      <div class="part-head">
        <StateBadge state={props.state} />
        <h2>{props.title}</h2>
      </div>
      {props.children}
    </Card>
  );
}

function Connection({ setup }: { setup: Setup }) {
  const { connection, home } = setup;
  return (
    <>
      <p>{connection?.state === "ok" && home ? t("setup.connection.found", { name: home.name }) : connection?.why}</p>
      {connection?.fix && connection.state !== "ok" && (
        <p>
          <strong>{t("part.fix")}</strong> {connection.fix}
        </p>
      )}
      <p>
        <a class="button" href="#/connections">
          {t("setup.connection.more")}
        </a>
      </p>
    </>
  );
}

function Integration({ part }: { part: Part }) {
  return (
    <>
      <p>{part.why ?? t("setup.integration.ok")}</p>
      {part.fix && (
        <p>
          <strong>{t("part.fix")}</strong> {part.fix}
        </p>
      )}
      {part.actions && (
        <p>
          <a class="button" href="#/services">
            {t("setup.integration.more")}
          </a>
        </p>
      )}
    </>
  );
}

function TakenOver({ home }: { home: Home }) {
  const known = (value: string | null) => value ?? t("figure.none");
  const { latitude, longitude, elevation } = home;
  const place = latitude === null || longitude === null ? null : `${latitude}, ${longitude}`;
  return (
    <>
      <Pairs
        pairs={[
          [t("setup.home.name"), home.name],
          [t("setup.home.version"), home.home_assistant_version],
          [t("setup.home.place"), known(place)],
          [t("setup.home.elevation"), known(elevation === null ? null : `${elevation} m`)],
          [t("setup.home.country"), known(home.country)],
          [t("setup.home.time_zone"), home.time_zone],
          [t("setup.home.currency"), known(home.currency)],
          [t("setup.home.units"), Object.values(home.unit_system).join(", ") || t("figure.none")],
        ]}
      />
      <p class="muted small">{t("setup.home.text")}</p>
    </>
  );
}

function Finish({ setup, onDone }: { setup: Setup; onDone: () => void }) {
  const { api, status } = useHub();
  const may = useMay();
  const { busy, problem, run } = useAction();
  if (setup.finished)
    return (
      <p class="muted finished">
        <Icon name="check" size={18} /> {t("setup.finished", { time: formatMoment(Date.parse(setup.finished)) })}
      </p>
    );
  if (!may) return null;
  return (
    <Card title={t("setup.finish.title")}>
      <div class="form">
        <p>{t("setup.finish.text")}</p>
        {problem !== null && <ProblemNote problem={problem} />}
        <button
          type="button"
          class="button primary"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await api.finishSetup();
              await status.refresh();
            }).then(onDone)
          }
        >
          {t("setup.finish")}
        </button>
      </div>
    </Card>
  );
}
