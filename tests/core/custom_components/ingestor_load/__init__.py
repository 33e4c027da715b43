"""Makes load inside Home Assistant Core, for tests. Set up by the YAML line `ingestor_load:`; actions in services.yaml."""

import asyncio
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, Platform
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from .const import DOMAIN
from .journal import start_journal
from .mix import FULL_MIX, Plan, Write
from .run import Run, StateTarget, Target

PLATFORMS = [Platform.SENSOR]
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)

RUN = vol.Schema(
    {
        vol.Required("count"): vol.All(int, vol.Range(min=1)),
        vol.Optional("rate", default=0): vol.All(vol.Coerce(float), vol.Range(min=0)),
        vol.Optional("entities", default=200): vol.All(int, vol.Range(min=1)),
        vol.Optional("prefix", default="load"): cv.slug,
        vol.Optional("unique_ids"): [str],
        vol.Optional("mix", default=dict(FULL_MIX)): {str: vol.All(int, vol.Range(min=0))},
        vol.Optional("seed", default=1): int,
        vol.Optional("user"): vol.Any(None, str),
        vol.Optional("keep", default=False): bool,
    }
)
ENTITY = vol.Schema(
    {
        vol.Required("unique_id"): str,
        vol.Optional("name"): str,
        vol.Optional("object_id"): cv.slug,
        vol.Optional("device"): str,
    }
)


class Runs:
    """All runs since this boot."""

    def __init__(self, hass: HomeAssistant) -> None:
        """None yet."""
        self._hass = hass
        self._all: dict[int, Run] = {}

    async def start(self, call: ServiceCall) -> dict[str, Any]:
        """Action `run`."""
        targets: list[Target]
        if unique_ids := call.data.get("unique_ids"):
            known = sensors_of(self._hass).by_unique_id
            if missing := [unique_id for unique_id in unique_ids if unique_id not in known]:
                raise ServiceValidationError(f"no such entities: {missing}; make them with {DOMAIN}.add_entities")
            targets = [known[unique_id] for unique_id in unique_ids]
        else:
            prefix = call.data["prefix"]
            targets = [StateTarget(self._hass, f"sensor.{prefix}_{n}") for n in range(call.data["entities"])]
        try:
            plan = Plan(len(targets), call.data["mix"], call.data["seed"])
        except ValueError as error:
            raise ServiceValidationError(str(error)) from error
        asked = {**call.data, "user": call.data.get("user", call.context.user_id)}
        run = Run(self._hass, len(self._all) + 1, plan, targets, asked)
        self._all[run.number] = run
        # Not one of Core's own tasks: those end before Core tells anybody that it stops. A busy home goes on until the
        # recorder has been told to write its last.
        run.task = self._hass.loop.create_task(run.go())
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, run.stop)
        return run.progress()

    def find(self, call: ServiceCall) -> Run:
        """The run that an action names."""
        if run := self._all.get(call.data["run"]):
            return run
        raise ServiceValidationError(f"no run {call.data['run']} since this boot; there are {len(self._all)}")


def sensors_of(hass: HomeAssistant):
    """The registered entities."""
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        raise HomeAssistantError(f"{DOMAIN} has no loaded config entry yet")
    return entries[0].runtime_data


async def async_setup(hass: HomeAssistant, config) -> bool:
    """Called by Core for the YAML line."""
    start_journal(hass)
    hass.async_create_task(hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data={}))
    runs = Runs(hass)

    async def wait(call: ServiceCall) -> dict[str, Any]:
        run = runs.find(call)
        try:
            async with asyncio.timeout(call.data["seconds"]):
                await run.ended.wait()
        except TimeoutError:
            pass  # the answer says that it is still running
        return run.progress()

    async def stop(call: ServiceCall) -> dict[str, Any]:
        run = runs.find(call)
        run.stop()
        await run.ended.wait()
        return run.progress()

    async def made(call: ServiceCall) -> dict[str, Any]:
        return runs.find(call).made(call.data["offset"], call.data["limit"])

    async def add_entities(call: ServiceCall) -> dict[str, Any]:
        return {"entity_ids": await sensors_of(hass).add(call.data["entities"])}

    async def write(call: ServiceCall) -> None:
        sensor = sensors_of(hass).by_unique_id.get(call.data["unique_id"])
        if sensor is None:
            raise ServiceValidationError(f"no such entity: {call.data['unique_id']}")
        sensor.put(Write("number", 0, call.data["state"], call.data["attributes"], call.data["force"]), call.context)

    number = {vol.Required("run"): int}
    page = {vol.Optional("offset", default=0): int, vol.Optional("limit", default=5000): int}
    shown = {vol.Required("unique_id"): str, vol.Required("state"): str}
    options = {vol.Optional("attributes", default=dict): dict, vol.Optional("force", default=False): bool}
    answers = SupportsResponse.OPTIONAL
    for name, action, schema, response in (
        ("run", runs.start, RUN, answers),
        ("wait", wait, vol.Schema({**number, vol.Optional("seconds", default=30): vol.Coerce(float)}), answers),
        ("stop", stop, vol.Schema(number), answers),
        ("made", made, vol.Schema({**number, **page}), SupportsResponse.ONLY),
        ("add_entities", add_entities, vol.Schema({vol.Required("entities"): [ENTITY]}), answers),
        ("write", write, vol.Schema({**shown, **options}), SupportsResponse.NONE),
    ):
        hass.services.async_register(DOMAIN, name, action, schema, response)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Called by Core for the config entry."""
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Called by Core, also when a test reloads the entry."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
