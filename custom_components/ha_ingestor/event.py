"""Events: what happened at the hub."""

from typing import override

from homeassistant.components.event import EventEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HubCoordinator, IngestorConfigEntry
from .entity import HubEntity, async_add_offered
from .models import Entry

# The hub pushes; nothing is asked for.
PARALLEL_UPDATES = 0

ATTR_FIRING_ID = "firing_id"
ATTR_TIME = "time"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: IngestorConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events that the hub offers."""
    async_add_offered(entry, Platform.EVENT, async_add_entities, HubEvent)


class HubEvent(HubEntity, EventEntity):
    """One kind of event; each firing is told once, also across restarts."""

    def __init__(self, coordinator: HubCoordinator, offered: Entry) -> None:
        """Take over the types of events."""
        super().__init__(coordinator, offered)
        self._attr_event_types = list(offered.event_types)
        self._seen: int | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Go on behind the last firing that was told, or begin with what comes."""
        await super().async_added_to_hass()
        if (last := await self.async_get_last_event_data()) is not None:
            seen = (last.last_event_attributes or {}).get(ATTR_FIRING_ID)
            self._seen = seen if isinstance(seen, int) else None
        if self._seen is None:
            recent = self.offered.recent if self.offered else ()
            self._seen = max((firing.id for firing in recent), default=0)
        # Only once the entity itself is there: automations leave out what comes straight from unavailable.
        self.async_on_remove(self.hass.loop.call_soon(self._tell_new).cancel)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show that the hub is there, then tell what is new."""
        super()._handle_coordinator_update()
        self._tell_new()

    @callback
    def _tell_new(self) -> None:
        """Tell the firings behind the last one told, each as a state of its own."""
        for firing in self.offered.recent if self.offered else ():
            if firing.id <= (self._seen or 0):
                continue
            self._seen = firing.id
            if firing.event_type not in self.event_types:
                continue
            self._trigger_event(
                firing.event_type,
                {
                    **firing.attributes,
                    ATTR_FIRING_ID: firing.id,
                    ATTR_TIME: firing.time.isoformat(),
                },
            )
            self.async_write_ha_state()
