"""The bot killed at random moments of a busy conversation, and away while very much is written."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random, SystemRandom

import pytest

from away import IN_EACH, ROOMS, TIMELINE, Away
from bot import Bot
from busy import Talk
from checks import every_screen
from homeserver import Homeserver
from paged import policy_of_single_pages
from postgres import Postgres
from proxy import Moment, Proxy
from tally import LONG, Tally
from world import World

SECTION = "2 the homeserver, broken"
KILLS = 50 if LONG else 8
LAST = 3  # so many of the kills come after Ben has been asked, while he is overdue and others are paged
# A seed that failed is played again by this: LONEWATCH_BUSY_SEED=7 (the talk and the kills; the bot's own time is not played).
SEED = "LONEWATCH_BUSY_SEED"
STARTS = 2.5  # seconds: a start is killed within them, before or just after it watches
BLIND = timedelta(minutes=3)  # how long it is down; after two it has to say so
GOES_ON = 0.4  # seconds: how long it may go on after the moment that was waited for


@pytest.mark.parametrize("database", ["sqlite", "postgres"] if LONG else ["sqlite"])
def test_killed_at_random_moments(
    database: str, homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.create(f"busy_{tmp_path.name}") if database == "postgres" else None
    seed = int(os.environ.get(SEED) or SystemRandom().randrange(1_000_000))
    tally = Tally(SECTION, f"kill -9 at {KILLS} random moments of a busy conversation ({database}, seed {seed})")
    print(f"{SEED}={seed}")
    try:
        asyncio.run(_busy(World(homeserver, tmp_path), url, seed, tally))
    finally:
        tally.keep()
    tally.is_clean()


class Killer:
    """Kills the bot at moments that are drawn, and starts it again."""

    def __init__(self, world: World, proxy: Proxy, talk: Talk, seed: int) -> None:
        self.bot: Bot
        self.proxy = proxy
        self.talk = talk
        self.dice = Random(seed)
        self.kills: list[str] = []

    async def once(self) -> None:
        """While people write, with some of it unanswered."""
        await self.talk.keeps_up()
        moment = self.dice.choice([*Moment, None])
        if moment is None:
            await self._while_it_starts()
            return
        # Most of what can go wrong is over in hundredths of a second.
        delay = self.dice.choice([0.0, self.dice.uniform(0, GOES_ON / 10), self.dice.uniform(0, GOES_ON)])
        self.kills.append(f"{moment.name} + {delay:.3f} s")
        struck = self.proxy.at(moment, self.bot.kill, delay)
        while not struck.done():
            await self.talk.some()
            await asyncio.wait([struck], timeout=5)
        await self.talk.some()  # it is dead
        await self.bot.start()

    async def waits_for(self, question: asyncio.Event, alarms: asyncio.Task[None]) -> None:
        """People go on writing, no faster than thumbs, until it comes, or whoever waits for it has given up."""
        either = {asyncio.create_task(question.wait()), alarms}
        while not any(each.done() for each in either):
            await self.talk.some()
            await asyncio.wait(either, timeout=self.dice.uniform(2, 5), return_when=asyncio.FIRST_COMPLETED)

    async def _while_it_starts(self) -> None:
        """It watches; dies, with work waiting, and dies again while it starts."""
        delay = self.dice.uniform(0, STARTS)
        self.kills += ["wherever it was", f"start + {delay:.3f} s"]
        await self.talk.some()
        self.bot.kill()
        await self.talk.some()
        self.bot.begin()
        await asyncio.sleep(delay)  # the moment itself; nothing is waited for
        self.bot.kill()
        await self.bot.start()


async def _busy(world: World, store_url: str | None, seed: int, tally: Tally) -> None:
    world.policy = policy_of_single_pages(world.folder)
    await world.people_arrive()
    proxy = await Proxy(world.homeserver.url).start()
    talk = Talk(world, seed)
    killer = Killer(world, proxy, talk, seed)
    try:
        killer.bot = await world.bot_arrives(store_url, proxy.url)
        end = await talk.first_visit()
        alarms = [asyncio.create_task(each) for each in (talk.calls_for_help(), talk.overdue_visits(end))]
        try:
            for number in range(KILLS):
                if number == KILLS - LAST:
                    await killer.waits_for(talk.question, alarms[-1])
                await killer.once()
            talk.over = True
            came = await asyncio.gather(*alarms, return_exceptions=True)
            tally.lost += [str(what) for what in came if what]  # what they did not see
        finally:
            tally.faults = len(killer.kills)
            for task in alarms:
                task.cancel()
            await asyncio.gather(*alarms, return_exceptions=True)
        await talk.answered()
        await world.settles()
        talk.count(tally)
        every_screen(world.people.values())
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\n{SEED}={seed}: {killer.kills}\n{world.bot.tail()}") from failed
    finally:
        await world.close()
        await proxy.stop()


def test_many_messages_while_it_is_down(homeserver: Homeserver, tmp_path: Path) -> None:
    row = f"down while {ROOMS * IN_EACH} messages arrive in {ROOMS} rooms: a limited timeline"
    tally = Tally(SECTION, row, faults=1)
    try:
        asyncio.run(_away(World(homeserver, tmp_path), tally))
    finally:
        tally.keep()
    tally.is_clean()


async def _away(world: World, tally: Tally) -> None:
    world.policy = policy_of_single_pages(world.folder)
    await world.people_arrive()
    proxy = await Proxy(world.homeserver.url, TIMELINE).start()
    try:
        bot = await world.bot_arrives(by_way_of=proxy.url)
        away = Away(world, tally)
        await away.two_visits()
        bot.kill()
        killed = datetime.now(timezone.utc)
        proxy.limited.clear()
        await away.everybody_writes()
        if LONG:  # the time itself is what is wanted
            await asyncio.sleep(BLIND.total_seconds() - (datetime.now(timezone.utc) - killed).total_seconds())
        else:
            world.was_awake_before(BLIND)
            killed -= BLIND
        await bot.start()
        await away.is_answered()
        await world.settles()
        missed = set(away.rooms) - proxy.limited
        assert not missed, f"no gap in {[world.places.get(room, room) for room in missed]}"
        away.counts(killed)
        every_screen(world.people.values())
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot.tail()}") from failed
    finally:
        await world.close()
        await proxy.stop()
