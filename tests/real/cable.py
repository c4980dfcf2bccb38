"""A cable between the bot and its database that can be cut, as a network is cut: nothing comes through, and nobody is told."""

from __future__ import annotations

import asyncio
import contextlib


class Cable:
    """Passes bytes on to a port on loopback, until it is cut."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.port = 0
        self._whole = asyncio.Event()
        self._whole.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> "Cable":
        """Listens on a port of its own."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Passes nothing on any more, and closes what is open."""
        self._server.close()
        for task in list(self._tasks):
            task.cancel()

    def cut(self) -> None:
        """From now on nothing comes through: connections stay open, and nothing answers."""
        self._whole.clear()

    def mend(self) -> None:
        """What was held up comes through, late."""
        self._whole.set()

    async def _connect(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        there, forth = await asyncio.open_connection("127.0.0.1", self.to)
        for one, other in ((here, forth), (there, back)):
            task = asyncio.create_task(self._pass_on(one, other))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, one: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while said := await one.read(65536):
                await self._whole.wait()
                other.write(said)
                await other.drain()
        other.close()
