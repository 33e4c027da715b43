import { useId, useState } from "preact/hooks";
import type { EnergyProfile, ProfilePart } from "../../../api-energy-types.ts";
import { Card, Empty, Figure, ProblemNote, Select, Skeleton } from "../../../parts/basics.tsx";
import { useEvery, useHub, useLoad } from "../../../parts/hub.ts";
import { formatKwh, formatPower } from "../../../shape/energy/energy.ts";
import { drawnProfile, endOf, extremesOf } from "../../../shape/energy/profile.ts";
import { plural, t } from "../../../text/text.ts";
import { DayBox } from "../day-box.tsx";
import { NotKnown } from "../now.tsx";
import { ProfileTable } from "./profile-table.tsx";

/** It is of whole days: what is new comes once a day. */
const LOOK_EVERY_MS = 3_600_000;
const DAYS = [
  ...(["all", "workdays", "weekend"] as const),
  ...(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const),
];
const PARTS = ["house", "imported", "exported", "solar"] as const;
type PartName = (typeof PARTS)[number];

/** How much is taken at each hour of a usual day, and how far single days are from that. */
export function ProfileCard() {
  const { api } = useHub();
  const [days, setDays] = useState<string>("all");
  const [chosen, setChosen] = useState<PartName>("house");
  const { data, problem, loading, reload } = useLoad(`profile ${days}`, () => api.energyProfile({ days }));
  useEvery(LOOK_EVERY_MS, reload);
  // Of what there is no meter there is nothing to choose; of the house it is told why.
  const offered = PARTS.filter((part) => part === "house" || (data && data[part].by !== null));
  const part = offered.includes(chosen) ? chosen : "house";
  return (
    <Card title={t("profile.title")} note={data && plural("profile.note", data.days_in_window)}>
      <div class="stack">
        <p class="muted small">{t("profile.text")}</p>
        <div class="window-fields">
          <Select
            label={t("profile.part")}
            value={part}
            options={offered.map((value) => ({ value, label: t(`profile.part.${value}`) }))}
            onChange={(value) => setChosen(PARTS.find((one) => one === value) ?? "house")}
          />
          <Select
            label={t("profile.days")}
            value={days}
            options={DAYS.map((value) => ({ value, label: t(`profile.days.${value}`) }))}
            onChange={setDays}
          />
        </div>
        {problem !== null && <ProblemNote problem={problem} onRetry={reload} />}
        {data === null && problem === null && <Skeleton lines={7} />}
        {data && problem === null && (
          <div class="stack" aria-busy={loading}>
            <Told profile={data} name={part} part={data[part]} />
          </div>
        )}
      </div>
    </Card>
  );
}

function Told({ profile, name, part }: { profile: EnergyProfile; name: PartName; part: ProfilePart }) {
  const [asTable, setAsTable] = useState(false);
  const extremes = extremesOf(part.slots);
  if (part.why && !extremes) return <NotKnown what={t(`profile.part.${name}`)} why={part.why} fix={part.fix} />;
  if (!extremes)
    return (
      <Empty icon="starting" title={t("profile.none")}>
        {t("profile.none.text")}
      </Empty>
    );
  const minutes = profile.slot_minutes;
  const spanOf = (at: string) => t("profile.span", { from: at, to: endOf(at, minutes) });
  return (
    <>
      <Drawing profile={profile} name={name} part={part} />
      <dl class="figures plain window-figures">
        <Figure
          label={t("profile.per_day")}
          value={part.kwh_per_day === null ? null : formatKwh(part.kwh_per_day)}
          unit="kWh"
          why={t("profile.per_day.unknown")}
        />
        <Figure
          label={t("profile.busiest", { time: spanOf(extremes.busiest.at) })}
          value={formatPower(extremes.busiest.mean ?? 0)}
        />
        <Figure
          label={t("profile.quietest", { time: spanOf(extremes.quietest.at) })}
          value={formatPower(extremes.quietest.mean ?? 0)}
        />
      </dl>
      {part.why && (
        <p class="hint">
          {part.why}. {part.fix}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="button" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t("storage.hide_table") : t("storage.show_table")}
        </button>
      </div>
      {asTable && <ProfileTable slots={part.slots} spanOf={spanOf} />}
    </>
  );
}

function Drawing({ profile, name, part }: { profile: EnergyProfile; name: PartName; part: ProfilePart }) {
  const { slots, mean, unknown, least, most, zero } = drawnProfile(part.slots, profile.slot_minutes);
  const caption = useId();
  return (
    <figure class="plan" aria-labelledby={caption}>
      <figcaption id={caption} class="muted small">
        {t("profile.caption", { zone: profile.time_zone })}
        {part.known < 0.995 && ` ${t("profile.known", { share: `${Math.floor(part.known * 100)} %` })}`}
      </figcaption>
      <DayBox
        label={t("profile.label", { what: t(`profile.part.${name}`) })}
        most={formatPower(most)}
        least={formatPower(least)}
        zero={zero}
        zeroText={formatPower(0)}
        hours={["00:00", "06:00", "12:00", "18:00", "24:00"]}
      >
        {unknown.map(({ x, width, from, to }) => (
          <rect key={from} class="day-unknown" x={x} y="0" width={width} height="100">
            <title>{t("profile.unknown.of", { from, to })}</title>
          </rect>
        ))}
        {slots.map(({ slot, x, width, y, height }) => (
          <rect key={slot.at} class="profile-range" x={x} y={y} width={width} height={height} />
        ))}
        <path class="profile-mean" d={mean} vector-effect="non-scaling-stroke" />
        {slots.map(({ slot, x, width }) => (
          <rect key={slot.at} class="profile-touch" x={x} y="0" width={width} height="100">
            <title>
              {t("profile.slot", {
                from: slot.at,
                to: endOf(slot.at, profile.slot_minutes),
                mean: formatPower(slot.mean ?? 0),
                least: formatPower(slot.least ?? slot.mean ?? 0),
                most: formatPower(slot.most ?? slot.mean ?? 0),
              })}
            </title>
          </rect>
        ))}
      </DayBox>
      <ul class="legend">
        <li>
          <span class="swatch profile-mean" />
          {t("profile.mean")}
        </li>
        <li>
          <span class="swatch profile-range" />
          {t("profile.range")}
        </li>
        {unknown.length > 0 && (
          <li>
            <span class="swatch day-unknown" />
            {t("profile.unknown")}
          </li>
        )}
      </ul>
    </figure>
  );
}
