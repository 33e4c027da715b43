"""What the load consists of: a seeded sequence of writes, without Home Assistant in it.

A plan remembers what it last wrote to each entity, so it knows which write changes what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import random
from typing import Any

# Weights of the default mix. The kinds, as Core sends them:
FULL_MIX: Mapping[str, int] = {
    "number": 52,  # a new state and a new sequence number
    "forced": 8,  # the same state and attributes, written with force_update
    "attributes": 12,  # the state stays, attributes change
    "vanished": 4,  # the state stays, an attribute is gone
    "removed": 2,  # the entity is removed; its next turn adds it again ("readded", counted apart)
    "user": 6,  # a context with a user
    "child": 4,  # a context with a parent, with or without a user
    "shared": 2,  # the context of the change before
    "long": 4,  # 255 characters
    "text": 6,  # states that are no numbers, or odd ones
}

MAX_STATE_LENGTH = 255

ODD_STATES = (
    "unavailable",
    "unknown",
    "on",
    "007",
    "-0",
    "1e5",
    "21.50",
    "nan",
    "  spaces  ",
    'quote " backslash \\ slash /',
    "tab\tnewline\nreturn\rnul\x00unit\x1f",
    "<b>&amp;</b>",
    "__proto__",
    "Wohnzimmer über Straße",
    "שלום עולם",
    "مرحبا بالعالم",
    "right\u202eto left\u202c mark",
    "e\u0301 combining \u0915\u094d\u0937",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🔥",
    "𝄞 beyond the first plane",
    "line\u2028separator\u2029paragraph",
    "zero\u200bwidth\ufeffjoiner",
    "日本語の状態",
)
LONG_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz 0123456789", "äöüßéèñçøå", "温度湿度照明電源", "🔥💡🌡🚪🏠", "אבגדהוזחט ")


@dataclass(slots=True)
class Write:
    """One thing to do to one entity."""

    kind: str
    entity: int
    state: str | None
    """None: remove the entity."""
    attributes: dict[str, Any]
    force: bool = False
    user: bool = False
    parent: bool = False
    same_context: bool = False


@dataclass(slots=True)
class _Last:
    state: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Plan:
    """The sequence of writes: the same for the same arguments."""

    def __init__(self, entities: int, mix: Mapping[str, int], seed: int) -> None:
        """Check the mix."""
        unknown = set(mix) - set(FULL_MIX)
        if unknown or not any(weight > 0 for weight in mix.values()):
            raise ValueError(f"mix: unknown kinds {sorted(unknown)}, or no weight above 0; known: {sorted(FULL_MIX)}")
        self._random = random.Random(seed)
        self._kinds = list(mix)
        self._weights = [mix[kind] for kind in self._kinds]
        self._last = [_Last() for _ in range(entities)]

    def write(self, seq: int) -> Write:
        """The write number `seq` (0, 1, 2, …; each asked once, in order)."""
        number = seq % len(self._last)
        last = self._last[number]
        if last.state is None:
            kind = "readded" if seq >= len(self._last) else "number"
        else:
            kind = self._random.choices(self._kinds, self._weights)[0]
        write = self._make(kind, number, seq, last)
        last.state = write.state
        last.attributes = write.attributes
        return write

    def _make(self, kind: str, number: int, seq: int, last: _Last) -> Write:
        chance = self._random
        if kind == "removed":
            return Write(kind, number, None, {})
        if kind == "forced":
            return Write(kind, number, last.state, last.attributes, force=True)
        if kind == "attributes":
            changed = {**last.attributes, "seq": seq, "note": self._text(), "level": round(chance.uniform(-50, 50), 3)}
            return Write(kind, number, last.state, changed)
        if kind == "vanished":
            return self._vanished(number, seq, last)
        state = self._state(kind, last)
        write = Write(kind, number, state, self._attributes(number, seq))
        if kind == "user":
            write.user = True
        elif kind == "child":
            write.parent = True
            write.user = chance.random() < 0.5
        elif kind == "shared":
            write.same_context = True
        return write

    def _vanished(self, number: int, seq: int, last: _Last) -> Write:
        optional = [name for name in last.attributes if name not in ("seq", "friendly_name")]
        if not optional:
            return Write("attributes", number, last.state, {**last.attributes, "seq": seq, "note": self._text()})
        gone = self._random.choice(optional)
        left = {name: value for name, value in last.attributes.items() if name != gone}
        if self._random.random() < 0.5:  # else nothing but the attribute that is gone
            left["seq"] = seq
        return Write("vanished", number, last.state, left)

    def _attributes(self, number: int, seq: int) -> dict[str, Any]:
        chance = self._random
        made: dict[str, Any] = {"seq": seq, "unit_of_measurement": "°C", "friendly_name": f"Load {number}"}
        if chance.random() < 0.3:
            made["level"] = round(chance.uniform(-50, 50), 3)
        if chance.random() < 0.1:
            made["note"] = self._text()
        if chance.random() < 0.05:
            made["nested"] = {"list": [1, "two", None, False, [seq]], "": "empty name", "ключ": {"deep": seq / 8}}
        return made

    def _state(self, kind: str, last: _Last) -> str:
        chance = self._random
        while True:
            if kind == "long":
                state = "".join(chance.choices(chance.choice(LONG_ALPHABETS), k=MAX_STATE_LENGTH))
            elif kind == "text":
                state = chance.choice(ODD_STATES)
            else:
                state = f"{chance.uniform(-30, 120):.2f}"
            if state != last.state:
                return state

    def _text(self) -> str:
        return "".join(self._random.choices("abcdef αβγ 🔥'\"\\", k=12))
