"""Sensors made on demand: they are in the entity registry, may have a device, and come back after a restart."""

from typing import Any

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo

from .const import DOMAIN
from .mix import Write

ENTITIES = "entities"


class LoadSensor(SensorEntity):
    """Shows what it was last told."""

    _attr_should_poll = False

    def __init__(self, described: dict[str, Any]) -> None:
        """`described` is an item of the `add_entities` action."""
        self._attr_unique_id = described["unique_id"]
        self._attr_name = described.get("name") or described["unique_id"]
        self._attr_native_value = "0"
        self._attr_extra_state_attributes = {}
        if described.get("object_id"):
            self.entity_id = f"sensor.{described['object_id']}"
        if device := described.get("device"):
            self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device)}, name=device, manufacturer="Tests")

    def put(self, write: Write, context: Context) -> None:
        """Show this; Core names the state by the entity id of the moment."""
        self._attr_native_value = write.state
        self._attr_extra_state_attributes = {
            name: value for name, value in write.attributes.items() if name not in ("friendly_name", "unit_of_measurement")
        }
        self._attr_force_update = write.force
        self.async_set_context(context)
        self.async_write_ha_state()


class Sensors:
    """The sensors of the config entry, by unique id."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, add_entities) -> None:
        """Keep what is needed."""
        self._hass = hass
        self._entry = entry
        self._add_entities = add_entities
        self.by_unique_id: dict[str, LoadSensor] = {}

    async def add(self, described: list[dict[str, Any]]) -> dict[str, str]:
        """Make those that are not there yet, for this boot and the next ones; the answer is their entity ids."""
        kept: dict[str, Any] = dict(self._entry.options.get(ENTITIES, {}))
        kept |= {item["unique_id"]: item for item in described}
        self._hass.config_entries.async_update_entry(self._entry, options={ENTITIES: kept})
        self._make([item for item in described if item["unique_id"] not in self.by_unique_id])
        await self._hass.async_block_till_done()
        return {item["unique_id"]: self.by_unique_id[item["unique_id"]].entity_id for item in described}

    def restore(self) -> None:
        """Make again what earlier boots had."""
        self._make(list(self._entry.options.get(ENTITIES, {}).values()))

    def _make(self, described: list[dict[str, Any]]) -> None:
        fresh = [LoadSensor(item) for item in described]
        for sensor in fresh:
            self.by_unique_id[sensor.unique_id] = sensor
        self._add_entities(fresh)


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry, async_add_entities) -> None:
    """Called by Core for the platform."""
    entry.runtime_data = Sensors(hass, entry, async_add_entities)
    entry.runtime_data.restore()
