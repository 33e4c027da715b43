"""One config entry, made by the YAML line `ingestor_load:`; it carries the registered entities and their devices."""

from homeassistant.config_entries import ConfigFlow

from .const import DOMAIN


class LoadConfigFlow(ConfigFlow, domain=DOMAIN):
    """Asks nothing."""

    VERSION = 1

    async def async_step_import(self, import_data):
        """From YAML, at every boot; the second time there is nothing to do."""
        await self.async_set_unique_id(DOMAIN)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title="Load for tests", data={})

    async def async_step_user(self, user_input=None):
        """By hand: the same."""
        return await self.async_step_import({})
