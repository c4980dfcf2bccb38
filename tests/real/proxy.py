"""Stands between the bot and the homeserver, to stop the world at a chosen moment of their talk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Callable
from enum import Enum
from functools import partial

import aiohttp
from aiohttp import web

# These belong to one connection, or are set anew for the other one.
OWN_HEADERS = {"host", "connection", "transfer-encoding", "content-length", "accept-encoding"}
A_MESSAGE = "/send/m.room.encrypted/"


class Moment(Enum):
    """Where the bot can be when its last second comes."""

    HEARD = "it has been handed what somebody said, by the sync"
    ASKED = "it asks to send a message, and the homeserver does not know yet"
    ACCEPTED = "the homeserver has accepted its message, and it does not know yet"


class Proxy:
    """Passes everything on, until the moment that was asked for."""

    def __init__(self, homeserver_url: str, timeline: int | None = None) -> None:
        """`timeline`: how many messages of a room a sync brings at most, where that is to be less than asked for."""
        self.upstream = homeserver_url
        self.timeline = timeline
        self.url = ""
        self.sent_at: list[float] = []  # when it asked to send something, of the monotonic clock
        self.again = asyncio.Event()  # the place of the message of the last such moment was written to again
        self._struck = ""
        self.limited: set[str] = set()  # rooms of which a sync has not brought all
        self.hears = asyncio.Event()  # while it is not set, no sync is answered
        self.hears.set()
        self.is_open = True  # while it is not, nothing comes through
        self._wanted: tuple[Moment, Callable[[], object]] | None = None

    async def start(self) -> "Proxy":
        """Listens on a loopback port."""
        self._client = aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout())
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def stop(self) -> None:
        """Listens no longer."""
        await self._client.close()
        await self._runner.cleanup()

    def hears_after(self, seconds: float) -> None:
        """Syncs are answered again in a while."""
        asyncio.get_running_loop().call_later(seconds, self.hears.set)

    def at(self, moment: Moment, act: Callable[[], None], later: float = 0.0) -> asyncio.Future[None]:
        """Calls `act` once, `later` seconds after the next such moment. The answer is done then."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def strike() -> None:
            act()
            done.set_result(None)

        self._wanted = (moment, partial(loop.call_later, later, strike) if later else strike)
        return done

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if request.path.endswith("/sync"):
            await self.hears.wait()
        sends = request.method == "PUT" and A_MESSAGE in request.path
        if sends:
            self.sent_at.append(time.monotonic())
            if _place(request) == self._struck:
                self.again.set()
        if not self.is_open or (sends and self._strike(Moment.ASKED, request)):
            return _cut(request)
        back = await self._ask(request, body)
        if request.path.endswith("/sync"):
            await self.hears.wait()  # the one that was on its way already must not tell either
        if back is None or (sends and back.status == 200 and self._strike(Moment.ACCEPTED, request)):
            return _cut(request)
        text = back.body if isinstance(back.body, bytes) else b""
        if request.path.endswith("/sync") and b'"m.room.encrypted"' in text and b'"sender":"@amira:' in text:
            with contextlib.suppress(ConnectionError):  # it may have gone meanwhile
                await back.prepare(request)
                await back.write_eof()
                self._strike(Moment.HEARD, request)
        return back

    async def _ask(self, request: web.Request, body: bytes) -> web.Response | None:
        """The homeserver's answer, nothing where none comes."""
        try:
            async with self._client.request(
                request.method,
                f"{self.upstream}{self._with_less(request.raw_path)}",
                headers=_without_own(request.headers),
                data=body,
                allow_redirects=False,
            ) as answer:
                text = await answer.read()
        except aiohttp.ClientError:
            return None  # the homeserver is away
        if request.path.endswith("/sync") and answer.status == 200:
            self._note_gaps(text)
        return web.Response(status=answer.status, body=text, headers=_without_own(answer.headers))

    def _with_less(self, path: str) -> str:
        if self.timeline is None or "/sync?" not in path:
            return path
        return re.sub(r"(%22timeline%22:%7B%22limit%22:|%22timeline%22%3A%7B%22limit%22%3A)\d+", rf"\g<1>{self.timeline}", path)

    def _note_gaps(self, sync: bytes) -> None:
        rooms = json.loads(sync).get("rooms", {}).get("join", {})
        self.limited |= {room for room, news in rooms.items() if news["timeline"].get("limited")}

    def _strike(self, moment: Moment, request: web.Request) -> bool:
        if not self._wanted or self._wanted[0] is not moment:
            return False
        self._struck = _place(request)
        self.again.clear()
        act, self._wanted = self._wanted[1], None
        act()
        return True


def _without_own(headers: object) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key.lower() not in OWN_HEADERS}  # type: ignore[attr-defined]


def _place(request: web.Request) -> str:
    """The room and the kind of message, without its number."""
    return request.path.rsplit("/", 1)[0]


def _cut(request: web.Request) -> web.Response:
    """Breaks the connection off instead of answering."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=502)
