import { useEffect, useId, useState } from "preact/hooks";
import { ProblemNote, Skeleton } from "../parts/basics.tsx";
import { useCell, useHub } from "../parts/hub.ts";
import { Logo } from "../parts/icons.tsx";
import { t } from "../text/text.ts";

const TRY_AGAIN_MS = 3_000;

/** Shown while nobody is signed in: where to find the address with the setup code, and a field for a code or token. */
export function SignInPage() {
  const { session, clock } = useHub();
  const state = useCell(session.state);
  useEffect(
    () => (state.name === "unreachable" ? clock.after(TRY_AGAIN_MS, () => void session.begin()) : undefined),
    [state],
  );
  const [pasted, setPasted] = useState("");
  const [busy, setBusy] = useState(false);
  const id = useId();
  return (
    <main class="door" id="content">
      <div class="door-card card">
        <div class="door-brand">
          <Logo size={44} />
          <h1>{t("product")}</h1>
        </div>
        {state.name === "checking" && <Skeleton lines={2} />}
        {state.name === "unreachable" && (
          <>
            <ProblemNote problem={state.problem} onRetry={() => void session.begin()} />
            <p class="muted" role="status">
              {t("sign_in.reconnecting")}
            </p>
          </>
        )}
        {state.name === "out" && (
          <>
            {state.problem && <ProblemNote problem={state.problem} />}
            <section>
              <h2>{t("sign_in.title")}</h2>
              <p class="muted">{t("sign_in.where")}</p>
              <ol class="steps">
                <li>{t("sign_in.step.log")}</li>
                <li>{t("sign_in.step.open")}</li>
                <li>{t("sign_in.step.again")}</li>
              </ol>
            </section>
            <form
              class="door-form"
              onSubmit={(event) => {
                event.preventDefault();
                setBusy(true);
                void session.give(pasted).finally(() => {
                  setBusy(false);
                  setPasted("");
                });
              }}
            >
              <div class="field">
                <label for={id}>{t("sign_in.field")}</label>
                <input
                  id={id}
                  type="password"
                  autocomplete="off"
                  required
                  value={pasted}
                  onInput={(event) => setPasted(event.currentTarget.value)}
                />
                <p class="hint">{t("sign_in.hint")}</p>
              </div>
              <button type="submit" class="button primary" disabled={busy}>
                {busy ? t("sign_in.busy") : t("sign_in.submit")}
              </button>
            </form>
          </>
        )}
      </div>
    </main>
  );
}
