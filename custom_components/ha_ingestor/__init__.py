"""HA Ingestor: shows the hub in Home Assistant."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .coordinator import HubCoordinator, IngestorConfigEntry
from .issues import async_clear_issues

PLATFORMS = [Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR]


async def async_setup_entry(hass: HomeAssistant, entry: IngestorConfigEntry) -> bool:
    """Connect to the hub and show what it offers."""
    coordinator = HubCoordinator(hass, entry)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    coordinator.async_follow()
    coordinator.async_remove_stale()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: IngestorConfigEntry) -> bool:
    """Remove the entities; the stream ends with the entry's background tasks."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: IngestorConfigEntry) -> None:
    """Take back what was asked of the user on behalf of this hub."""
    async_clear_issues(hass, entry)
