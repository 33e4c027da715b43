"""Diagnostics: what a maintainer needs to see, without secrets."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .coordinator import IngestorConfigEntry

TO_REDACT = {CONF_TOKEN, CONF_HOST}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: IngestorConfigEntry
) -> dict[str, Any]:
    """Answer with the entry and what the hub said last."""
    coordinator = entry.runtime_data
    return {
        "entry": {
            "source": entry.source,
            "data": async_redact_data(dict(entry.data), TO_REDACT),
        },
        "connected": coordinator.last_update_success,
        "hub": asdict(coordinator.data),
    }
