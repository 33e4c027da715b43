"""A witness inside Core: every state change on its bus, also those that no client can see while Core stops or starts.

On when the environment has INGESTOR_LOAD_JOURNAL=1; one JSON line per `state_changed` event in `<config>/journal.ndjson`.
"""

from datetime import timedelta
import os
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE, EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.json import json_bytes

FLUSH_EVERY = timedelta(seconds=1)


def start_journal(hass: HomeAssistant) -> None:
    """Where the environment asks for it."""
    if os.environ.get("INGESTOR_LOAD_JOURNAL") != "1":
        return
    path = Path(hass.config.path("journal.ndjson"))
    kept: list[Event] = []

    @callback
    def keep(event: Event) -> None:
        kept.append(event)

    def write(events: list[Event]) -> None:
        with path.open("ab") as file:
            for event in events:
                file.write(json_bytes(event) + b"\n")

    async def flush(_now) -> None:
        events = kept.copy()
        kept.clear()
        await hass.async_add_executor_job(write, events)

    @callback
    def close(_event: Event) -> None:
        write(kept)  # the last thing that Core does: nothing is held up any more
        kept.clear()

    hass.bus.async_listen(EVENT_STATE_CHANGED, keep)
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    async_track_time_interval(hass, flush, FLUSH_EVERY)
