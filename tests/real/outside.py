"""Whoever looks at the bot from outside: a watchdog that asks, one that waits for a heartbeat, and systemd."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web


class Watchdog:
    """Asks the bot's pages on a loopback port."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    async def get(self, path: str) -> tuple[int, str]:
        """The status and the body of a page; 0 where nobody answers."""
        try:
            async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""

    async def readiness(self) -> tuple[int, dict[str, Any]]:
        """The status and the values of `/readyz`."""
        async with aiohttp.ClientSession() as session, session.get(self.url + "/readyz") as answer:
            body: dict[str, Any] = await answer.json()
            return answer.status, body

    async def metrics(self) -> dict[str, float]:
        """The values of `/metrics` by name, labels included."""
        status, text = await self.get("/metrics")
        assert status == 200, status
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    async def reads(
        self, test: Callable[[int, dict[str, Any]], bool], what: str, within: float = 60.0
    ) -> dict[str, Any]:
        """Asks `/readyz` until it says this."""
        deadline = time.monotonic() + within
        while True:
            try:
                status, body = await self.readiness()
            except aiohttp.ClientError:
                status, body = 0, {}
            if test(status, body):
                return body
            if time.monotonic() > deadline:
                raise AssertionError(f"/readyz does not say {what} within {within:.0f} s: {status} {body}")
            await asyncio.sleep(0.02)  # between two questions

    async def ready(self, within: float = 60.0) -> dict[str, Any]:
        """Waits until all is well."""
        return await self.reads(lambda status, _: status == 200, "200", within)

    async def not_ready(self, because: str, within: float = 60.0) -> dict[str, Any]:
        """Waits until it is not well, for this reason."""

        def says(status: int, body: dict[str, Any]) -> bool:
            return status == 503 and any(because in each for each in body["wrong"])

        return await self.reads(says, f"503 because of '{because}'", within)


class Pinged:
    """Waits for heartbeats on a loopback port, at an address that nobody can guess."""

    SECRET = "c2VjcmV0LWhlYXJ0YmVhdA"

    def __init__(self) -> None:
        self.beats: list[float] = []
        self.url = ""
        self._came = asyncio.Condition()

    async def start(self) -> "Pinged":
        """Listens."""
        app = web.Application()
        app.router.add_get(f"/ping/{self.SECRET}", self._beat)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/ping/{self.SECRET}"
        return self

    async def stop(self) -> None:
        """Listens no longer."""
        await self._runner.cleanup()

    async def beat_after(self, moment: float, within: float = 30.0) -> None:
        """Waits for a beat later than this (monotonic clock)."""
        async with self._came:
            later = self._came.wait_for(lambda: bool(self.beats) and self.beats[-1] > moment)
            await asyncio.wait_for(later, within)

    async def _beat(self, _request: web.Request) -> web.Response:
        async with self._came:
            self.beats.append(time.monotonic())
            self._came.notify_all()
        return web.Response(text="OK")


class Systemd:
    """The end of `NOTIFY_SOCKET` that systemd holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[str] = []
        self._came = asyncio.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._listening = asyncio.create_task(self._listen())

    async def hears(self, line: str, within: float = 30.0, after: int = 0) -> None:
        """Waits until this line has been told, as one of `told[after:]`."""
        async with self._came:
            heard = self._came.wait_for(lambda: line in self.told[after:])
            try:
                await asyncio.wait_for(heard, within)
            except (asyncio.TimeoutError, TimeoutError):
                raise AssertionError(f"systemd is not told {line}: {self.told[after:]}") from None

    def close(self) -> None:
        """Hears nothing any more."""
        self._listening.cancel()
        self._socket.close()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            words = (await loop.sock_recv(self._socket, 4096)).decode().splitlines()
            async with self._came:
                self.told += words
                self._came.notify_all()
