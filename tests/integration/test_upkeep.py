"""Diagnostics, system health, repairs, and the lists that must be complete."""

from collections.abc import Callable
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import patch

from awesomeversion import AwesomeVersion
from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
    get_system_health_info,
)

from custom_components.ha_ingestor import issues
from custom_components.ha_ingestor.const import DOMAIN
from custom_components.ha_ingestor.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.ha_ingestor.repairs import async_create_fix_flow

from .hub import SERVER_ID, TOKEN, HubServer, firing, until

FOLDER = Path(__file__).parents[2] / "custom_components" / "ha_ingestor"


def read(name: str) -> Any:
    """A JSON file of the integration."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


async def test_diagnostics_show_what_the_hub_said_and_no_secret(
    hass: HomeAssistant, hub: HubServer, loaded: MockConfigEntry
) -> None:
    """A user may put them into a public issue."""
    await hub.push({"type": "firings", "firings": [firing(3)]})
    await until(lambda: bool(loaded.runtime_data.data.entries["gap"].recent))
    told = await async_get_config_entry_diagnostics(hass, loaded)
    assert told["entry"]["data"] == {
        "host": REDACTED,
        "port": hub.port,
        "token": REDACTED,
    }
    assert told["hub"]["server_id"] == SERVER_ID
    assert told["hub"]["entries"]["completeness"]["why"] == "Nothing is recorded yet"
    assert told["hub"]["entries"]["gap"]["recent"][0]["id"] == 3
    assert told["connected"] is True
    assert TOKEN not in str(told)


async def test_system_health_says_whether_the_hub_answers(
    hass: HomeAssistant, hub: HubServer, make_entry: Callable[..., MockConfigEntry]
) -> None:
    """Before a hub is set up there is only the integration."""
    assert await async_setup_component(hass, "system_health", {})
    entry = make_entry()
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    told = await get_system_health_info(hass, DOMAIN)
    assert await told.pop("hub_reachable") == "ok"
    assert told == {
        "integration_version": "0.1.0",
        "hub_version": "0.1.0",
        "stream_connected": True,
    }
    await hass.config_entries.async_unload(entry.entry_id)
    told = await get_system_health_info(hass, DOMAIN)
    assert told == {"integration_version": "0.1.0"}


async def test_a_newer_integration_on_the_disk_asks_for_a_restart_and_carries_it_out(
    hass: HomeAssistant,
    hub: HubServer,
    loaded: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    tmp_path: Path,
) -> None:
    """The app renews the files while the old ones run."""
    manifest = tmp_path / "manifest.json"
    with patch.object(issues, "MANIFEST", manifest):
        for damaged in ("", "[]", "{}"):
            manifest.write_text(damaged)
            assert issues.installed_version() is None
        manifest.write_text('{"version": "0.2.0"}')
        await hub.drop()
        await until(lambda: hub.count("/api/v1/live") == 2 and hub.streams == 1)
        await hass.async_block_till_done()
        await until(lambda: bool(issue_registry.issues))
    issue = issue_registry.async_get_issue(DOMAIN, "restart_required")
    assert issue and issue.is_fixable
    assert issue.translation_placeholders == {"installed": "0.2.0", "running": "0.1.0"}

    restarts = async_mock_service(hass, "homeassistant", "restart")
    flow = await async_create_fix_flow(hass, "restart_required", None)
    flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, "restart_required"
    form = await flow.async_step_init(None)
    assert (form["type"], form["step_id"]) == ("form", "confirm")
    assert not restarts
    done = await flow.async_step_confirm({})
    assert done["type"] == "create_entry"
    assert len(restarts) == 1

    await issues.async_update_issues(hass, loaded, AwesomeVersion("0.1.0"))
    assert not issue_registry.async_get_issue(DOMAIN, "restart_required")


def test_every_key_that_is_raised_or_shown_is_translated() -> None:
    """And every translation is used."""
    texts = read("translations/en.json")
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py"))
    )
    named = set(re.findall(r'ISSUE_\w+: Final = "(\w+)"', code))
    raised = set(re.findall(r'translation_key="(\w+)"', code))
    assert set(texts["issues"]) == named
    assert set(texts["exceptions"]) == raised | (named - {"restart_required"})
    steps = set(re.findall(r'step_id="(\w+)"', code))
    assert set(texts["config"]["step"]) == steps
    reasons = set(re.findall(r'reason="(\w+)"', code))
    given_by_core = {
        "already_configured",
        "already_in_progress",
        "reauth_successful",
        "reconfigure_successful",
    }
    assert set(texts["config"]["abort"]) == reasons | given_by_core
    errors = set(re.findall(r'"base": "(\w+)"', code)) | (named - {"restart_required"})
    assert set(texts["config"]["error"]) == errors


def test_the_quality_scale_is_answered_rule_by_rule() -> None:
    """Each of the 54 rules, and a reason for what is exempt or open."""
    text = (FOLDER / "quality_scale.yaml").read_text(encoding="utf-8")
    rules = re.findall(r"^  ([a-z-]+):(.*(?:\n    .*)*)", text, re.MULTILINE)
    assert len({name for name, _ in rules}) == len(rules) == 54
    for name, answer in rules:
        status = re.search(r"\b(done|exempt|todo)\b", answer)
        assert status, name
        assert status[1] == "done" or "comment:" in answer, name
