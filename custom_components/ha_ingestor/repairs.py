"""Repairs that Home Assistant can carry out itself."""

from typing import TYPE_CHECKING, override

from homeassistant.components.homeassistant import (
    DOMAIN as HOMEASSISTANT_DOMAIN,
    SERVICE_HOMEASSISTANT_RESTART,
)
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

if TYPE_CHECKING:
    # Not in the oldest Home Assistant that this works with.
    from homeassistant.components.repairs import RepairsFlowResult


class RestartFlow(ConfirmRepairFlow):
    """Restarts Home Assistant when the user says so."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask first; Home Assistant checks its configuration before it restarts."""
        if user_input is not None:
            await self.hass.services.async_call(
                HOMEASSISTANT_DOMAIN, SERVICE_HOMEASSISTANT_RESTART
            )
            return self.async_create_entry(data={})
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Answer with the flow of the one issue that can be fixed from here."""
    return RestartFlow()
