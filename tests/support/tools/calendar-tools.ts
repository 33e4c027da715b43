import { type PythonTools, pythonTools } from "./python-tools.ts";

/** Others that read calendars and count recurrences, and a CalDAV server. */
const PINS = [
  "python-dateutil==2.9.0.post0",
  "icalendar==7.3.2",
  "recurring-ical-events==3.8.2",
  "radicale==3.9.0",
  "tzdata==2026.6",
];

export const calendarTools = (): Promise<PythonTools | string> =>
  pythonTools("calendar-tools", PINS, "other implementations of calendars");
