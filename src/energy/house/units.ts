/** Home Assistant's units of power and energy. One that is not here is not summed up with others. */
const WATTS: Readonly<Record<string, number>> = {
  mW: 1e-3,
  W: 1,
  kW: 1e3,
  MW: 1e6,
  GW: 1e9,
  TW: 1e12,
  "BTU/h": 0.29307107,
};

const JOULES_PER_KWH = 3.6e6;
const KWH: Readonly<Record<string, number>> = {
  mWh: 1e-6,
  Wh: 1e-3,
  kWh: 1,
  MWh: 1e3,
  GWh: 1e6,
  TWh: 1e9,
  J: 1 / JOULES_PER_KWH,
  kJ: 1e3 / JOULES_PER_KWH,
  MJ: 1e6 / JOULES_PER_KWH,
  GJ: 1e9 / JOULES_PER_KWH,
  cal: 4.184 / JOULES_PER_KWH,
  kcal: 4.184e3 / JOULES_PER_KWH,
  Mcal: 4.184e6 / JOULES_PER_KWH,
  Gcal: 4.184e9 / JOULES_PER_KWH,
};

/** What one of the unit is in watts; undefined: it is no unit of power. */
export const wattsPer = (unit: unknown): number | undefined => (typeof unit === "string" ? WATTS[unit] : undefined);

/** What one of the unit is in kWh; undefined: it is no unit of energy. */
export const kwhPer = (unit: unknown): number | undefined => (typeof unit === "string" ? KWH[unit] : undefined);
