"""The homeserver stopped, started again under load, answering late and not at all: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

from broken_line import BrokenLine, new_seed
from checks import only_seen_by
from homeserver import Homeserver
from proxy import Moment, Proxy
from roster import RESPONDERS
from screen import Seen
from tally import LONG, Tally
from talk import SAFE, Alarm, Talk, until, utc_now, whole_minute_after
from words import ZONE
from world import World

SECTION = "2 the homeserver, broken"
# Seconds from the stop to the start. What is longer than two minutes is told as having been blind.
OUTAGES = (60, 150) if LONG else (25,)
TOLD = timedelta(minutes=2)
# A sync may have been open for 30 seconds when the homeserver stopped: since then nothing is known.
POLL = timedelta(seconds=30)
RESTARTS = 10 if LONG else 3
BUSY_FOR = timedelta(seconds=300 if LONG else 20)  # of a broken line
# After an outage the bot tries again after 10 seconds at most. The rest is for a slow, shared machine.
TRIES_AGAIN = timedelta(seconds=10)
NOISE = timedelta(seconds=15)
MANAGERS = "#north-managers"


class Outages:
    """From when to when the homeserver was away (UTC)."""

    def __init__(self) -> None:
        self.all: list[tuple[datetime, datetime]] = []

    def allowed(self, due: datetime, came: datetime) -> timedelta:
        """The outages between two moments, and after each the bot's longest wait."""
        between = [(max(due, began), back) for began, back in self.all if began <= came and back >= due]
        return sum((back - began + TRIES_AGAIN for began, back in between), NOISE)


def test_stopped_across_a_deadline(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_stopped(World(homeserver, tmp_path)))


async def _stopped(world: World) -> None:
    outages, proxy = Outages(), Proxy(world.homeserver.url)
    talk = Talk(world, Tally(SECTION, "Synapse stopped across a deadline, then back"), outages.allowed)
    async with talk.counted(proxy):
        for number, seconds in enumerate(OUTAGES):
            await _outage(talk, outages, proxy, number, seconds)


async def _outage(talk: Talk, outages: Outages, proxy: Proxy, number: int, seconds: float) -> None:
    """Two visits end while the homeserver is away. Amira said in time that she has left, Ben says nothing."""
    world, amiras, bens = talk.world, f"LCS10{number}", f"LCS20{number}"
    end = whole_minute_after(25)
    await asyncio.gather(talk.goes_out("amira", amiras, end), talk.goes_out("ben", bens, end))
    await until(end - timedelta(seconds=10))
    silent = talk.overdue(bens, end)
    began = utc_now()
    await asyncio.to_thread(world.homeserver.stop)
    proxy.is_open = False
    talk.tally.faults += 1
    assert utc_now() < end, "the machine was too slow: the deadline was not in the outage"
    left = asyncio.gather(talk.say("amira", "left"), talk.say("dan", "board"))
    await until(began + timedelta(seconds=seconds))
    await asyncio.to_thread(world.homeserver.start)
    # The bot's line is back a little later than everybody's: Amira's phone was quicker. By then each step is due.
    await left
    await until(end + timedelta(seconds=25))
    proxy.is_open = True
    outages.all.append((began, utc_now()))

    question = await world.ben.sees(lambda s: _asks(s, bens), 60, "direct")
    talk.came(question, end)
    await talk.paged(silent)
    await talk.close(silent, "he is at home, his phone was flat")
    await talk.answered()
    asked = world.ben.all(lambda s: _asks(s, bens), "direct")
    talk.tally.doubled += [f"asked again: {seen}" for seen in asked[1:] if seen.body == question.body]
    for person in world.people.values():
        rang = person.all(lambda s: _asks(s, amiras))
        talk.tally.other += [f"Amira had left, and it rang for {person.name}: {seen}" for seen in rang]
    _told(talk, silent, *outages.all[-1])


def _asks(seen: Seen, reference: str) -> bool:
    return reference in seen.body and bool(seen.mentions)


def _told(talk: Talk, silent: Alarm, began: datetime, back: datetime) -> None:
    """A long outage is told in the managers' room, before the pages that it has made late; a short one is not."""
    dan = talk.world.dan
    told = [seen for seen in dan.all("I was not able to watch from*", MANAGERS) if seen.at >= began]
    if back - began <= TOLD - POLL:
        talk.tally.other += [f"it was not blind for long: {seen}" for seen in told]
        return
    if len(told) != 1:
        (talk.tally.doubled if told else talk.tally.lost).append(f"having been blind is told {len(told)} times: {told}")
        return
    since = _minutes(began - POLL, began)
    to = _minutes(back, back + TRIES_AGAIN + NOISE)
    if not any(f"from {a} to {b}." in told[0].body for a in since for b in to):
        talk.tally.other.append(f"the outage was from {since} to {to}: {told[0]}")
    page = next(seen for seen in dan.all(place=MANAGERS) if silent.headline in seen.line and seen.mentions)
    if dan.screen.index(page) < dan.screen.index(told[0]):
        talk.tally.other.append(f"paged before it said why so late: {told[0]}")


def _minutes(first: datetime, last: datetime) -> list[str]:
    """All minutes from one moment to another, as they are written."""
    minutes = int((last.replace(second=0) - first.replace(second=0, microsecond=0)).total_seconds() // 60)
    return [f"{(first + timedelta(minutes=n)).astimezone(ZONE):%H:%M}" for n in range(minutes + 1)]


def test_restarted_under_load(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_restarted(World(homeserver, tmp_path), new_seed()))


async def _restarted(world: World, seed: int) -> None:
    outages, proxy = Outages(), Proxy(world.homeserver.url)
    talk = Talk(world, Tally(SECTION, "Synapse restarted under load"), outages.allowed)
    moments: list[Moment | None] = ([Moment.ACCEPTED, Moment.ASKED, None] * RESTARTS)[:RESTARTS]
    random.Random(seed).shuffle(moments)
    async with talk.counted(proxy):
        end = whole_minute_after(10)
        await talk.ask("amira", "visit LCS3001 AB for 2h")
        await talk.goes_out("ben", "LCS3002", end)
        silent = talk.overdue("LCS3002", end)
        async with talk.busy():
            # The first one while Amira's call goes out, the last ones while Ben is asked for.
            paged = {"dan": 0, "carol": 0, "sam": 0, "hana": 30, "diana": 30}
            call, _ = await asyncio.gather(
                talk.calls("/sos", "CALL FOR HELP from Amira Khan", paged), _restart(talk, outages, proxy, moments.pop())
            )
            for _ in range(RESTARTS - 3):
                await _restart(talk, outages, proxy, moments.pop())
            for after in (12, 24):
                await until(end + timedelta(seconds=after))
                await _restart(talk, outages, proxy, moments.pop())
            await talk.paged(silent)
            await talk.paged(call)
            await talk.close(silent, "he is at home, his phone was flat")
            await talk.close(call, SAFE)


async def _restart(talk: Talk, outages: Outages, proxy: Proxy, moment: Moment | None) -> None:
    """Stops Synapse, at this moment of a message's way where one is named, and starts it again."""
    if moment:
        await asyncio.wait_for(proxy.at(moment, lambda: None), 60)
    began = utc_now()
    await asyncio.to_thread(talk.world.homeserver.stop)
    await asyncio.to_thread(talk.world.homeserver.start)
    outages.all.append((began, utc_now()))
    talk.tally.faults += 1


def test_answers_late_and_not_at_all(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_broken_line(World(homeserver, tmp_path), new_seed()))


async def _broken_line(world: World, seed: int) -> None:
    tally = Tally(SECTION, "answers delayed, and cut before and after")
    line = BrokenLine(world.homeserver.url, seed, tally)
    # The faults are timed by another clock.
    ahead = time.time() - time.monotonic()

    def allowed(due: datetime, came: datetime) -> timedelta:
        return timedelta(seconds=line.cost(due.timestamp() - ahead, came.timestamp() - ahead)) + NOISE

    talk = Talk(world, tally, allowed)
    async with talk.counted(line):
        line.breaks, began = True, utc_now()
        end = whole_minute_after(90 if LONG else 15)
        await talk.ask("amira", "visit LCS4001 AB for 2h")
        await talk.goes_out("ben", "LCS4002", end)
        silent = talk.overdue("LCS4002", end)
        # Nothing that her account says afterwards answers a call by code phrase.
        async with talk.busy(amira=["note number {}", "ok", "extend 1m", "mine"]):
            paged = {"dan": 0, "sam": 0, "diana": 0, "carol": 45, "hana": 45}
            headline = "CALL FOR HELP from Amira Khan, made so that others would not notice"
            call = await talk.calls("running over, the papers are in the purple file", headline, paged)
            await talk.paged(silent)
            await talk.close(silent, "he is at home, his phone was flat")
            await talk.paged(call)
            await until(began + BUSY_FOR)
            await talk.close(call, SAFE)
        line.breaks = False
        print(dict(line.counts()))
        for number in call.numbers(list(world.people.values())):
            only_seen_by(world.people.values(), number, set(RESPONDERS))
