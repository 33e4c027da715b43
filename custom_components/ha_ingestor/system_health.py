"""System health: whether the hub answers, and in which version."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration

from .const import DOMAIN
from .coordinator import IngestorConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the facts."""
    register.async_register_info(async_facts)


async def async_facts(hass: HomeAssistant) -> dict[str, Any]:
    """Answer for the first hub that is set up."""
    integration = await async_get_integration(hass, DOMAIN)
    facts: dict[str, Any] = {"integration_version": str(integration.version)}
    entries: list[IngestorConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        return facts
    coordinator = entries[0].runtime_data
    health = coordinator.client.url.with_path("/health")
    return {
        **facts,
        "hub_version": coordinator.data.version,
        "stream_connected": coordinator.last_update_success,
        "hub_reachable": system_health.async_check_can_reach_url(hass, str(health)),
    }
