"""Setting up, by discovery and by hand."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_IGNORE, SOURCE_USER
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ha_ingestor.const import CONF_APP, DOMAIN

from .hub import SERVER_ID, TOKEN, HubServer

APP = "local_ha_ingestor"


def given(hub: HubServer, **more: Any) -> dict[str, Any]:
    """What a user types."""
    return {CONF_HOST: hub.host, CONF_PORT: hub.port, CONF_TOKEN: TOKEN, **more}


def told(hub: HubServer, **more: Any) -> HassioServiceInfo:
    """What Core hands over when the app announces itself."""
    config = {
        "host": hub.host,
        "port": hub.port,
        "token": TOKEN,
        "server_id": SERVER_ID,
        "api": 1,
        "addon": "HA Ingestor",
        **more,
    }
    return HassioServiceInfo(
        config={name: value for name, value in config.items() if value is not None},
        name="HA Ingestor",
        slug=APP,
        uuid="7a1c0f0e5b5e4a6a9d7b6d1f2c3b4a59",
    )


async def discover(hass: HomeAssistant, info: HassioServiceInfo) -> Any:
    """Start the flow as Core's hassio integration does."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_HASSIO}, data=info
    )


async def by_hand(hass: HomeAssistant, data: dict[str, Any]) -> Any:
    """Start the user's flow and submit the form."""
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "user")
    return await hass.config_entries.flow.async_configure(form["flow_id"], data)


async def test_a_user_sets_up_a_hub_by_hand(
    hass: HomeAssistant, hub: HubServer
) -> None:
    """The entry holds what was given, and the hub's own id names it."""
    done = await by_hand(hass, given(hub, **{CONF_PORT: float(hub.port)}))
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == "HA Ingestor"
    assert done["data"] == given(hub)
    assert isinstance(done["data"][CONF_PORT], int)
    assert done["result"].unique_id == SERVER_ID
    await hass.async_block_till_done()
    assert len(hass.config_entries.async_loaded_entries(DOMAIN)) == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"token": "another"}, "invalid_auth"),
        ({"status": 403}, "invalid_auth"),
        ({"status": 404}, "no_hub"),
        ({"status": 500}, "cannot_connect"),
        ({"status": 302}, "cannot_connect"),
        ({"body": "<html>"}, "no_hub"),
        ({"body": "[]"}, "no_hub"),
        ({"body": '{"api": 5}'}, "no_hub"),
        ({"api": {"min": 1, "max": True}}, "no_hub"),
        ({"published": {}}, "no_hub"),
        ({"published": [5]}, "no_hub"),
        ({"published": [{"key": 5}]}, "no_hub"),
        ({"api": {"min": 2, "max": 3}}, "integration_outdated"),
        ({"api": {"min": 0, "max": 0}}, "hub_outdated"),
        ({"integration_min": "99.0.0"}, "integration_outdated"),
        ({"integration_min": "?"}, "integration_outdated"),
    ],
)
async def test_what_goes_wrong_is_said_and_can_be_mended(
    hass: HomeAssistant, hub: HubServer, wrong: dict[str, Any], error: str
) -> None:
    """The form comes back with the reason, keeps what was typed, and goes through once it is right."""
    right = {name: getattr(hub, name) for name in wrong}
    for name, value in wrong.items():
        setattr(hub, name, value)
    form = await by_hand(hass, given(hub))
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {"base": error}
    for name, value in right.items():
        setattr(hub, name, value)
    done = await hass.config_entries.flow.async_configure(form["flow_id"], given(hub))
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("host", ["a host", "http://127.0.0.1", ""])
async def test_a_host_that_is_none_is_said(
    hass: HomeAssistant, hub: HubServer, host: str
) -> None:
    """Whatever is typed, the form answers."""
    form = await by_hand(hass, given(hub, **{CONF_HOST: host}))
    assert form["errors"] == {"base": "cannot_connect"}


async def test_a_hub_that_is_gone_is_said(hass: HomeAssistant, hub: HubServer) -> None:
    """Nothing listens there."""
    await hub.stop()
    form = await by_hand(hass, given(hub))
    assert form["errors"] == {"base": "cannot_connect"}


async def test_the_same_hub_is_set_up_once(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """The hub's id tells, not its address."""
    done = await by_hand(hass, given(hub))
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )


async def test_the_app_is_discovered_and_asks_first(
    hass: HomeAssistant, hub: HubServer
) -> None:
    """Nothing is set up before the user says so."""
    form = await discover(hass, told(hub))
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "hassio_confirm")
    assert form["description_placeholders"] == {"addon": "HA Ingestor"}
    assert hub.requests == []
    done = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["data"] == {**given(hub), CONF_APP: APP}
    assert done["result"].unique_id == SERVER_ID


async def test_an_app_that_does_not_answer_yet_can_be_confirmed_again(
    hass: HomeAssistant, hub: HubServer
) -> None:
    """The confirmation says why, and works once the app is up."""
    hub.status = 503
    form = await discover(hass, told(hub))
    form = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert form["errors"] == {"base": "cannot_connect"}
    hub.status = None
    done = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_an_app_that_is_not_the_one_it_says_is_refused(
    hass: HomeAssistant, hub: HubServer
) -> None:
    """The id that was announced is compared with the hub's own."""
    hub.server_id = "f" * 32
    form = await discover(hass, told(hub))
    done = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "another_hub")


@pytest.mark.parametrize("missing", ["host", "port", "token", "server_id"])
async def test_an_announcement_without_its_parts_is_refused(
    hass: HomeAssistant, hub: HubServer, missing: str
) -> None:
    """It is not this integration's app, or a broken one."""
    done = await discover(hass, told(hub, **{missing: None}))
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "invalid_discovery")


async def test_an_announcement_of_a_moved_hub_moves_the_entry(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """A new port or token reaches the entry without a question, and it is set up again."""
    entry = make_entry(app=APP, **{CONF_TOKEN: "old"})
    await hass.config_entries.async_setup(entry.entry_id)
    done = await discover(hass, told(hub))
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )
    await hass.async_block_till_done()
    assert entry.data[CONF_TOKEN] == TOKEN
    assert hass.config_entries.async_loaded_entries(DOMAIN) == [entry]


async def test_an_ignored_hub_stays_ignored(
    hass: HomeAssistant, hub: HubServer
) -> None:
    """Who does not want it is not asked again."""
    MockConfigEntry(
        domain=DOMAIN, unique_id=SERVER_ID, source=SOURCE_IGNORE
    ).add_to_hass(hass)
    done = await discover(hass, told(hub))
    assert done["type"] is FlowResultType.ABORT


async def test_a_new_token_takes_the_place_of_a_refused_one(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """A wrong one is refused in the form, the right one sets the entry up again."""
    entry = make_entry(**{CONF_TOKEN: "old"})
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert (flow["step_id"], flow["context"]["source"]) == ("reauth_confirm", "reauth")
    form = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_TOKEN: "wrong"}
    )
    assert form["errors"] == {"base": "invalid_auth"}
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_TOKEN: TOKEN}
    )
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "reauth_successful",
    )
    await hass.async_block_till_done()
    assert hass.config_entries.async_loaded_entries(DOMAIN) == [entry]
    assert entry.data == given(hub)


async def test_a_token_of_another_hub_is_not_taken(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """The address may lead elsewhere by now."""
    entry = make_entry(**{CONF_TOKEN: "old"})
    hub.server_id = "f" * 32
    form = await entry.start_reauth_flow(hass)
    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_TOKEN: TOKEN}
    )
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "another_hub")
    assert entry.data[CONF_TOKEN] == "old"


async def test_the_address_can_be_changed(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """The form shows the present address, never the token."""
    form = await loaded.start_reconfigure_flow(hass)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "reconfigure")
    assert TOKEN not in str(form["data_schema"].schema)
    wrong = await hass.config_entries.flow.async_configure(
        form["flow_id"], given(hub, **{CONF_PORT: 1})
    )
    assert wrong["errors"] == {"base": "cannot_connect"}
    hub.token = "hi_new"
    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], given(hub, **{CONF_TOKEN: "hi_new"})
    )
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    assert loaded.data == given(hub, **{CONF_TOKEN: "hi_new"})
    assert hass.config_entries.async_loaded_entries(DOMAIN) == [loaded]


async def test_the_address_of_another_hub_is_not_taken(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """Its entities would go on as those of the first."""
    hub.server_id = "f" * 32
    form = await loaded.start_reconfigure_flow(hass)
    done = await hass.config_entries.flow.async_configure(form["flow_id"], given(hub))
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "another_hub")


async def test_the_address_of_the_app_is_its_own_business(
    hass: HomeAssistant, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """It would set it again at its next start."""
    done = await make_entry(app=APP).start_reconfigure_flow(hass)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "managed_by_app")
