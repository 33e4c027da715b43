"""What Home Assistant shows of the hub."""

from collections.abc import Callable
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, EntityCategory
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.ha_ingestor.const import DOMAIN

from .hub import SERVER_ID, HubServer, firing, until

GAP = "event.ha_ingestor_gap"
SIZE = "sensor.ha_ingestor_store_size"


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """The state, which must be there."""
    state = hass.states.get(entity_id)
    assert state, entity_id
    return state


async def test_states_units_and_classes_are_those_of_the_list(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """Figures in the suggested unit, what has no value unavailable."""
    shown = {
        state.entity_id: (
            state.state,
            state.attributes.get("unit_of_measurement"),
            state.attributes.get("device_class"),
        )
        for state in hass.states.async_all()
    }
    assert shown == {
        "binary_sensor.ha_ingestor_connected_to_home_assistant": (
            "on",
            None,
            "connectivity",
        ),
        "binary_sensor.ha_ingestor_problem": ("off", None, "problem"),
        SIZE: ("2.5", "MB", "data_size"),
        "sensor.ha_ingestor_completeness_last_24_hours": (
            STATE_UNAVAILABLE,
            "%",
            None,
        ),
        "sensor.ha_ingestor_last_gap": (
            "2026-11-24T09:00:00+00:00",
            None,
            "timestamp",
        ),
        GAP: (STATE_UNKNOWN, None, None),
    }
    assert state_of(hass, SIZE).attributes["state_class"] == "measurement"


async def test_entities_are_known_by_the_hubs_id_and_belong_to_one_service(
    hass: HomeAssistant,
    hub: HubServer,
    loaded: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """Neither names nor addresses are in their ids."""
    entities = er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
    assert {entity.unique_id for entity in entities} == {
        f"{SERVER_ID}_{entry['key']}" for entry in hub.published
    }
    (device,) = dr.async_entries_for_config_entry(device_registry, loaded.entry_id)
    assert {entity.device_id for entity in entities} == {device.id}
    assert device.identifiers == {(DOMAIN, SERVER_ID)}
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert device.configuration_url == f"http://127.0.0.1:{hub.port}/"
    by_key = {entity.unique_id.split("_", 1)[1]: entity for entity in entities}
    assert by_key["store_size"].entity_category is EntityCategory.DIAGNOSTIC
    assert by_key["gap"].entity_category is None
    assert by_key["series"].disabled_by is er.RegistryEntryDisabler.INTEGRATION


async def test_the_device_of_the_app_leads_to_its_panel(
    hass: HomeAssistant,
    make_entry: Callable[..., MockConfigEntry],
    device_registry: dr.DeviceRegistry,
) -> None:
    """Home Assistant opens it in its own window."""
    entry = make_entry(app="local_ha_ingestor")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.configuration_url == "homeassistant://app/local_ha_ingestor"


async def test_setting_up_again_doubles_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Not by reloading, not by new names."""
    entity_registry.async_update_entity(SIZE, new_entity_id="sensor.renamed")
    before = sorted(entity_registry.entities)
    for _ in range(3):
        await hass.config_entries.async_reload(loaded.entry_id)
        await hass.async_block_till_done()
    assert sorted(entity_registry.entities) == before
    assert state_of(hass, "sensor.renamed").state == "2.5"


async def test_values_and_availability_follow_the_hub(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """Entry by entry, as it is pushed."""
    completeness = "sensor.ha_ingestor_completeness_last_24_hours"
    gap = "sensor.ha_ingestor_last_gap"
    hub.entry("completeness").update(available=True, value=99.5, why=None)
    hub.entry("last_gap").update(value=None, attributes={})
    hub.entry("problem").update(
        value=True, attributes={"problems": [{"part": "store"}]}
    )
    await hub.push({"type": "published", "published": hub.published})
    await until(lambda: state_of(hass, completeness).state == "99.5")
    assert state_of(hass, gap).state == STATE_UNKNOWN
    problem = state_of(hass, "binary_sensor.ha_ingestor_problem")
    assert (problem.state, problem.attributes["problems"]) == (
        "on",
        [{"part": "store"}],
    )
    hub.entry("completeness").update(available=False)
    await hub.push({"type": "published", "published": [hub.entry("completeness")]})
    await until(lambda: state_of(hass, completeness).state == STATE_UNAVAILABLE)
    assert hub.count("/api/v1/live") == 1


async def test_a_value_of_the_wrong_kind_is_unknown_not_an_error(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """A newer hub may mean something else by it."""
    hub.entry("connected").update(value="perhaps")
    hub.entry("last_gap").update(value="yesterday")
    await hub.push({"type": "published", "published": hub.published})
    connected = "binary_sensor.ha_ingestor_connected_to_home_assistant"
    await until(lambda: state_of(hass, connected).state == STATE_UNKNOWN)
    assert state_of(hass, "sensor.ha_ingestor_last_gap").state == STATE_UNKNOWN


async def test_what_the_hub_offers_later_is_added_and_what_it_no_longer_offers_goes(
    hass: HomeAssistant,
    hub: HubServer,
    loaded: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Without a restart, and with entries of kinds that this version does not know."""
    further: list[dict[str, Any]] = [
        {
            "key": "further",
            "platform": platform,
            "translation_key": "entities",
            "device_class": "of_tomorrow",
            "state_class": "of_tomorrow",
            "suggested_unit": "parsec",
            "value": 5,
            "available": True,
            "color": "blue",
        }
        for platform in ("sensor", "hologram")
    ]
    further[1]["key"] = "unheard_of"
    await hub.push({"type": "published", "published": further})
    added = "sensor.ha_ingestor_entities_recorded"
    await until(lambda: hass.states.get(added) is not None)
    assert state_of(hass, added).state == "5"
    hub.published = [one for one in hub.published if one["key"] != "store_size"]
    await hub.drop()
    await until(lambda: hass.states.get(SIZE) is None and hub.streams == 1)
    await until(lambda: hass.states.get(added) is None)
    assert entity_registry.async_get(SIZE) is None
    hub.published += [further[0]]
    await hub.push({"type": "published", "published": [further[0]]})
    await until(lambda: hass.states.get(added) is not None)


async def test_what_went_while_home_assistant_was_off_is_removed_at_setup(
    hass: HomeAssistant,
    hub: HubServer,
    make_entry: Callable[..., MockConfigEntry],
    entity_registry: er.EntityRegistry,
) -> None:
    """No entity stays that nothing provides."""
    entry = make_entry()
    entity_registry.async_get_or_create(
        "sensor", DOMAIN, f"{SERVER_ID}_gone", config_entry=entry
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert not entity_registry.async_get_entity_id(
        "sensor", DOMAIN, f"{SERVER_ID}_gone"
    )


def noted(hass: HomeAssistant) -> list[State]:
    """Every state that the event takes from now on."""
    states: list[State] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"]:
            states.append(event.data["new_state"])

    async_track_state_change_event(hass, GAP, note)
    return states


async def test_a_firing_is_an_event_of_its_own(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """Two at once are two, one that was told already is none."""
    states = noted(hass)
    await hub.push({"type": "firings", "firings": [firing(3, gaps=2), firing(4)]})
    await hub.push({"type": "firings", "firings": [firing(4), firing(5)]})
    odd = {**firing(6), "event_type": "of_tomorrow"}
    await hub.push({"type": "firings", "firings": [odd, firing(7, cause="damaged")]})
    await until(lambda: state_of(hass, GAP).attributes.get("firing_id") == 7)
    assert [state.attributes["firing_id"] for state in states] == [3, 4, 5, 7]
    attributes = state_of(hass, GAP).attributes
    assert (attributes["event_type"], attributes["cause"]) == ("gap_found", "damaged")
    assert attributes["time"] == "2026-11-24T10:00:00.000001+00:00"


async def test_what_fired_while_the_stream_was_away_is_told_once_it_is_back(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """The hub keeps the last firings."""
    await hub.push({"type": "firings", "firings": [firing(3)]})
    await until(lambda: state_of(hass, GAP).attributes.get("firing_id") == 3)
    before = state_of(hass, GAP).state
    states = noted(hass)
    hub.entry("gap")["recent"] = [firing(3), firing(8)]
    await hub.drop()
    await until(lambda: state_of(hass, GAP).attributes.get("firing_id") == 8)
    # Back first, then the firing: automations leave out what comes straight from unavailable.
    now = state_of(hass, GAP).state
    assert [state.state for state in states] == [STATE_UNAVAILABLE, before, now]


@pytest.mark.parametrize(("restored", "told"), [(3, True), (8, False), (None, False)])
async def test_a_restart_of_home_assistant_tells_what_is_new_and_nothing_twice(
    hass: HomeAssistant,
    hub: HubServer,
    make_entry: Callable[..., MockConfigEntry],
    restored: int | None,
    told: bool,
) -> None:
    """At the very first setup nothing is told: it happened before anyone asked."""
    if restored is not None:
        extra = {
            "last_event_type": "gap_found",
            "last_event_attributes": {"firing_id": restored},
        }
        mock_restore_cache_with_extra_data(
            hass, [(State(GAP, "2026-11-23T10:00:00.000+00:00"), extra)]
        )
    hub.entry("gap")["recent"] = [firing(3), firing(8)]
    entry = make_entry()
    states = noted(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert [state.attributes.get("firing_id") for state in states] == (
        [restored, 8] if told else [restored]
    )
    state = state_of(hass, GAP)
    assert state.attributes.get("firing_id") == (8 if told else restored)
    assert state.state.startswith("2026-11-23") is (restored == 8)
