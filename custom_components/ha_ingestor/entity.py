"""What the entities of all platforms have in common."""

from collections.abc import Callable

from typing import override

from homeassistant.const import EntityCategory, Platform
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_APP, DOMAIN, NAME
from .coordinator import HubCoordinator, IngestorConfigEntry, unique_id
from .models import Entry


class HubEntity(CoordinatorEntity[HubCoordinator]):
    """Shows one entry of the hub's list."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: HubCoordinator, offered: Entry) -> None:
        """Take over what stays the same for as long as the entry is offered."""
        super().__init__(coordinator)
        hub = coordinator.data
        entry = coordinator.config_entry
        self._key = offered.key
        self._attr_unique_id = unique_id(hub, offered.key)
        self._attr_translation_key = offered.translation_key
        self._attr_translation_placeholders = dict(offered.placeholders)
        self._attr_entity_registry_enabled_default = offered.enabled
        if offered.diagnostic:
            self._attr_entity_category = EntityCategory.DIAGNOSTIC
        app = entry.data.get(CONF_APP)
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, hub.server_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=entry.title,
            manufacturer=NAME,
            sw_version=hub.version,
            configuration_url=(
                f"homeassistant://app/{app}" if app else str(coordinator.client.url)
            ),
        )

    @property
    def offered(self) -> Entry | None:
        """The entry as the hub told it last; None: it is offered no longer."""
        return self.coordinator.data.entries.get(self._key)

    @property
    @override
    def available(self) -> bool:
        """Whether the hub is connected and has a value."""
        offered = self.offered
        return super().available and offered is not None and offered.available


@callback
def async_add_offered(
    entry: IngestorConfigEntry,
    platform: Platform,
    add: AddConfigEntryEntitiesCallback,
    create: Callable[[HubCoordinator, Entry], Entity],
) -> None:
    """Add an entity for every entry of a platform, now and when the hub offers more."""
    coordinator = entry.runtime_data
    known: set[str] = set()

    @callback
    def add_new() -> None:
        offered = {
            one.key: one
            for one in coordinator.data.entries.values()
            if one.platform == platform
        }
        new = offered.keys() - known
        known.clear()
        known.update(offered)
        if new:
            add(create(coordinator, offered[key]) for key in offered if key in new)

    entry.async_on_unload(coordinator.async_add_listener(add_new))
    add_new()
