"""Binary sensors: whether all is well with the hub."""

from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

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
    """Add the binary sensors that the hub offers."""
    async_add_offered(
        entry, Platform.BINARY_SENSOR, async_add_entities, HubBinarySensor
    )


class HubBinarySensor(HubEntity, BinarySensorEntity):
    """One yes or no of the hub."""

    _unrecorded_attributes = frozenset({MATCH_ALL})

    def __init__(self, coordinator: HubCoordinator, offered: Entry) -> None:
        """Take over its class, as far as this Home Assistant knows it."""
        super().__init__(coordinator, offered)
        if offered.device_class in set(BinarySensorDeviceClass):
            self._attr_device_class = BinarySensorDeviceClass(offered.device_class)

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so."""
        value = self.offered.value if self.offered else None
        return value if isinstance(value, bool) else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """What the hub adds to it."""
        return dict(self.offered.attributes) if self.offered else None
