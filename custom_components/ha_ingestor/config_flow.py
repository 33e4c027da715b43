"""Setting up, by discovery from the app or by hand."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.loader import async_get_integration

from .client import HubClient
from .const import CONF_APP, CONF_SERVER_ID, DEFAULT_PORT, DOMAIN, NAME
from .coordinator import check_versions
from .errors import CannotConnect, HubError, InvalidAuth, Mismatch
from .models import Hub

if TYPE_CHECKING:
    import probatio as vol
else:
    # A newer Home Assistant answers with probatio to this name, an older one knows no other.
    import voluptuous as vol

TOKEN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
PORT = vol.All(
    NumberSelector(
        NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
    ),
    vol.Coerce(int),
)
STEP_USER = vol.Schema(
    {
        vol.Required(CONF_HOST): str,
        vol.Required(CONF_PORT, default=DEFAULT_PORT): PORT,
        vol.Required(CONF_TOKEN): TOKEN,
    }
)
STEP_REAUTH = vol.Schema({vol.Required(CONF_TOKEN): TOKEN})


class IngestorConfigFlow(ConfigFlow, domain=DOMAIN):
    """Finds out which hub it is, and whether it lets Home Assistant in."""

    VERSION = 1

    def __init__(self) -> None:
        """Prepare for a discovery."""
        self._discovered: dict[str, Any] = {}
        self._app_name = NAME

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take host, port and token from the user."""
        errors: dict[str, str] = {}
        if user_input is not None:
            hub, errors = await self._try(user_input)
            if hub:
                await self.async_set_unique_id(hub.server_id, raise_on_progress=False)
                self._abort_if_unique_id_configured()
                return self.async_create_entry(title=NAME, data=user_input)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(STEP_USER, user_input),
            errors=errors,
        )

    @override
    async def async_step_hassio(
        self, discovery_info: HassioServiceInfo
    ) -> ConfigFlowResult:
        """Take host, port and token from the app that announced itself."""
        told = discovery_info.config
        try:
            data = {
                CONF_HOST: str(told[CONF_HOST]),
                CONF_PORT: int(told[CONF_PORT]),
                CONF_TOKEN: str(told[CONF_TOKEN]),
                CONF_APP: discovery_info.slug,
            }
            server_id = str(told[CONF_SERVER_ID])
        except KeyError, TypeError, ValueError:
            return self.async_abort(reason="invalid_discovery")
        await self.async_set_unique_id(server_id)
        # A moved hub or a new token: the entry follows, and is set up again.
        self._abort_if_unique_id_configured(updates=data)
        self._discovered = data
        self._app_name = discovery_info.name
        self.context["title_placeholders"] = {"name": self._app_name}
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask the user before anything is set up."""
        errors: dict[str, str] = {}
        if user_input is not None:
            hub, errors = await self._try(self._discovered)
            if hub and hub.server_id != self.unique_id:
                return self.async_abort(reason="another_hub")
            if hub:
                return self.async_create_entry(title=NAME, data=self._discovered)
        return self.async_show_form(
            step_id="hassio_confirm",
            description_placeholders={"addon": self._app_name},
            errors=errors,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin when the hub has refused the token."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a new token."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            hub, errors = await self._try({**entry.data, **user_input})
            if hub:
                await self.async_set_unique_id(hub.server_id, raise_on_progress=False)
                self._abort_if_unique_id_mismatch(reason="another_hub")
                return self.async_update_reload_and_abort(
                    entry, data_updates=user_input
                )
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=STEP_REAUTH,
            description_placeholders={"host": entry.data[CONF_HOST]},
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a new address or token of the same hub."""
        entry = self._get_reconfigure_entry()
        if CONF_APP in entry.data:
            # The app would set its own again at its next start.
            return self.async_abort(reason="managed_by_app")
        errors: dict[str, str] = {}
        if user_input is not None:
            hub, errors = await self._try(user_input)
            if hub:
                await self.async_set_unique_id(hub.server_id, raise_on_progress=False)
                self._abort_if_unique_id_mismatch(reason="another_hub")
                return self.async_update_reload_and_abort(
                    entry, data_updates=user_input
                )
        # The token is never shown again.
        known = {name: entry.data[name] for name in (CONF_HOST, CONF_PORT)}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                STEP_USER, user_input or known
            ),
            errors=errors,
        )

    async def _try(self, data: Mapping[str, Any]) -> tuple[Hub | None, dict[str, str]]:
        """Ask the hub who it is; answer with it, or with what the form says."""
        try:
            hub = await HubClient(
                async_get_clientsession(self.hass),
                data[CONF_HOST],
                data[CONF_PORT],
                data[CONF_TOKEN],
            ).fetch()
            integration = await async_get_integration(self.hass, DOMAIN)
            check_versions(hub, integration.version)
        except InvalidAuth:
            return None, {"base": "invalid_auth"}
        except CannotConnect:
            return None, {"base": "cannot_connect"}
        except Mismatch as err:
            return None, {"base": err.issue}
        except HubError:
            return None, {"base": "no_hub"}
        return hub, {}
