"""A line between the bot and the homeserver that delays at random, and cuts before and after the homeserver has done its part."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from proxy import A_MESSAGE, Proxy
from tally import LONG, Tally

# The same number plays the same faults again, for as long as the bot asks for the same things.
SEED = "LONEWATCH_SEED"
DELAYED, CUT_BEFORE, CUT_AFTER = 0.35, 0.12, 0.12  # of all requests
# The longest delay in seconds; in the long form some outlast the 20 seconds that the bot gives a request.
LONGEST = 25.0 if LONG else 4.0
# How long the bot waits at most after so many cuts in a row, in seconds: of the sync, of a page.
SYNC_WAITS = (1, 2, 4, 8)
SEND_WAITS = (1, 2, 4, 5)


def new_seed() -> int:
    """What the environment says, else another one each time. It is printed: pytest shows it where the test fails."""
    seed = int(os.environ.get(SEED) or random.SystemRandom().randrange(10**6))
    print(f"{SEED}={seed}")
    return seed


@dataclass(frozen=True)
class Fault:
    """What was done to one request: from when to when it may have held the bot up, and for how long (seconds)."""

    what: str
    begin: float  # of the monotonic clock
    end: float
    cost: float


class BrokenLine(Proxy):
    """Breaks sync, send, keys and everything else alike, while `breaks` is set."""

    def __init__(self, homeserver_url: str, seed: int, tally: Tally) -> None:
        super().__init__(homeserver_url)
        self.seed = seed
        self.tally = tally
        self.breaks = False
        self.faults: list[Fault] = []
        self._asked: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()

    def counts(self) -> Counter[str]:
        """How many faults of which kind there were."""
        return Counter(fault.what for fault in self.faults)

    def cost(self, since: float, until: float) -> float:
        """By how much the faults between two moments of the monotonic clock may have held up what was due, in seconds."""
        return sum(fault.cost for fault in self.faults if fault.begin <= until and fault.end >= since)

    async def _ask(self, request: web.Request, body: bytes) -> web.Response | None:
        if not self.breaks:
            return await super()._ask(request, body)
        kind = _kind(request)
        self._asked[kind] += 1
        # By kind and number: what one task of the bot asks for in between changes nothing for the others.
        luck = random.Random(f"{self.seed}/{kind}/{self._asked[kind]}")
        delay = LONGEST * luck.random() ** 3 if luck.random() < DELAYED else 0.0
        on_the_way_back, fate = luck.random() < 0.5, luck.random()
        if not on_the_way_back:
            await self._delay(kind, delay)
        if fate < CUT_BEFORE:
            return self._cut_off(kind, "before")
        answer = await super()._ask(request, body)
        if on_the_way_back:
            await self._delay(kind, delay)
        if fate < CUT_BEFORE + CUT_AFTER:
            return self._cut_off(kind, "after")
        self._in_a_row[kind] = 0
        return answer

    async def _delay(self, kind: str, seconds: float) -> None:
        if seconds:
            now = time.monotonic()
            self._count(Fault(f"{kind} delayed", now, now + seconds, seconds))
            await asyncio.sleep(seconds)  # this is the fault

    def _cut_off(self, kind: str, where: str) -> None:
        waits = SYNC_WAITS if kind == "sync" else SEND_WAITS
        cost = waits[min(self._in_a_row[kind], len(waits) - 1)]
        self._in_a_row[kind] += 1
        now = time.monotonic()
        self._count(Fault(f"{kind} cut {where}", now, now + cost, cost))

    def _count(self, fault: Fault) -> None:
        self.faults.append(fault)
        self.tally.faults += 1


def _kind(request: web.Request) -> str:
    if request.path.endswith("/sync"):
        return "sync"
    if request.method == "PUT" and A_MESSAGE in request.path:
        return "send"
    if "/keys/" in request.path or "/sendToDevice/" in request.path:
        return "keys"
    return "other"
