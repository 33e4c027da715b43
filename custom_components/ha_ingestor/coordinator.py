"""Keeps what the hub publishes, as the hub pushes it."""

import asyncio
import random
import time
from typing import override

from awesomeversion import AwesomeVersion, AwesomeVersionException

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.loader import async_get_integration

from .client import HubClient, HubStream
from .const import (
    API_VERSION,
    CONF_APP,
    DOMAIN,
    ISSUE_HUB_OUTDATED,
    ISSUE_INTEGRATION_OUTDATED,
    LOGGER,
)
from .errors import AnotherHub, HubError, InvalidAuth, Mismatch
from .issues import async_raise_mismatch, async_update_issues
from .models import Hub

type IngestorConfigEntry = ConfigEntry[HubCoordinator]

FIRST_WAIT_S = 1
LONGEST_WAIT_S = 60
# A wrong token is not tried more often than this, or the hub makes everyone at this address wait.
WAIT_AFTER_REFUSAL_S = 300
WAIT_FOR_APP_S = 60
# A stream that held this long was a good one: the next wait is short again.
STEADY_S = 30


class HubCoordinator(DataUpdateCoordinator[Hub]):
    """One stream to one hub; the hub pushes, nothing is polled."""

    config_entry: IngestorConfigEntry

    def __init__(self, hass: HomeAssistant, entry: IngestorConfigEntry) -> None:
        """Prepare; nothing is connected yet."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=None,
        )
        self.client = HubClient(
            async_get_clientsession(hass),
            entry.data[CONF_HOST],
            entry.data[CONF_PORT],
            entry.data[CONF_TOKEN],
        )
        self._stream: HubStream | None = None
        self._following = False
        # Whether the user was asked for another token since the stream worked last.
        self._asked = False

    @override
    async def _async_update_data(self) -> Hub:
        """Connect at setup. Later on the stream alone brings data, whoever asks for more."""
        if self._following:
            if self.last_update_success:
                return self.data
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="cannot_connect"
            )
        try:
            self._stream, hub = await self._open()
        except InvalidAuth as err:
            if CONF_APP in self.config_entry.data:
                # Only the app knows its token: it announces itself again, and Core then sets this up anew.
                raise UpdateFailed(
                    translation_domain=DOMAIN, translation_key="waiting_for_app"
                ) from err
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key="invalid_auth"
            ) from err
        except Mismatch as err:
            async_raise_mismatch(self.hass, self.config_entry, err)
            # An updated hub needs no restart of Home Assistant, so it is asked again; the integration does.
            again = err.issue == ISSUE_HUB_OUTDATED
            raise (UpdateFailed if again else ConfigEntryError)(
                translation_domain=DOMAIN,
                translation_key=err.issue,
                translation_placeholders=err.placeholders,
            ) from err
        except AnotherHub as err:
            raise ConfigEntryError(
                translation_domain=DOMAIN, translation_key="another_hub"
            ) from err
        except HubError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="cannot_connect"
            ) from err
        return hub

    @callback
    def async_follow(self) -> None:
        """Go on with the stream that the setup opened, until the entry is unloaded."""
        self._following = True
        self.config_entry.async_create_background_task(
            self.hass, self._follow(), f"{DOMAIN} stream"
        )

    async def _follow(self) -> None:
        """Listen; after every loss try again, ever more slowly."""
        wait: float = FIRST_WAIT_S
        while True:
            began = time.monotonic()
            pause = wait
            try:
                if self._stream is None:
                    self._stream, hub = await self._open()
                    self._asked = False
                    self._reconnected(hub)
                await self._listen(self._stream)
            except InvalidAuth as err:
                pause = self._refused(err)
            except Mismatch, AnotherHub:
                # The setup explains it to the user.
                self.hass.config_entries.async_schedule_reload(
                    self.config_entry.entry_id
                )
                return
            except HubError as err:
                self.async_set_update_error(err)
            finally:
                if self._stream is not None:
                    await self._stream.close()
                    self._stream = None
            if time.monotonic() - began >= STEADY_S:
                wait = pause = FIRST_WAIT_S
            wait = min(wait * 2, LONGEST_WAIT_S)
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Wait about so long: hubs' clients that lost it together must not come back together."""
        await asyncio.sleep(seconds * random.uniform(0.75, 1.25))

    async def _open(self) -> tuple[HubStream, Hub]:
        """Open a stream to the right hub, or say why not."""
        stream = await self.client.open_stream()
        try:
            hub = await stream.start()
            await self._check(hub)
        except BaseException:
            await stream.close()
            raise
        return stream, hub

    async def _check(self, hub: Hub) -> None:
        """Make sure that it is the hub that was set up, and that both fit together."""
        if hub.server_id != self.config_entry.unique_id:
            raise AnotherHub
        integration = await async_get_integration(self.hass, DOMAIN)
        check_versions(hub, integration.version)
        await async_update_issues(self.hass, self.config_entry, integration.version)

    async def _listen(self, stream: HubStream) -> None:
        """Take over what comes until the stream ends in an error."""
        async for frame in stream:
            match frame.get("type"):
                case "published" if frame.get("complete"):
                    self._take_over(Hub.from_json(frame))
                case "published":
                    self.async_set_updated_data(self.data.with_changed(frame))
                case "firings":
                    self.async_set_updated_data(self.data.with_firings(frame))
                case "lost":
                    # Some of the changes were dropped on the way: only the whole list is true again.
                    await stream.subscribe()

    @callback
    def _take_over(self, hub: Hub) -> None:
        """Replace everything, and forget entities that the hub no longer offers."""
        self.async_set_updated_data(hub)
        self.async_remove_stale()

    @callback
    def _reconnected(self, hub: Hub) -> None:
        LOGGER.info("Connected to %s again", self.name)
        if hub.version != self.data.version:
            # The device shows the version, and an update may offer other things.
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        self._take_over(hub)

    @callback
    def _refused(self, err: InvalidAuth) -> float:
        """Ask the user once, or wait for the app; say how long to wait."""
        if CONF_APP in self.config_entry.data:
            self.async_set_update_error(err)
            return WAIT_FOR_APP_S
        if not self._asked:
            self._asked = True
            self.config_entry.async_start_reauth(self.hass)
        self.async_set_update_error(err)
        return WAIT_AFTER_REFUSAL_S

    @callback
    def async_remove_stale(self) -> None:
        """Remove from the registry what the hub no longer offers."""
        registry = er.async_get(self.hass)
        offered = {
            unique_id(self.data, entry.key) for entry in self.data.entries.values()
        }
        for entity in er.async_entries_for_config_entry(
            registry, self.config_entry.entry_id
        ):
            if entity.unique_id not in offered:
                registry.async_remove(entity.entity_id)


def unique_id(hub: Hub, key: str) -> str:
    """Name an entity for good: by the hub's own id and the entry's key, never by names or addresses."""
    return f"{hub.server_id}_{key}"


def check_versions(hub: Hub, version: AwesomeVersion | None) -> None:
    """Raise a mismatch where hub and integration cannot work together."""
    own = str(version or "?")
    placeholders = {"hub": hub.version, "integration": own}
    if hub.api_max < API_VERSION:
        raise Mismatch(ISSUE_HUB_OUTDATED, placeholders)
    if hub.api_min > API_VERSION:
        raise Mismatch(ISSUE_INTEGRATION_OUTDATED, placeholders)
    try:
        outdated = version is None or version < AwesomeVersion(hub.integration_min)
    except AwesomeVersionException:
        outdated = True
    if outdated:
        raise Mismatch(ISSUE_INTEGRATION_OUTDATED, placeholders)
