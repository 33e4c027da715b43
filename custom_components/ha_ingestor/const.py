"""Constants of HA Ingestor."""

import logging
from typing import Final

DOMAIN: Final = "ha_ingestor"
LOGGER: Final = logging.getLogger(__package__)

NAME: Final = "HA Ingestor"
DEFAULT_PORT: Final = 8098

# The slug of the app that announced the hub; without it the user gave host and token.
CONF_APP: Final = "app"
CONF_SERVER_ID: Final = "server_id"

# The versions of the hub's API and of its live stream that this integration speaks.
API_VERSION: Final = 1
WIRE_SCHEMA: Final = 1

ISSUE_HUB_OUTDATED: Final = "hub_outdated"
ISSUE_INTEGRATION_OUTDATED: Final = "integration_outdated"
ISSUE_RESTART_REQUIRED: Final = "restart_required"
