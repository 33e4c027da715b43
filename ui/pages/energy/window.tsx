import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { EnergyWindow, Span } from "../../api-outside-types.ts";
import { Card, Figure, ProblemNote, Segmented, Tag } from "../../parts/basics.tsx";
import { useAction, useHub } from "../../parts/hub.ts";
import { formatGrams, formatKwh, formatMoney, formatPrice } from "../../shape/energy/energy.ts";
import { numberOf } from "../../shape/sources/form.ts";
import { t } from "../../text/text.ts";
import { formatDaySpan } from "./times.ts";

type By = "price" | "carbon";

/** When a run of a chosen length is cheapest or cleanest. */
export function WindowCard({ first, onFound }: { first: By; onFound: (parts: readonly Span[]) => void }) {
  const { api } = useHub();
  const action = useAction();
  const [by, setBy] = useState<By>(first);
  const [minutes, setMinutes] = useState("120");
  const [watts, setWatts] = useState("1000");
  const [deadline, setDeadline] = useState("");
  const [split, setSplit] = useState(false);
  const [found, setFound] = useState<EnergyWindow | null>(null);
  const right = isWhole(minutes, 1) && isWhole(watts, -100_000);
  const find = () =>
    void action.run(async () => {
      setFound(null);
      onFound([]);
      const answer = await api.energyWindow({
        by,
        minutes: Number(minutes),
        watts: Number(watts),
        split,
        ...(deadline === "" ? {} : { to: new Date(deadline).toISOString() }),
      });
      setFound(answer);
      onFound(answer.parts);
    });
  const atOnce = useRef(find);
  useEffect(() => atOnce.current(), []);
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
        <div class="window-fields">
          <WholeNumber label={t("window.minutes")} value={minutes} least={1} onChange={setMinutes} />
          <WholeNumber label={t("window.watts")} value={watts} least={-100_000} onChange={setWatts} />
        </div>
        <Deadline value={deadline} onChange={setDeadline} />
        <label class="choice">
          <input type="checkbox" checked={split} onChange={(event) => setSplit(event.currentTarget.checked)} />
          <span class="choice-text">
            <span>{t("window.split")}</span>
            <span class="hint">{t("window.split.hint")}</span>
          </span>
        </label>
        <button type="submit" class="button primary" disabled={action.busy || !right}>
          {t("window.find")}
        </button>
      </form>
      <div class="window-found" role="status">
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        {found && <Found found={found} />}
      </div>
    </Card>
  );
}

const isWhole = (text: string, least: number): boolean => {
  const number = numberOf(text);
  return number !== undefined && Number.isInteger(number) && number >= least;
};

function WholeNumber(props: { label: string; value: string; least: number; onChange: (value: string) => void }) {
  const id = useId();
  const wrong = !isWhole(props.value, props.least);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        value={props.value}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-why` : undefined}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      {wrong && (
        <p id={`${id}-why`} class="form-problem small">
          {t("fields.number")}
        </p>
      )}
    </div>
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
        aria-describedby={`${id}-why`}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <p id={`${id}-why`} class="hint">
        {t("window.deadline.hint")}
      </p>
    </div>
  );
}

function Found({ found }: { found: EnergyWindow }) {
  const { by, rate, parts, kwh, total, mean, at_once, other, alike, now } = found;
  const amount = (value: number, of: By, unit: string) =>
    of === "price" ? formatMoney(value, unit) : formatGrams(value);
  const saved = at_once === null ? null : at_once - total;
  return (
    <>
      <ul class="window-parts">
        {parts.map((part) => (
          <li key={part.from}>
            <strong>{formatDaySpan(part)}</strong>
          </li>
        ))}
      </ul>
      {alike && <p class="hint">{t(`window.alike.${by}`)}</p>}
      {now && <Tag tone="ok">{t("window.now")}</Tag>}
      <dl class="figures plain window-figures">
        <Figure label={t(`window.total.${by}`)} value={amount(total, by, rate.unit)} />
        <Figure
          label={t("window.saved")}
          value={saved === null ? null : amount(saved, by, rate.unit)}
          why={t("window.saved.unknown")}
        />
        <Figure label={t("window.energy")} value={formatKwh(kwh)} unit="kWh" />
        {mean !== null && <Figure label={t("window.mean")} value={formatPrice(mean)} unit={rate.unit} />}
        {other && (
          <Figure
            label={t(`window.total.${by === "price" ? "carbon" : "price"}`)}
            value={amount(other.total, by === "price" ? "carbon" : "price", other.unit)}
          />
        )}
      </dl>
    </>
  );
}
