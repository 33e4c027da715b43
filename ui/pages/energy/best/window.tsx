import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { EnergyWindow, Span, WindowQuestion } from "../../../api-energy-types.ts";
import { Card, ProblemNote, Segmented } from "../../../parts/basics.tsx";
import { useAction, useEvery, useHub } from "../../../parts/hub.ts";
import { deadlineOf, FIRST_RUN, stagesOf } from "../../../shape/energy/run.ts";
import { t } from "../../../text/text.ts";
import { Found } from "./found.tsx";
import { RunFields } from "./run-fields.tsx";

type By = WindowQuestion["by"];

/** What was found is looked for again: its time passes, and more prices are published. */
const AGAIN_MS = 300_000;

/** When a run is cheapest or cleanest. */
export function WindowCard({ first, onFound }: { first: By; onFound: (parts: readonly Span[]) => void }) {
  const { api } = useHub();
  const action = useAction();
  const [by, setBy] = useState<By>(first);
  const [run, setRun] = useState(FIRST_RUN);
  const [deadline, setDeadline] = useState("");
  const [found, setFound] = useState<EnergyWindow | null>(null);
  const asked = useRef<WindowQuestion | null>(null);
  const stages = stagesOf(run);
  const show = (answer: EnergyWindow | null) => {
    setFound(answer);
    onFound(answer?.parts ?? []);
  };
  const ask = (question: WindowQuestion) => {
    asked.current = question;
    // What was found before stays until the answer is there, so that nothing jumps.
    void action.run(async () => show(await api.energyWindow(question))).then((ok) => ok || show(null));
  };
  const find = () => {
    const to = deadlineOf(deadline);
    if (stages) ask({ by, stages, split: run.way === "pauses", ...(to === undefined ? {} : { to }) });
  };
  const atOnce = useRef(find);
  useEffect(() => atOnce.current(), []);
  useEvery(AGAIN_MS, () => {
    if (asked.current && !action.busy) ask(asked.current);
  });
  return (
    <Card title={t("window.title")} note={t("window.note")}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <Segmented<By>
          label={t("window.by")}
          value={by}
          options={(["price", "carbon"] as const).map((value) => ({ value, label: t(`window.by.${value}`) }))}
          onChange={setBy}
        />
        <RunFields run={run} onChange={setRun} />
        <Deadline value={deadline} onChange={setDeadline} />
        <button type="submit" class="button primary" disabled={action.busy || stages === null}>
          {t("window.find")}
        </button>
      </form>
      <div class="window-found" role="status" aria-busy={action.busy}>
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        {found && <Found found={found} />}
      </div>
    </Card>
  );
}

function Deadline({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field window-deadline">
      <label for={id}>{t("window.deadline")}</label>
      <input
        id={id}
        type="datetime-local"
        value={value}
        max="9999-12-31T23:59"
        aria-describedby={`${id}-why`}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <p id={`${id}-why`} class="hint">
        {t("window.deadline.hint")}
      </p>
    </div>
  );
}
