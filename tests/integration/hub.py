"""A real server that speaks the part of the hub's API that the integration uses (docs/api.md, docs/wire.md)."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

SERVER_ID = "0123456789abcdef0123456789abcdef"
TOKEN = "hi_right"


def firing(number: int, **attributes: Any) -> dict[str, Any]:
    """A firing of the event `gap`."""
    return {
        "key": "gap",
        "id": number,
        "event_type": "gap_found",
        "time": "2026-11-24T10:00:00.000001Z",
        "attributes": {"kind": "states", "cause": "disconnected", **attributes},
    }


def entries() -> list[dict[str, Any]]:
    """What a hub offers, one of each form."""
    return [
        {
            "key": "connected",
            "platform": "binary_sensor",
            "translation_key": "connected",
            "device_class": "connectivity",
            "category": "diagnostic",
            "value": True,
            "available": True,
        },
        {
            "key": "problem",
            "platform": "binary_sensor",
            "translation_key": "problem",
            "device_class": "problem",
            "category": "diagnostic",
            "value": False,
            "attributes": {"problems": []},
            "available": True,
        },
        {
            "key": "store_size",
            "platform": "sensor",
            "translation_key": "store_size",
            "device_class": "data_size",
            "state_class": "measurement",
            "unit": "B",
            "suggested_unit": "MB",
            "precision": 1,
            "category": "diagnostic",
            "value": 2_500_000,
            "available": True,
        },
        {
            "key": "completeness",
            "platform": "sensor",
            "translation_key": "completeness",
            "state_class": "measurement",
            "unit": "%",
            "category": "diagnostic",
            "available": False,
            "why": "Nothing is recorded yet",
        },
        {
            "key": "last_gap",
            "platform": "sensor",
            "translation_key": "last_gap",
            "device_class": "timestamp",
            "category": "diagnostic",
            "value": "2026-11-24T09:00:00.000001Z",
            "attributes": {"cause": "disconnected"},
            "available": True,
        },
        {
            "key": "series",
            "platform": "sensor",
            "translation_key": "series",
            "unit": "series",
            "enabled": False,
            "value": 7,
            "available": True,
        },
        {
            "key": "gap",
            "platform": "event",
            "translation_key": "gap",
            "event_types": ["gap_found"],
            "recent": [],
            "available": True,
        },
    ]


class HubServer:
    """The server, what it answers, and what it was asked."""

    def __init__(self) -> None:
        """Answer as a healthy hub does."""
        self.token = TOKEN
        self.server_id = SERVER_ID
        self.version = "0.1.0"
        self.api: Any = {"min": 1, "max": 1}
        self.schema: Any = {"min": 1, "max": 1}
        self.integration_min = "0.1.0"
        self.published: Any = entries()
        # In place of the answer to a subscription, or to everything.
        self.answer_to_subscribe: dict[str, Any] | str | None = None
        self.status: int | None = None
        self.body: str | None = None
        self.deaf = False
        self.requests: list[str] = []
        self.frames: list[dict[str, Any]] = []
        self._sockets: set[web.WebSocketResponse] = set()
        self._server: TestServer | None = None
        self._port = 0

    @property
    def host(self) -> str:
        """Where it listens."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The same port for as long as the test runs, also after a stop."""
        return self._port

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return len(self._sockets)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return self.requests.count(path)

    async def start(self) -> None:
        """Begin to listen."""
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_get("/api/v1/published", self._published)
        app.router.add_get("/api/v1/live", self._live)
        self._server = TestServer(app, host=self.host, port=self._port or None)
        await self._server.start_server()
        self._port = self._server.port or 0

    async def stop(self) -> None:
        """Go away, with every stream."""
        if self._server is None:
            return
        for socket in list(self._sockets):
            await socket.close(code=1001)
        await self._server.close()
        self._server = None

    async def push(self, frame: dict[str, Any] | str) -> None:
        """Send a frame to everyone who listens."""
        for socket in list(self._sockets):
            if isinstance(frame, str):
                await socket.send_str(frame)
            else:
                await socket.send_json(frame)

    async def drop(self) -> None:
        """End every stream, as a restarting hub does."""
        await self.push(
            {"type": "error", "code": "not_ready", "detail": "The hub is stopping"}
        )
        for socket in list(self._sockets):
            await socket.close(code=1001)

    def whole(self) -> dict[str, Any]:
        """The list as it is now."""
        return {
            "server_id": self.server_id,
            "version": self.version,
            "api": self.api,
            "integration_min": self.integration_min,
            "published": self.published,
        }

    def entry(self, key: str) -> dict[str, Any]:
        """One entry of the list."""
        return next(one for one in self.published if one["key"] == key)

    def _refusal(self, request: web.Request) -> web.Response | None:
        self.requests.append(request.path)
        if self.status:
            return web.Response(status=self.status)
        if self.body is not None:
            return web.Response(text=self.body, content_type="application/json")
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"code": "unauthorized"}, status=401)
        return None

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _published(self, request: web.Request) -> web.Response:
        return self._refusal(request) or web.json_response(self.whole())

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if refusal := self._refusal(request):
            return refusal
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await socket.send_json(
                {"type": "hello", "version": self.version, "schema": self.schema}
            )
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                await self._answer(socket, message.json())
        finally:
            self._sockets.discard(socket)
        return socket

    async def _answer(
        self, socket: web.WebSocketResponse, frame: dict[str, Any]
    ) -> None:
        self.frames.append(frame)
        if self.deaf:
            return
        if frame["type"] == "ping":
            await socket.send_json({"type": "pong"})
            return
        answer = self.answer_to_subscribe
        if isinstance(answer, str):
            await socket.send_str(answer)
        else:
            await socket.send_json(
                answer or {"type": "published", "complete": True, **self.whole()}
            )


async def until(holds: Callable[[], bool], within: float = 5) -> None:
    """Wait until something holds; fail when it never does."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.005)
