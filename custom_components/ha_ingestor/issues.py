"""Repairs: what the user has to do so that hub and integration fit together."""

import json
from pathlib import Path

from awesomeversion import AwesomeVersion

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import (
    DOMAIN,
    ISSUE_HUB_OUTDATED,
    ISSUE_INTEGRATION_OUTDATED,
    ISSUE_RESTART_REQUIRED,
)
from .errors import Mismatch

MANIFEST = Path(__file__).parent / "manifest.json"


def _id_of(issue: str, entry: ConfigEntry) -> str:
    return f"{issue}_{entry.entry_id}"


@callback
def async_raise_mismatch(
    hass: HomeAssistant, entry: ConfigEntry, mismatch: Mismatch
) -> None:
    """Tell the user which of the two is too old."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _id_of(mismatch.issue, entry),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=mismatch.issue,
        translation_placeholders=mismatch.placeholders,
    )


async def async_update_issues(
    hass: HomeAssistant, entry: ConfigEntry, running: AwesomeVersion | None
) -> None:
    """Take back what is mended; ask for a restart where a newer integration lies ready."""
    async_clear_issues(hass, entry)
    installed = await hass.async_add_executor_job(installed_version)
    if installed is None or running is None or installed == running:
        ir.async_delete_issue(hass, DOMAIN, ISSUE_RESTART_REQUIRED)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_RESTART_REQUIRED,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE_RESTART_REQUIRED,
        translation_placeholders={
            "installed": str(installed),
            "running": str(running),
        },
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back the issues of one hub."""
    for issue in (ISSUE_HUB_OUTDATED, ISSUE_INTEGRATION_OUTDATED):
        ir.async_delete_issue(hass, DOMAIN, _id_of(issue, entry))


def installed_version() -> AwesomeVersion | None:
    """Read the version on the disk, which the app may have renewed since Home Assistant started."""
    try:
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    except OSError, ValueError:
        return None
    version = manifest.get("version") if isinstance(manifest, dict) else None
    return AwesomeVersion(version) if isinstance(version, str) else None
