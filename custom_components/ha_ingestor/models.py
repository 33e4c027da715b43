"""What the hub says, checked once where it comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self, cast

from homeassistant.util import dt as dt_util

from .errors import InvalidAnswer

# As many firings as the hub keeps for who was away.
MOST_RECENT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Firing:
    """Something that happened and that an event entity tells."""

    key: str
    # Larger is later, across restarts of both sides.
    id: int
    event_type: str
    time: datetime
    attributes: Mapping[str, Any]

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read a firing."""
        data = _mapping(raw, "firing")
        if (time := dt_util.parse_datetime(_text(data, "time"))) is None:
            raise InvalidAnswer("time is no time")
        return cls(
            key=_text(data, "key"),
            id=_number(data, "id"),
            event_type=_text(data, "event_type"),
            time=time,
            attributes=_mapping(data.get("attributes", {}), "attributes"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that the hub offers to be shown as an entity."""

    key: str
    platform: str
    translation_key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    suggested_unit: str | None = None
    precision: int | None = None
    diagnostic: bool = False
    enabled: bool = True
    value: str | int | float | bool | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    available: bool = True
    why: str | None = None
    event_types: tuple[str, ...] = ()
    recent: tuple[Firing, ...] = ()

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read an entry; fields of a newer hub are left aside."""
        data = _mapping(raw, "entry")
        value = data.get("value")
        if value is not None and not isinstance(value, str | int | float):
            raise InvalidAnswer("value is no text, number or boolean")
        precision = data.get("precision")
        return cls(
            key=_text(data, "key"),
            platform=_text(data, "platform"),
            translation_key=_text(data, "translation_key"),
            placeholders={
                name: str(text)
                for name, text in _mapping(
                    data.get("placeholders", {}), "placeholders"
                ).items()
            },
            device_class=_optional_text(data, "device_class"),
            state_class=_optional_text(data, "state_class"),
            unit=_optional_text(data, "unit"),
            suggested_unit=_optional_text(data, "suggested_unit"),
            precision=precision if isinstance(precision, int) else None,
            diagnostic=data.get("category") == "diagnostic",
            enabled=data.get("enabled") is not False,
            value=value,
            attributes=_mapping(data.get("attributes", {}), "attributes"),
            available=data.get("available") is True,
            why=_optional_text(data, "why"),
            event_types=tuple(
                str(one) for one in _list(data, "event_types", optional=True)
            ),
            recent=tuple(
                Firing.from_json(one) for one in _list(data, "recent", optional=True)
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hub:
    """The hub as it is now: who it is, and all that it offers."""

    server_id: str
    version: str
    api_min: int
    api_max: int
    integration_min: str
    entries: Mapping[str, Entry]

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read the whole list."""
        data = _mapping(raw, "answer")
        api = _mapping(data.get("api"), "api")
        return cls(
            server_id=_text(data, "server_id"),
            version=_text(data, "version"),
            api_min=_number(api, "min"),
            api_max=_number(api, "max"),
            integration_min=_text(data, "integration_min"),
            entries=_by_key(_list(data, "published")),
        )

    def with_changed(self, raw: object) -> Self:
        """Answer with the entries of a later frame in their places."""
        data = _mapping(raw, "frame")
        changed = _by_key(_list(data, "published"))
        return replace(self, entries={**self.entries, **changed})

    def with_firings(self, raw: object) -> Self:
        """Answer with the firings of a frame behind those of their entries."""
        entries = dict(self.entries)
        for one in _list(_mapping(raw, "frame"), "firings"):
            firing = Firing.from_json(one)
            if (entry := entries.get(firing.key)) is None:
                continue
            recent = (*entry.recent, firing)[-MOST_RECENT:]
            entries[firing.key] = replace(entry, recent=recent)
        return replace(self, entries=entries)


def _by_key(raw: list[object]) -> dict[str, Entry]:
    return {entry.key: entry for entry in map(Entry.from_json, raw)}


def _mapping(raw: object, what: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise InvalidAnswer(f"{what} is no object")
    return raw


def _text(data: Mapping[str, Any], name: str) -> str:
    if not isinstance(value := data.get(name), str):
        raise InvalidAnswer(f"{name} is no text")
    return value


def _optional_text(data: Mapping[str, Any], name: str) -> str | None:
    return None if data.get(name) is None else _text(data, name)


def _number(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidAnswer(f"{name} is no whole number")
    return value


def _list(
    data: Mapping[str, Any], name: str, *, optional: bool = False
) -> list[object]:
    if optional and data.get(name) is None:
        return []
    if not isinstance(value := data.get(name), list):
        raise InvalidAnswer(f"{name} is no list")
    return cast(list[object], value)
