"""Sensors: the figures of the hub."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.components.sensor.const import UNIT_CONVERTERS
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import HubCoordinator, IngestorConfigEntry
from .entity import HubEntity, async_add_offered
from .models import Entry

# The hub pushes; nothing is asked for.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: IngestorConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors that the hub offers."""
    async_add_offered(entry, Platform.SENSOR, async_add_entities, HubSensor)


class HubSensor(HubEntity, SensorEntity):
    """One figure of the hub."""

    _unrecorded_attributes = frozenset({MATCH_ALL})

    def __init__(self, coordinator: HubCoordinator, offered: Entry) -> None:
        """Take over its unit and classes, as far as this Home Assistant knows them."""
        super().__init__(coordinator, offered)
        if offered.device_class in set(SensorDeviceClass):
            self._attr_device_class = SensorDeviceClass(offered.device_class)
        if offered.state_class in set(SensorStateClass):
            self._attr_state_class = SensorStateClass(offered.state_class)
        self._attr_native_unit_of_measurement = offered.unit
        self._attr_suggested_display_precision = offered.precision
        converter = UNIT_CONVERTERS.get(self._attr_device_class)
        if converter and offered.suggested_unit in converter.VALID_UNITS:
            self._attr_suggested_unit_of_measurement = offered.suggested_unit

    _attr_device_class: SensorDeviceClass | None = None

    @property
    @override
    def native_value(self) -> str | int | float | datetime | None:
        """The figure as the hub gave it."""
        value = self.offered.value if self.offered else None
        if self._attr_device_class is SensorDeviceClass.TIMESTAMP:
            return dt_util.parse_datetime(str(value)) if value is not None else None
        return value

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """What the hub adds to it."""
        return dict(self.offered.attributes) if self.offered else None
