"""The homeserver takes a message, and its answer is lost: the bot asks again before anything shows it that it need not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from homeserver import Homeserver
from proxy import Moment, Proxy
from tally import LONG, Tally
from talk import SAFE, Talk
from world import World

TIMES = 12 if LONG else 3
# The bot tries a page again after 5 seconds at most, and two are made to fail. The rest is for a slow, shared machine.
LATE = timedelta(seconds=30)


def test_taken_and_not_answered(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_taken(World(homeserver, tmp_path)))


async def _taken(world: World) -> None:
    proxy = Proxy(world.homeserver.url)
    tally = Tally("2 the homeserver, broken", "a message taken, the answer lost, and its echo held back")
    talk = Talk(world, tally, lambda due, came: LATE)
    async with talk.counted(proxy):
        await talk.ask("amira", "visit LCS5001 AB for 2h")
        for number in range(TIMES):
            await asyncio.gather(talk.ask("amira", f"note number {number}"), _unanswered(talk, proxy))
        # Of a call for help a page, and a reminder.
        paged = {"dan": 0, "carol": 0, "sam": 0, "hana": 30, "diana": 30}
        headline = "CALL FOR HELP from Amira Khan"
        call, _ = await asyncio.gather(talk.calls("/sos", headline, paged), _unanswered(talk, proxy))
        await talk.paged(call)
        await _unanswered(talk, proxy)
        await talk.close(call, SAFE)


async def _unanswered(talk: Talk, proxy: Proxy) -> None:
    """The next message is taken and not answered; no sync comes until the same place is written to again."""
    cut = proxy.at(Moment.ACCEPTED, proxy.hears.clear)
    await asyncio.wait_for(cut, 120)
    talk.tally.faults += 1
    try:
        await asyncio.wait_for(proxy.again.wait(), 60)
    finally:
        proxy.hears.set()
