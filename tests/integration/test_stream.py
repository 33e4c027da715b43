"""One stream to the hub: setting up, losing it, finding it again, and giving up politely."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.entity_component import async_update_entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ha_ingestor.const import DOMAIN
from custom_components.ha_ingestor.coordinator import HubCoordinator

from .hub import TOKEN, HubServer, firing, until

CLIENT = "custom_components.ha_ingestor.client"
SIZE = "sensor.ha_ingestor_store_size"


def size(hass: HomeAssistant) -> str:
    """The state of one sensor."""
    state = hass.states.get(SIZE)
    assert state
    return state.state


async def test_one_request_sets_up_and_unloading_ends_the_stream(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """Nothing is polled, and nothing stays behind."""
    assert loaded.state is ConfigEntryState.LOADED
    assert hub.requests == ["/api/v1/live"]
    assert hub.frames == [{"type": "subscribe", "topics": ["published"]}]
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await until(lambda: hub.streams == 0)
    assert hub.requests == ["/api/v1/live"]


@pytest.mark.parametrize(
    ("wrong", "state", "reason"),
    [
        ({"status": 500}, ConfigEntryState.SETUP_RETRY, "cannot_connect"),
        ({"status": 429}, ConfigEntryState.SETUP_RETRY, "cannot_connect"),
        ({"status": 404}, ConfigEntryState.SETUP_RETRY, "cannot_connect"),
        ({"status": 200}, ConfigEntryState.SETUP_RETRY, "cannot_connect"),
        ({"schema": None}, ConfigEntryState.SETUP_RETRY, "cannot_connect"),
        (
            {"answer_to_subscribe": {"type": "changes"}},
            ConfigEntryState.SETUP_RETRY,
            "cannot_connect",
        ),
        (
            {"answer_to_subscribe": "no json"},
            ConfigEntryState.SETUP_RETRY,
            "cannot_connect",
        ),
        (
            {"answer_to_subscribe": "[]"},
            ConfigEntryState.SETUP_RETRY,
            "cannot_connect",
        ),
        (
            {"answer_to_subscribe": {"type": "error", "code": "not_ready"}},
            ConfigEntryState.SETUP_RETRY,
            "cannot_connect",
        ),
        ({"server_id": "f" * 32}, ConfigEntryState.SETUP_ERROR, "another_hub"),
    ],
)
async def test_what_keeps_it_from_setting_up(
    hass: HomeAssistant,
    hub: HubServer,
    make_entry: Callable[..., MockConfigEntry],
    wrong: dict[str, Any],
    state: ConfigEntryState,
    reason: str,
) -> None:
    """The entry says why, in words that are translated, and no stream is left open."""
    for name, value in wrong.items():
        setattr(hub, name, value)
    entry = make_entry()
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    assert entry.error_reason_translation_key == reason
    await until(lambda: hub.streams == 0)


async def test_a_hub_that_says_nothing_is_not_waited_for(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """An open socket is no answer."""
    hub.deaf = True
    entry = make_entry()
    with patch(f"{CLIENT}.ANSWER_WITHIN_S", 0.05):
        await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY


@pytest.mark.parametrize(
    ("wrong", "issue", "state"),
    [
        (
            {"schema": {"min": 2, "max": 3}},
            "integration_outdated",
            ConfigEntryState.SETUP_ERROR,
        ),
        (
            {"schema": {"min": 0, "max": 0}},
            "hub_outdated",
            ConfigEntryState.SETUP_RETRY,
        ),
        (
            {"api": {"min": 2, "max": 3}},
            "integration_outdated",
            ConfigEntryState.SETUP_ERROR,
        ),
        ({"api": {"min": 0, "max": 0}}, "hub_outdated", ConfigEntryState.SETUP_RETRY),
        (
            {"integration_min": "0.2.0"},
            "integration_outdated",
            ConfigEntryState.SETUP_ERROR,
        ),
        (
            {"answer_to_subscribe": {"type": "error", "code": "invalid_request"}},
            "hub_outdated",
            ConfigEntryState.SETUP_RETRY,
        ),
    ],
)
async def test_versions_that_do_not_fit_are_a_repair_and_healed_by_an_update(
    hass: HomeAssistant,
    hub: HubServer,
    make_entry: Callable[..., MockConfigEntry],
    issue_registry: ir.IssueRegistry,
    wrong: dict[str, Any],
    issue: str,
    state: ConfigEntryState,
) -> None:
    """Who is too old is said; once both fit, the repair is gone."""
    right = {name: getattr(hub, name) for name in wrong}
    for name, value in wrong.items():
        setattr(hub, name, value)
    entry = make_entry()
    await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (state, issue)
    assert issue_registry.async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}")
    for name, value in right.items():
        setattr(hub, name, value)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert not issue_registry.async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}")


async def test_removing_the_entry_takes_its_repairs_back(
    hass: HomeAssistant,
    hub: HubServer,
    make_entry: Callable[..., MockConfigEntry],
    issue_registry: ir.IssueRegistry,
) -> None:
    """They would stand there for ever."""
    hub.api = {"min": 2, "max": 2}
    entry = make_entry()
    await hass.config_entries.async_setup(entry.entry_id)
    assert len(issue_registry.issues) == 1
    await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues


async def test_a_lost_hub_makes_its_entities_unavailable_until_it_is_back(
    hass: HomeAssistant,
    hub: HubServer,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The loss is logged once however often it is tried again, and so is the return."""
    assert size(hass) == "2.5"
    await hub.stop()
    await until(lambda: size(hass) == STATE_UNAVAILABLE)
    tries = hub.count("/api/v1/live")
    await hass.async_block_till_done()
    # An update that a user asks for neither opens a second stream nor logs again.
    await async_update_entity(hass, SIZE)
    hub.entry("store_size")["value"] = 3_000_000
    await hub.start()
    await until(lambda: size(hass) == "3.0")
    assert hub.streams == 1
    assert hub.count("/api/v1/live") == tries + 1
    assert caplog.text.count("The hub") + caplog.text.count("the hub") <= 2
    assert caplog.text.count("Error requesting HA Ingestor data") == 1
    assert caplog.text.count("Connected to HA Ingestor again") == 1


async def test_a_hub_that_restarts_is_found_again_by_one_stream(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """However often it goes."""
    for number in range(2, 6):
        await hub.drop()
        await until(lambda wanted=number: hub.count("/api/v1/live") == wanted)
        await until(lambda: hub.streams == 1 and size(hass) == "2.5")
    await async_update_entity(hass, SIZE)
    assert hub.count("/api/v1/live") == 5


async def test_the_waits_grow_and_are_short_again_after_a_steady_stream(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """A hub that is away is not knocked at all the time."""
    module = "custom_components.ha_ingestor.coordinator"
    waits: list[float] = []

    async def note(_: HubCoordinator, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            hub.status = None
        if len(waits) == 5:
            await hass.config_entries.async_unload(loaded.entry_id)

    with (
        patch(f"{module}.FIRST_WAIT_S", 1),
        patch(f"{module}.LONGEST_WAIT_S", 4),
        patch.object(HubCoordinator, "_pause", note),
    ):
        await hass.config_entries.async_reload(loaded.entry_id)
        hub.status = 503
        await hub.drop()
        await until(lambda: len(waits) == 4)
        with patch(f"{module}.STEADY_S", 0):
            await until(lambda: hub.streams == 1)
            await hub.drop()
            await until(lambda: len(waits) == 5)
    assert waits == [1, 2, 4, 4, 1]


async def test_a_silent_hub_is_asked_and_then_given_up(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """A half-open connection looks like a quiet one."""
    with patch(f"{CLIENT}.PING_EVERY_S", 0.05):
        await hub.push({"type": "pong"})
        await until(lambda: hub.frames.count({"type": "ping"}) >= 3)
        assert hub.count("/api/v1/live") == 1
        hub.deaf = True
        await until(lambda: size(hass) == STATE_UNAVAILABLE)
    hub.deaf = False
    await until(lambda: size(hass) == "2.5")


@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        "[]",
        {"type": "published", "published": 5},
        {"type": "published", "published": [{"key": "x"}]},
        {"type": "published", "published": [{"key": "x", "platform": 5}]},
        {
            "type": "published",
            "published": [
                {
                    "key": "x",
                    "platform": "sensor",
                    "translation_key": "x",
                    "value": [],
                }
            ],
        },
        {"type": "published", "complete": True},
        {"type": "firings", "firings": [{**firing(1), "time": "yesterday"}]},
        {"type": "firings", "firings": [{**firing(1), "id": "1"}]},
        {"type": "firings", "firings": [{**firing(1), "attributes": 5}]},
    ],
)
async def test_what_cannot_be_understood_ends_the_stream_and_harms_nothing(
    hass: HomeAssistant,
    hub: HubServer,
    loaded: MockConfigEntry,
    frame: dict[str, Any] | str,
) -> None:
    """A new stream brings the whole list."""
    await hub.push(frame)
    await until(lambda: hub.count("/api/v1/live") == 2 and size(hass) == "2.5")


async def test_kinds_of_frames_that_are_new_are_left_aside(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """A newer hub may say more."""
    await hub.push({"type": "weather"})
    await hub.push({"type": "error", "code": "invalid_request", "detail": "?"})
    await hub.push({"type": "firings", "firings": [{**firing(1), "key": "unheard_of"}]})
    hub.entry("store_size")["value"] = 3_000_000
    await hub.push({"type": "published", "published": [hub.entry("store_size")]})
    await until(lambda: size(hass) == "3.0")
    assert hub.count("/api/v1/live") == 1


async def test_after_lost_changes_the_whole_list_is_asked_for(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """What was dropped could be any of them."""
    hub.entry("store_size")["value"] = 4_000_000
    await hub.push({"type": "lost", "count": 3})
    await until(lambda: size(hass) == "4.0")
    assert hub.count("/api/v1/live") == 1


async def test_a_refused_token_asks_the_user_once_and_knocks_seldom(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """However long it takes until the user comes, there is one question; a restored hub heals it."""
    hub.token = "hi_another"
    await hub.push({"type": "error", "code": "unauthorized", "detail": "removed"})
    await until(lambda: size(hass) == STATE_UNAVAILABLE)
    await until(lambda: hub.count("/api/v1/live") >= 4)
    assert len(hass.config_entries.flow.async_progress()) == 1
    hub.token = TOKEN
    await until(lambda: size(hass) == "2.5")


async def test_a_token_that_is_refused_after_the_hub_was_away_asks_the_user_too(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """It was removed meanwhile, or the hub came back with older data."""
    await hub.stop()
    await until(lambda: size(hass) == STATE_UNAVAILABLE)
    hub.token = "hi_another"
    await hub.start()
    await until(lambda: len(hass.config_entries.flow.async_progress()) == 1)
    tries = hub.count("/api/v1/live")
    await until(lambda: hub.count("/api/v1/live") >= tries + 2)
    assert len(hass.config_entries.flow.async_progress()) == 1


async def test_a_refused_token_at_setup_asks_the_user_and_tries_no_more(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """Core starts the question."""
    entry = make_entry(**{CONF_TOKEN: "old"})
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(hass.config_entries.flow.async_progress()) == 1
    assert hub.requests == ["/api/v1/live"]


async def test_a_refused_token_of_the_app_waits_for_the_app(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """No user knows it: no question, neither at setup nor later."""
    entry = make_entry(app="local_ha_ingestor", **{CONF_TOKEN: "old"})
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "waiting_for_app"
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: TOKEN}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    hub.token = "hi_another"
    await hub.drop()
    await until(lambda: hub.count("/api/v1/live") >= 5)
    assert size(hass) == STATE_UNAVAILABLE
    assert hass.config_entries.flow.async_progress() == []


async def test_another_hub_at_the_address_ends_it(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """Its figures must not become those of the first."""
    hub.server_id = "f" * 32
    await hub.drop()
    await until(lambda: loaded.state is ConfigEntryState.SETUP_ERROR)
    assert loaded.error_reason_translation_key == "another_hub"


async def test_an_updated_hub_sets_the_entry_up_again(
    hass: HomeAssistant,
    hub: HubServer,
    loaded: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The device shows the new version."""
    hub.version = "0.1.1"
    await hub.drop()
    await until(lambda: hub.count("/api/v1/live") == 3)
    await hass.async_block_till_done()
    assert loaded.state is ConfigEntryState.LOADED
    (device,) = dr.async_entries_for_config_entry(device_registry, loaded.entry_id)
    assert device.sw_version == "0.1.1"
