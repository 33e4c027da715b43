import { useEffect } from "preact/hooks";
import type { Connection, Connections, ServiceAction } from "../../api-admin-types.ts";
import { Age, Card, Empty, Lasting, Page, ProblemNote, Skeleton, StateBadge, Tag } from "../../parts/basics.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { useHub, useLoad, useNow, useReconnected, useWanted } from "../../parts/hub.ts";
import { formatCount, formatDuration } from "../../shape/format.ts";
import { plural, t } from "../../text/text.ts";
import { ActionButtons } from "../sections/actions.tsx";

const EVERY_MS = 2_000;

/** The ways to Home Assistant: which one is used, how the others do, and what went wrong last. */
export function ConnectionsPage() {
  const { api, clock } = useHub();
  const { data, problem, reload } = useLoad("connections", api.connections);
  useWanted({ topics: ["status"], snapshot: false });
  useReconnected(reload);
  useEffect(() => {
    let cancel = () => {};
    const again = () => {
      cancel = clock.after(EVERY_MS, () => {
        if (!document.hidden) reload();
        again();
      });
    };
    again();
    return () => cancel();
  }, [clock]);
  return (
    <Page title={t("nav.connections")} lead={t("connections.lead")}>
      {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
      <ReadOnlyNote what={t("services.read_only")} />
      {!data && problem === null && <Skeleton lines={6} />}
      {data?.paused && (
        <div class="note tone-off">
          <p>
            {t("connections.paused")} <a href="#/services">{t("connections.paused.where")}</a>
          </p>
        </div>
      )}
      {data && <List known={data} onChange={reload} />}
    </Page>
  );
}

function List({ known, onChange }: { known: Connections; onChange: () => void }) {
  const { connections, paused } = known;
  if (connections.length === 0)
    return (
      <Card>
        <Empty icon="connections" title={t("connections.none")}>
          {t("connections.none.text")}
        </Empty>
      </Card>
    );
  return (
    <ol class="stack">
      {connections.map((connection, index) => (
        <li key={connection.id}>
          <ConnectionCard connection={connection} place={index + 1} rests={paused} onChange={onChange} />
        </li>
      ))}
    </ol>
  );
}

function ConnectionCard(props: { connection: Connection; place: number; rests: boolean; onChange: () => void }) {
  const { connection, place, rests, onChange } = props;
  const { id, name, url, last_failure: failure } = connection;
  const { api } = useHub();
  const may = useMay();
  const actions: readonly ServiceAction[] = connection.paused ? ["resume"] : ["pause", "restart"];
  return (
    <Card class="connection-card">
      <div class="part-head">
        <StateBadge state={stateOf(connection, rests)} />
        <h2>{name}</h2>
        {connection.active && <Tag>{t("connections.active")}</Tag>}
        <span class="muted small">{t("connections.place", { place })}</span>
      </div>
      <p>
        <code class="address">{url}</code>
      </p>
      <p class="muted">
        <Now connection={connection} />
      </p>
      {failure && (
        <div class="last-failure">
          <p>
            <strong>{t("connections.last_failure")}</strong> <Age time={failure.time} />: {failure.why}
          </p>
          {failure.fix && !connection.active && (
            <p>
              <strong>{t("part.fix")}</strong> {failure.fix}
            </p>
          )}
        </div>
      )}
      <p class="muted small">
        {plural("connections.attempts", connection.attempts)}
        {" · "}
        {plural("connections.connects", connection.connects)}
        {" · "}
        {plural("connections.failures", connection.failures)}
        {connection.consecutive_failures > 0 &&
          ` · ${t("connections.consecutive", { count: formatCount(connection.consecutive_failures) })}`}
      </p>
      {may && (
        <ActionButtons
          name={name}
          actions={actions}
          act={(action) => api.actOnConnection(id, action)}
          onDone={onChange}
        />
      )}
    </Card>
  );
}

/** What it is doing at this moment. */
function Now({ connection }: { connection: Connection }) {
  const { paused, connected_since: since, last_connected: last, next_attempt: next } = connection;
  if (paused) return t("connections.now.paused");
  if (since)
    return (
      <>
        {t("connections.now.connected")} <Lasting since={since} />
      </>
    );
  return (
    <>
      {last ? (
        <>
          {t("connections.now.last")} <Age time={last} />
        </>
      ) : (
        t("connections.now.never")
      )}
      {next && (
        <>
          {" · "}
          <NextAttempt at={Date.parse(next)} />
        </>
      )}
    </>
  );
}

function NextAttempt({ at }: { at: number }) {
  const wait = at - useNow();
  return (
    <span>
      {wait > 1_000
        ? t("connections.next", { time: formatDuration(Math.ceil(wait / 1000) * 1000) })
        : t("connections.next.now")}
    </span>
  );
}

/** A spare one that is not needed is well; one that rests after failures is not. */
function stateOf({ paused, connected_since, breaker }: Connection, rests: boolean) {
  if (paused || rests) return "off";
  if (breaker === "open") return "broken";
  if (breaker === "half_open") return "starting";
  return connected_since ? "ok" : "spare";
}
