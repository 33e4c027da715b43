import type { GoodAnswer } from "./good-answers.ts";
import { transmission } from "./meter-mutations.ts";

type Meter = Omit<GoodAnswer, "settings"> & { readonly settings: object };

/** Times of it are those of the test, so that one that is missing is the same. */
export const TELEGRAM: Meter = {
  now: "2026-11-26T12:00:00Z",
  settings: { address: "http://192.168.1.20/api/v1/telegram", phases: true },
  place: { timeZone: "Europe/Amsterdam" },
  texts: {
    answer: `/XMX5LGBBFG1000000000\r
\r
1-3:0.2.8(50)\r
0-0:1.0.0(261126130000W)\r
0-0:96.1.1(0000000000000000000000000000000000)\r
1-0:1.8.1(000100.250*kWh)\r
1-0:1.8.2(000200.500*kWh)\r
1-0:2.8.1(000010.000*kWh)\r
1-0:2.8.2(000020.125*kWh)\r
1-0:1.7.0(00.250*kW)\r
1-0:2.7.0(01.500*kW)\r
1-0:32.7.0(231.1*V)\r
1-0:31.7.0(005*A)\r
1-0:21.7.0(00.250*kW)\r
1-0:22.7.0(01.500*kW)\r
0-1:24.1.0(003)\r
0-1:24.2.1(261126130000W)(00123.456*m3)\r
!FFFF\r
`,
  },
  nameOf: () => "answer",
};

const entry = (code: string, unit: number, value: string) => `7707${code}010162${unit.toString(16)}5200${value}01`;
/** One SML_GetList.Res of whole Wh, W and V: without a scaler they are the same. */
const MESSAGE = [
  "7605000000016200620072630701",
  "7701 0b0a01454d480000000001 0701 00620affff 72620165004d1fa8",
  "74",
  entry("0100010800ff", 30, "650012d687"),
  entry("0100020800ff", 30, "6300ff"),
  entry("0100100700ff", 27, "53fe0c"),
  entry("0100200700ff", 35, "62e7"),
  "0101",
  "63000000",
].join("");

export const SML: Meter = {
  now: "2026-11-26T12:00:00Z",
  settings: { address: "http://192.168.1.21/sml", phases: true },
  texts: { answer: transmission(Buffer.from(MESSAGE.replace(/\s/g, ""), "hex")) },
  encoding: "latin1",
  nameOf: () => "answer",
};

const interval = (start: number, value: number) =>
  `<IntervalReading><ReadingQuality><quality>17</quality></ReadingQuality><timePeriod><duration>3600</duration><start>${start}</start></timePeriod><value>${value}</value></IntervalReading>`;
export const GREEN_BUTTON = `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Readings</title><entry><link rel="self" href="UsagePoint/1"/><content><UsagePoint><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint></content></entry><entry><link rel="self" href="ReadingType/1"/><content><ReadingType><accumulationBehaviour>4</accumulationBehaviour><commodity>1</commodity><flowDirection>1</flowDirection><powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType></content></entry><entry><link rel="self" href="UsagePoint/1/MeterReading/1"/><link rel="related" href="ReadingType/1"/><content><MeterReading/></content></entry><entry><link rel="self" href="UsagePoint/1/MeterReading/1/IntervalBlock/1"/><content><IntervalBlock>${[0, 1, 2, 3].map((hour) => interval(1_795_600_800 + hour * 3_600, 100 * (hour + 1))).join("")}</IntervalBlock></content></entry></feed>`;

export const METER_TABLE = `von;bis;Wert;Einheit;Art
25.11.2026 00:00;25.11.2026 00:15;0,125;kWh;VAL
25.11.2026 00:15;25.11.2026 00:30;0,25;kWh;EST
25.11.2026 00:30;25.11.2026 00:45;0;kWh;VAL
25.11.2026 00:45;25.11.2026 01:00;1,5;kWh;VAL
`;
