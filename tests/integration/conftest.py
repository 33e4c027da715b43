"""What all tests of the integration share."""

# Must come before anything of Home Assistant: its test package has a custom_components of its own.
import custom_components.ha_ingestor  # noqa: F401

from collections.abc import AsyncGenerator, Callable, Generator
from unittest.mock import patch

from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ha_ingestor.const import CONF_APP, DOMAIN, NAME

from .hub import SERVER_ID, TOKEN, HubServer


@pytest.fixture(autouse=True)
def _custom_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration."""


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest) -> Generator[None]:
    """Keep the waits between two tries short; what is proven is their order and number."""
    module = "custom_components.ha_ingestor.coordinator"
    with (
        patch(f"{module}.FIRST_WAIT_S", 0.01),
        patch(f"{module}.LONGEST_WAIT_S", 0.02),
        patch(f"{module}.WAIT_AFTER_REFUSAL_S", 0.05),
        patch(f"{module}.WAIT_FOR_APP_S", 0.05),
    ):
        yield


@pytest.fixture
async def hub(socket_enabled: None) -> AsyncGenerator[HubServer]:
    """A server on this machine that speaks as the hub does."""
    server = HubServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def make_entry(hass: HomeAssistant, hub: HubServer) -> Callable[..., MockConfigEntry]:
    """Make a config entry that leads to the hub."""

    def make(*, app: str | None = None, **data: object) -> MockConfigEntry:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=NAME,
            unique_id=SERVER_ID,
            source="hassio" if app else "user",
            data={
                CONF_HOST: hub.host,
                CONF_PORT: hub.port,
                CONF_TOKEN: TOKEN,
                **({CONF_APP: app} if app else {}),
                **data,
            },
        )
        entry.add_to_hass(hass)
        return entry

    return make


@pytest.fixture
async def loaded(
    hass: HomeAssistant, make_entry: Callable[..., MockConfigEntry]
) -> MockConfigEntry:
    """A config entry that is set up."""
    entry = make_entry()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry
