import { useState } from "preact/hooks";
import {
  type Recording,
  type Retention,
  WRITER_GROUPS,
  type Writer,
  type WriterGroup,
} from "../../api-storage-types.ts";
import { Card, Empty, Segmented, Select } from "../../parts/basics.tsx";
import { useMay } from "../../parts/forms/read-only.tsx";
import { useHub, useLoad } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { entityHash } from "../../router.ts";
import { formatShare } from "../../shape/explorer/numbers.ts";
import { formatBytes, formatCount, nameOf, readable } from "../../shape/format.ts";
import { plural, t } from "../../text/text.ts";
import { RuleDialog } from "./rule-dialog.tsx";
import { NotThere } from "./state.tsx";

const FEW = 10;
const MANY = 50;

/** Who fills the disk, the largest first, and what can be done about it. */
export function WritersCard(props: {
  round: number;
  retention: Retention | null;
  recording: Recording | null;
  onChange: () => void;
}) {
  const { round, retention, recording, onChange } = props;
  const { api, states } = useHub();
  const may = useMay();
  const [by, setBy] = useState<"bytes" | "readings">("bytes");
  const [group, setGroup] = useState<WriterGroup>("entity");
  const [limit, setLimit] = useState(FEW);
  const [open, setOpen] = useState<Writer | null>(null);
  const loaded = useLoad(`${by} ${group} ${limit} ${round}`, () => api.writers(by, group, limit));
  const top = loaded.data?.top ?? [];
  const nameOfWriter = ({ key, name, entity_id }: Writer) => {
    const state = entity_id === undefined ? undefined : states.byEntity(entity_id);
    return state
      ? nameOf(state)
      : (name ?? (key === "" ? t("writers.none_of_it") : group === "entity" ? key : readable(key)));
  };
  return (
    <Card class="flush">
      <div class="card-head writers-head">
        <h2>{t("writers.title")}</h2>
        <div class="buttons">
          <Segmented
            label={t("writers.by")}
            value={by}
            options={[
              { value: "bytes", label: t("writers.by.bytes") },
              { value: "readings", label: t("writers.by.readings") },
            ]}
            onChange={setBy}
          />
          <Select
            label={t("writers.group")}
            value={group}
            options={WRITER_GROUPS.map((value) => ({ value, label: t(`writers.group.${value}`) }))}
            onChange={(value) => setGroup(value as WriterGroup)}
          />
        </div>
      </div>
      <div class="card-pad">
        <NotThere loaded={loaded} />
      </div>
      {loaded.data && top.length === 0 && <Empty icon="storage" title={t("storage.none")} />}
      {top.length > 0 && (
        <table class="rows writers">
          <caption class="visually-hidden">{t("writers.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t(`writers.group.${group}`)}</th>
              <th scope="col" class="number wide">
                {t("writers.by.readings")}
              </th>
              <th scope="col" class="number">
                {t("writers.by.bytes")}
              </th>
              {may && (
                <th scope="col" class="number">
                  {t("writers.do")}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {top.map((writer) => (
              <tr key={writer.key}>
                <th scope="row">
                  {writer.entity_id ? (
                    <a class="writer-name" href={entityHash(writer.entity_id)}>
                      {nameOfWriter(writer)}
                    </a>
                  ) : (
                    <span>{nameOfWriter(writer)}</span>
                  )}
                  <span class="muted small writer-id">
                    {writer.entity_id ?? plural("gaps.entities", writer.entities)}
                  </span>
                  <svg class="share" aria-hidden="true">
                    <rect class="meter-used" width={`${Math.max(0.5, writer.share * 100)}%`} height="100%" rx="2" />
                  </svg>
                </th>
                <td class="number wide">{formatCount(writer.readings)}</td>
                <td class="number">
                  {formatBytes(writer.bytes)} <span class="muted small writer-share">{formatShare(writer.share)}</span>
                </td>
                {may && (
                  <td class="number">
                    {selectable(group, writer) && (
                      <button
                        type="button"
                        class="icon-button at-end"
                        aria-label={t("writers.change", { name: nameOfWriter(writer) })}
                        title={t("writers.change", { name: nameOfWriter(writer) })}
                        onClick={() => setOpen(writer)}
                      >
                        <Icon name="setup" />
                      </button>
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {top.length >= FEW && (
        <div class="card-foot">
          <button type="button" class="button" onClick={() => setLimit(limit === FEW ? MANY : FEW)}>
            {limit === FEW ? t("writers.more") : t("fewer")}
          </button>
        </div>
      )}
      {open && (
        <RuleDialog
          name={nameOfWriter(open)}
          select={{ kind: group === "entity" ? "entity" : (group as "domain"), value: open.entity_id ?? open.key }}
          retention={retention}
          recording={recording}
          onClose={() => setOpen(null)}
          onDone={() => {
            setOpen(null);
            onChange();
          }}
        />
      )}
    </Card>
  );
}

/** Rules select entities, domains, integrations and classes; a device or an area has its entities. */
const selectable = (group: WriterGroup, { key }: Writer): boolean =>
  key !== "" && ["entity", "domain", "integration", "device_class"].includes(group);
