import { useId, useState } from "preact/hooks";
import { type NewToken, SCOPES, type Scope, type Token, type Usage } from "../../api-admin-types.ts";
import { Age, Card, Empty, Page, ProblemNote, Skeleton, Tag } from "../../parts/basics.tsx";
import { Confirm } from "../../parts/forms/confirm.tsx";
import { ReadOnlyNote, useMay } from "../../parts/forms/read-only.tsx";
import { Secret } from "../../parts/forms/secret.tsx";
import { useAction, useHub, useLoad } from "../../parts/hub.ts";
import { formatBytes, formatMoment, readable } from "../../shape/format.ts";
import { plural, t } from "../../text/text.ts";

/** Who may ask the hub: tokens for other systems, made and revoked here. */
export function AccessPage() {
  const may = useMay();
  return (
    <Page title={t("nav.access")} lead={t("access.lead")}>
      <ReadOnlyNote what={t("access.read_only")} />
      {may && <Tokens />}
    </Page>
  );
}

function Tokens() {
  const { api } = useHub();
  const { data, problem, reload } = useLoad("tokens", async () => {
    const [tokens, usage] = await Promise.all([api.tokens(), api.usage()]);
    return { tokens, usage };
  });
  const tokens = data?.tokens;
  const usageOf = (id: string) => data?.usage.find((one) => one.kind === "token" && one.id === id);
  const [made, setMade] = useState<NewToken | null>(null);
  const [leaving, setLeaving] = useState<Token | null>(null);
  return (
    <div class="columns sidewise">
      <div class="stack">
        <Card title={t("tokens.title")} note={tokens ? plural("tokens.count", tokens.length) : undefined}>
          {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
          {!tokens && problem === null && <Skeleton lines={4} />}
          {tokens?.length === 0 && (
            <Empty icon="key" title={t("tokens.none")}>
              {t("tokens.none.text")}
            </Empty>
          )}
          <ul class="listed">
            {tokens?.map((token) => (
              <TokenRow key={token.id} token={token} usage={usageOf(token.id)} onRevoke={() => setLeaving(token)} />
            ))}
          </ul>
        </Card>
        {data && <Others usage={data.usage.filter(({ kind }) => kind !== "token")} />}
      </div>
      <Card title={t("tokens.new")}>
        {made ? (
          <Made token={made} onDone={() => setMade(null)} />
        ) : (
          <NewTokenForm
            onMade={(token) => {
              setMade(token);
              reload();
            }}
          />
        )}
      </Card>
      {leaving && (
        <Revoke
          token={leaving}
          onDone={() => {
            if (made?.id === leaving.id) setMade(null);
            setLeaving(null);
            reload();
          }}
          onCancel={() => setLeaving(null)}
        />
      )}
    </div>
  );
}

function TokenRow({ token, usage, onRevoke }: { token: Token; usage: Usage | undefined; onRevoke: () => void }) {
  return (
    <li class="listed-row">
      <div class="listed-text">
        <p class="listed-name">
          <strong>{token.name}</strong> <Tag>{t(`scope.${token.scope}`)}</Tag>
        </p>
        <p class="muted small">
          {t("tokens.created")} <time dateTime={token.created}>{formatMoment(Date.parse(token.created))}</time>
          {" · "}
          {token.last_used ? (
            <>
              {t("tokens.used")} <Age time={token.last_used} />
            </>
          ) : (
            t("tokens.never_used")
          )}
        </p>
        {usage && <Used usage={usage} />}
      </div>
      <button
        type="button"
        class="button"
        aria-label={t("tokens.revoke.named", { name: token.name })}
        onClick={onRevoke}
      >
        {t("tokens.revoke")}
      </button>
    </li>
  );
}

/** Counted since the hub started. */
function Used({ usage }: { usage: Usage }) {
  return (
    <p class="muted small">
      {plural("usage.requests", usage.requests)}
      {usage.refused > 0 && ` · ${plural("usage.refused", usage.refused)}`}
      {" · "}
      {t("usage.bytes", { size: formatBytes(usage.bytes_out) })}
      {" · "}
      {t("usage.since", { time: formatMoment(Date.parse(usage.since)) })}
    </p>
  );
}

function Others({ usage }: { usage: readonly Usage[] }) {
  return (
    <Card title={t("usage.others")} note={t("usage.others.note")}>
      {usage.length === 0 && <p class="muted">{t("usage.others.none")}</p>}
      <ul class="listed">
        {usage.map((one) => (
          <li key={`${one.kind} ${one.id}`} class="listed-row">
            <div class="listed-text">
              <p class="listed-name">
                <strong>{one.name}</strong> <Tag>{readable(one.kind)}</Tag>
              </p>
              <Used usage={one} />
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function NewTokenForm({ onMade }: { onMade: (token: NewToken) => void }) {
  const { api } = useHub();
  const id = useId();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const { busy, problem, run } = useAction();
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => onMade(await api.createToken(name, scope)));
      }}
    >
      <div class="field">
        <label for={id}>{t("tokens.name")}</label>
        <input
          id={id}
          type="text"
          required
          maxLength={100}
          autocomplete="off"
          placeholder={t("tokens.name.example")}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <fieldset class="choices">
        <legend>{t("tokens.scope")}</legend>
        {SCOPES.map((one) => (
          <label key={one} class="choice">
            <input type="radio" name={`${id}-scope`} checked={scope === one} onChange={() => setScope(one)} />
            <span class="choice-text">
              <strong>{t(`scope.${one}`)}</strong>
              <span class="muted small">{t(`scope.${one}.text`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {problem !== null && <ProblemNote problem={problem} />}
      <button type="submit" class="button primary" disabled={busy}>
        {t("tokens.create")}
      </button>
    </form>
  );
}

function Made({ token, onDone }: { token: NewToken; onDone: () => void }) {
  return (
    <div class="form">
      <p>{t("tokens.made", { name: token.name })}</p>
      <Secret label={t("tokens.secret")} value={token.token} />
      <button type="button" class="button primary" onClick={onDone}>
        {t("tokens.made.done")}
      </button>
    </div>
  );
}

function Revoke({ token, onDone, onCancel }: { token: Token; onDone: () => void; onCancel: () => void }) {
  const { api } = useHub();
  const { busy, problem, run } = useAction();
  return (
    <Confirm
      title={t("tokens.revoke.title", { name: token.name })}
      action={t("tokens.revoke")}
      busy={busy}
      onCancel={onCancel}
      onConfirm={() => void run(() => api.revokeToken(token.id)).then((done) => done && onDone())}
    >
      <p>{t("tokens.revoke.text")}</p>
      {problem !== null && <ProblemNote problem={problem} />}
    </Confirm>
  );
}
