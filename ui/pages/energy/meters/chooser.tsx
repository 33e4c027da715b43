import { useMemo, useState } from "preact/hooks";
import type { EnergyMeters } from "../../../api-energy-types.ts";
import { ProblemNote } from "../../../parts/basics.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Fields } from "../../../parts/forms/fields.tsx";
import { useAction, useHub } from "../../../parts/hub.ts";
import { choiceOf, chosenOf, meterFields } from "../../../shape/energy/meters.ts";
import { type DraftOf, draftOf, emptyItem, settingsOf } from "../../../shape/forms/form.ts";
import { t } from "../../../text/text.ts";

/** Meters are chosen from those that were detected, each for what it counts. */
export function MeterChooser(props: { meters: EnergyMeters; onClose: () => void; onDone: () => void }) {
  const { meters, onClose, onDone } = props;
  const { api } = useHub();
  const action = useAction();
  // As it was when it was opened: what is looked up meanwhile must not change what somebody fills in.
  const fields = useMemo(() => meterFields(meters), []);
  const [draft, setDraft] = useState<DraftOf>(() => begun());
  return (
    <Dialog title={t("meters.chooser")} size="wide" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const choice = chosenOf(settingsOf(fields, draft));
          void action.run(() => api.chooseMeters(choice)).then((ok) => ok && onDone());
        }}
      >
        <p class="muted small">{t("meters.chooser.text")}</p>
        <Fields fields={fields} draft={draft} onChange={setDraft} />
        {action.problem !== null && <ProblemNote problem={action.problem} />}
        <div class="buttons dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {t("confirm.cancel")}
          </button>
          <button type="submit" class="button primary" disabled={action.busy}>
            {t("meters.save")}
          </button>
        </div>
      </form>
    </Dialog>
  );

  /** With a place for the grid, which every home has, and where it can be told which side goes in first. */
  function begun(): DraftOf {
    const chosen = choiceOf(meters);
    const grid = fields.find(({ name }) => name === "grid");
    const held = draftOf(fields, {
      ...chosen,
      instead_of_dashboard: meters.from === "dashboard" || chosen.instead_of_dashboard,
    });
    return grid && (chosen.grid ?? []).length === 0 ? { ...held, grid: [emptyItem(grid)] } : held;
  }
}
