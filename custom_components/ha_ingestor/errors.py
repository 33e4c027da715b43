"""What can go wrong between Home Assistant and the hub."""


class HubError(Exception):
    """The hub could not be used."""


class CannotConnect(HubError):
    """Nothing answers, or the connection was lost."""


class InvalidAuth(HubError):
    """The hub refused the token."""


class InvalidAnswer(HubError):
    """Something answers that is no hub, or does not speak as one."""


class Mismatch(HubError):
    """Hub and integration do not fit together."""

    def __init__(self, issue: str, placeholders: dict[str, str]) -> None:
        """Name the issue by its translation key."""
        super().__init__(issue)
        self.issue = issue
        self.placeholders = placeholders


class AnotherHub(HubError):
    """A hub answers, but not the one that was set up."""
