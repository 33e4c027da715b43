"""A run: writes of a plan, made inside Core's event loop at a rate or as fast as Core takes them."""

import asyncio
from collections import Counter
import time
from typing import Any, Protocol

from homeassistant.core import Context, Event, HomeAssistant, State, callback

from .const import EVENT_RUN_ENDED
from .mix import Plan, Write

# At full speed, how many writes are made before Core's other tasks (the websocket writers among them) get their turn.
BURST = 64
# At a rate, how often the run looks at the clock.
PACE_SECONDS = 0.005


class Target(Protocol):
    """One entity that the run writes to."""

    entity_id: str

    def put(self, write: Write, context: Context) -> None:
        """Write or remove."""


class StateTarget:
    """A state without an entity behind it: not in the registry, gone after a restart."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Keep what is needed."""
        self._states = hass.states
        self.entity_id = entity_id

    def put(self, write: Write, context: Context) -> None:
        """Write or remove."""
        if write.state is None:
            self._states.async_remove(self.entity_id, context)
        else:
            self._states.async_set(self.entity_id, write.state, write.attributes, write.force, context)


class Run:
    """Made by the `run` action; the task is `go`."""

    def __init__(self, hass: HomeAssistant, number: int, plan: Plan, targets: list[Target], asked: dict[str, Any]) -> None:
        """Keep what is needed."""
        self.number = number
        self._hass = hass
        self._plan = plan
        self._targets = targets
        self._count: int = asked["count"]
        self._rate: float = asked["rate"]
        self._keep: bool = asked["keep"]
        self._user: str | None = asked["user"]
        self._parent = Context()
        self._last_context: dict[int, Context] = {}
        self._made = 0
        self._by_kind: Counter[str] = Counter()
        self._kept: list[tuple[str, State | tuple[str, Context]]] = []
        self._began = time.monotonic()
        self._seconds: float | None = None
        self._stop = False
        self._error: str | None = None
        self.ended = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def go(self) -> None:
        """Make the whole load, then say so."""
        try:
            if self._rate > 0:
                await self._at_rate()
            else:
                await self._at_full_speed()
        except Exception as error:  # the progress must say what went wrong
            self._error = repr(error)
            raise
        finally:
            self._seconds = time.monotonic() - self._began
            self.ended.set()
            self._hass.bus.async_fire(EVENT_RUN_ENDED, {"run": self.number, "made": self._made})

    async def _at_full_speed(self) -> None:
        while self._made < self._count and not self._stop:
            self._burst(min(BURST, self._count - self._made))
            await asyncio.sleep(0)

    async def _at_rate(self) -> None:
        while self._made < self._count and not self._stop:
            due = int((time.monotonic() - self._began) * self._rate) + 1
            self._burst(min(due, self._count) - self._made)
            await asyncio.sleep(PACE_SECONDS)

    def _burst(self, writes: int) -> None:
        for _ in range(writes):
            write = self._plan.write(self._made)
            target = self._targets[write.entity]
            context = self._context(write)
            target.put(write, context)
            self._made += 1
            self._by_kind[write.kind] += 1
            if self._keep:
                state = self._hass.states.get(target.entity_id)
                self._kept.append((write.kind, state if write.state is not None and state else (target.entity_id, context)))

    def _context(self, write: Write) -> Context:
        last = self._last_context.get(write.entity)
        if write.same_context and last is not None:
            return last
        parent = (last or self._parent).id if write.parent else None
        context = Context(user_id=self._user if write.user else None, parent_id=parent)
        self._last_context[write.entity] = context
        return context

    @callback
    def stop(self, _event: Event | None = None) -> None:
        """End after the current burst."""
        self._stop = True

    def progress(self) -> dict[str, Any]:
        """How far it is."""
        seconds = self._seconds if self._seconds is not None else time.monotonic() - self._began
        return {
            "run": self.number,
            "state": "failed" if self._error else "ended" if self.ended.is_set() else "running",
            "error": self._error,
            "asked": self._count,
            "made": self._made,
            "by_kind": dict(self._by_kind),
            "seconds": round(seconds, 3),
            "rate": round(self._made / seconds) if seconds > 0 else 0,
            "entities": [target.entity_id for target in self._targets],
        }

    def made(self, offset: int, limit: int) -> dict[str, Any]:
        """What was made, in order, as Core's own state objects tell it (only when asked to keep it)."""
        page = self._kept[offset : offset + limit]
        return {"run": self.number, "total": len(self._kept), "changes": [_describe(kind, kept) for kind, kept in page]}


def _describe(kind: str, kept: State | tuple[str, Context]) -> dict[str, Any]:
    if isinstance(kept, State):
        told = kept.as_dict()
        context = kept.context
        return {
            "kind": kind,
            "entity_id": told["entity_id"],
            "state": told["state"],
            "attributes": dict(kept.attributes),
            "last_changed": kept.last_changed.isoformat(),
            "last_updated": kept.last_updated.isoformat(),
            "context": {"id": context.id, "parent_id": context.parent_id, "user_id": context.user_id},
        }
    entity_id, context = kept
    return {
        "kind": kind,
        "entity_id": entity_id,
        "state": None,
        "context": {"id": context.id, "parent_id": context.parent_id, "user_id": context.user_id},
    }


