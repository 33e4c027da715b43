"""Expands the iCalendar files that are named as recurring-ical-events does: {file: [[start, end, title], …]}."""

import json
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

HOME = ZoneInfo(sys.argv[1])
FROM, TO = (datetime.fromisoformat(text) for text in sys.argv[2:4])


def told(value):
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=HOME)
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(file):
    with open(file, encoding="utf-8") as opened:
        text = opened.read().strip()
    if "BEGIN:VCALENDAR" not in text:
        text = f"BEGIN:VCALENDAR\n{text}\nEND:VCALENDAR\n"
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text), skip_bad_series=True).between(FROM, TO)
    return sorted([told(event.start), told(event.end), str(event.get("SUMMARY", "")).strip()] for event in events)


json.dump({file: read(file) for file in sys.argv[4:]}, sys.stdout)
