"""The hub's API as far as Home Assistant needs it: one list, one stream."""

from http import HTTPStatus
import json
from typing import Any, Self

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSMsgType,
    WSServerHandshakeError,
)
from yarl import URL

from .const import ISSUE_HUB_OUTDATED, ISSUE_INTEGRATION_OUTDATED, WIRE_SCHEMA
from .errors import CannotConnect, InvalidAnswer, InvalidAuth, Mismatch
from .models import Hub

ANSWER_WITHIN_S = 10
# The hub lets a silent client go after 60 s, and a path through proxies closes sooner.
PING_EVERY_S = 15

REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class HubClient:
    """Asks one hub."""

    def __init__(
        self, session: ClientSession, host: str, port: int, token: str
    ) -> None:
        """Keep where the hub is and by which token it lets us in."""
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        try:
            self.url = URL.build(scheme="http", host=host, port=port, path="/")
        except ValueError as err:
            raise CannotConnect(f"{host} is no host name") from err

    async def fetch(self) -> Hub:
        """Ask once for everything that is published."""
        try:
            async with self._session.get(
                self.url.with_path("/api/v1/published"),
                headers=self._headers,
                timeout=ClientTimeout(total=ANSWER_WITHIN_S),
                allow_redirects=False,
            ) as response:
                _check_status(response.status)
                return Hub.from_json(await response.json())
        except (ClientError, TimeoutError) as err:
            raise CannotConnect(_why(err)) from err
        except ValueError as err:
            raise InvalidAnswer("the answer is no JSON") from err

    async def open_stream(self) -> HubStream:
        """Open the live stream and wait for the hub to say who it is."""
        try:
            socket = await self._session.ws_connect(
                self.url.with_path("/api/v1/live"),
                headers=self._headers,
                timeout=ClientWSTimeout(ws_close=ANSWER_WITHIN_S),
            )
        except WSServerHandshakeError as err:
            _check_status(err.status)
            raise CannotConnect(_why(err)) from err
        except (ClientError, TimeoutError) as err:
            raise CannotConnect(_why(err)) from err
        return HubStream(socket)


class HubStream:
    """One live stream: hello, the whole list, then what changes."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Take over an open socket."""
        self._socket = socket

    async def start(self) -> Hub:
        """Subscribe, and answer with the whole list."""
        hello = await self._expect("hello")
        schema = hello.get("schema")
        if not isinstance(schema, dict):
            raise InvalidAnswer("hello names no schema")
        if (newest := schema.get("max")) is None or newest < WIRE_SCHEMA:
            raise Mismatch(ISSUE_HUB_OUTDATED, {"hub": str(hello.get("version"))})
        if schema.get("min", WIRE_SCHEMA) > WIRE_SCHEMA:
            raise Mismatch(
                ISSUE_INTEGRATION_OUTDATED, {"hub": str(hello.get("version"))}
            )
        await self.subscribe()
        return Hub.from_json(await self._expect("published"))

    async def subscribe(self) -> None:
        """Ask for the whole list and what changes in it."""
        await self._send({"type": "subscribe", "topics": ["published"]})

    def __aiter__(self) -> Self:
        """Answer with the frames as they come."""
        return self

    async def __anext__(self) -> dict[str, Any]:
        """Wait for a frame, and make sure that the hub is still there."""
        try:
            return await self._receive(PING_EVERY_S)
        except TimeoutError:
            await self._send({"type": "ping"})
        try:
            return await self._receive(PING_EVERY_S)
        except TimeoutError as err:
            raise CannotConnect("the hub stopped answering") from err

    async def close(self) -> None:
        """Close the stream, whatever state it is in."""
        await self._socket.close()

    async def _send(self, frame: dict[str, Any]) -> None:
        try:
            await self._socket.send_json(frame)
        except (ClientError, ConnectionError) as err:
            raise CannotConnect(_why(err)) from err

    async def _expect(self, kind: str) -> dict[str, Any]:
        try:
            frame = await self._receive(ANSWER_WITHIN_S)
        except TimeoutError as err:
            raise CannotConnect("the hub does not answer") from err
        if frame.get("type") == "error" and frame.get("code") == "invalid_request":
            # A hub that does not know what this integration asks for.
            raise Mismatch(ISSUE_HUB_OUTDATED, {"hub": "?"})
        if frame.get("type") != kind:
            raise InvalidAnswer(f"{frame.get('type')} came instead of {kind}")
        return frame

    async def _receive(self, within: float) -> dict[str, Any]:
        message = await self._socket.receive(timeout=within)
        if message.type is not WSMsgType.TEXT:
            raise CannotConnect("the hub closed the stream")
        try:
            frame = json.loads(message.data)
        except ValueError as err:
            raise InvalidAnswer("a frame is no JSON") from err
        if not isinstance(frame, dict):
            raise InvalidAnswer("a frame is no object")
        if frame.get("type") == "error":
            # The reason stands in the last frame, since closing codes get lost on the way.
            if frame.get("code") == "unauthorized":
                raise InvalidAuth(str(frame.get("detail")))
            if frame.get("code") == "not_ready":
                raise CannotConnect(str(frame.get("detail")))
        return frame


def _check_status(status: int) -> None:
    if status in REFUSED:
        raise InvalidAuth(f"the hub answered {status}")
    if status == HTTPStatus.NOT_FOUND:
        raise InvalidAnswer("nothing of a hub is there")
    if status not in (HTTPStatus.OK, HTTPStatus.SWITCHING_PROTOCOLS):
        raise CannotConnect(f"the hub answered {status}")


def _why(err: Exception) -> str:
    return str(err) or type(err).__name__
