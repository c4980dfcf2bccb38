"""Several instances over one PostgreSQL: one acts, the others stand by, and take over when it dies or is cut off."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import words
from bot import Bot
from cable import Cable
from checks import every_screen, exactly_one_answer
from homeserver import Homeserver
from person import Person
from postgres import Postgres
from proxy import Moment, Proxy
from roster import write_config
from tally import Tally
from world import BOT_ID, World

TAKES_OVER = 10.0  # seconds from the death of one to the first act of the next (issue 4, section 4)
BLIND = 75.0  # seconds after which one that is cut off from the homeserver hands over
ROWS = {
    "pair": "the one that acts is killed, with an alarm in flight",
    "chats": "killed before the other has looked for the chats",
    "cut": "the one that acts is cut off from the database",
    "blind": "the one that acts is cut off from the homeserver",
    "away": "the database is away for half a minute",
}
SENT = list[tuple[Person, str, str]]


class Pair:
    """Two instances of the bot on one database, each with a device and a way to the homeserver of its own."""

    def __init__(self, world: World, postgres: Postgres, row: str) -> None:
        """`row`: its line of the table."""
        self.world = world
        self.url = postgres.create(f"{row}_{world.folder.name}")
        self.ways: list[Proxy] = []
        self.bots: list[Bot] = []
        self.said: SENT = []
        self.tally = Tally("4 two instances", ROWS[row])

    @classmethod
    @contextlib.asynccontextmanager
    async def on(cls, world: World, postgres: Postgres, row: str) -> AsyncIterator["Pair"]:
        """Everybody has arrived, the bots have not. What comes of it is counted, also where it fails."""
        await world.people_arrive()
        pair = cls(world, postgres, row)
        try:
            yield pair
        except AssertionError as failed:
            raise AssertionError(f"{failed}\n\n{_tails(pair)}") from failed
        finally:
            await pair.stop()

    async def start(self, first_url: str | None = None) -> "Pair":
        """The first acts, the second stands by."""
        self.ways = [await Proxy(self.world.homeserver.url).start() for _ in range(2)]
        first = await self.world.bot_arrives(first_url or self.url, self.ways[0].url)
        self.bots = [first, await self.second()]
        await self.heard_by_both()
        return self

    async def start_at_once(self) -> "Pair":
        """Both begin before there is any chat: the first opens them, the second has never looked for them."""
        self.ways = [await Proxy(self.world.homeserver.url).start() for _ in range(2)]
        first = self.world.configure(self.url, self.ways[0].url)
        await first.start(says="this instance acts")
        self.bots = [first, await self.second()]
        await first.says("watching")
        await asyncio.gather(*(person.direct() for person in self.world.people.values()))
        await self.heard_by_both()
        return self

    async def second(self) -> Bot:
        """Stands by, with a configuration and a device of its own."""
        home = self.world.folder / "bot-2"
        home.mkdir()
        config = home / "bot-config.toml"
        write_config(config, self.ways[1].url, self.url, home / "matrix", self.world.policy)
        return await Bot(config).start(says="standing by")

    async def heard_by_both(self) -> None:
        """Everybody's client knows the new device before anything is said that matters."""
        people = self.world.people.values()
        await asyncio.gather(*(person.knows_devices(BOT_ID, 2) for person in people))
        for name in self.world.people:
            await self.says(name, "mine")
        await self.answered()

    async def says(self, name: str, text: str) -> str:
        """Something in somebody's direct chat."""
        person = self.world.people[name]
        event = await person.say(await person.direct(), text)
        self.said.append((person, event, text))
        return event

    async def answered(self, within: float = 60.0) -> None:
        """Everything has been answered."""
        await asyncio.gather(*(person.gets_answer(event, within=within) for person, event, _ in self.said))

    async def hears_a_call(self, within: float) -> float:
        """Amira calls for help, and Ben goes out; how many seconds it takes until Dan is paged."""
        began = time.monotonic()
        await self.says("amira", "/sos he has locked the door")
        await self.says("ben", "visit LCS2345 CD for 1h")
        await self.world.dan.sees("*CALL FOR HELP*Amira*", within, "direct")
        return time.monotonic() - began

    def acted_after(self, took: float) -> None:
        """The next one has acted so many seconds after the other could not."""
        if took >= TAKES_OVER:
            self.tally.late.append(f"the next one acted after {took:.1f} s")
        assert took < TAKES_OVER, self.tally.late

    async def nothing_lost_or_doubled(self) -> None:
        """Each command answered once, each page once, on everybody's own screen."""
        await self.answered()
        await self.world.settles()
        for person, event, text in self.said:
            exactly_one_answer(person, event, text)
        every_screen(self.world.people.values())
        for person in self.world.people.values():
            pages = [seen.body for seen in person.all("*CALL FOR HELP*", "direct")]
            assert len(pages) == len(set(pages)), f"a page twice on {person.name}'s screen: {pages}"

    async def stop(self) -> None:
        """Both end by themselves."""
        self.tally.look(self.said, self.world.people.values())
        self.tally.alarms = sum(text.startswith("/sos") for _, _, text in self.said)
        if self.tally.alarms and not self.world.dan.all("*CALL FOR HELP*Amira*", "direct"):
            self.tally.lost.append("the call for help")
        self.tally.keep()
        for bot in self.bots[1:]:
            assert bot.stop() in (None, 0), bot.tail()
        await self.world.close()
        for way in self.ways:
            await way.stop()


def _tails(pair: Pair) -> str:
    return "\n\n".join(f"instance {n}:\n{bot.tail()}" for n, bot in enumerate(pair.bots, 1))


@pytest.mark.parametrize("moment", [Moment.ASKED, Moment.ACCEPTED])
def test_the_next_one_acts_when_one_is_killed(
    moment: Moment, homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    asyncio.run(_killed(World(homeserver, tmp_path), postgres, moment))


async def _killed(world: World, postgres: Postgres, moment: Moment) -> None:
    async with Pair.on(world, postgres, "pair") as pair:
        await pair.start()
        first, second = pair.bots
        await pair.says("amira", "visit LCS1234 AB for 2h")
        await pair.answered()
        died: list[float] = []

        def strike() -> None:
            first.kill()
            pair.tally.faults += 1
            died.append(time.monotonic())
            # What the first has sent reaches the second late: it has to look before it sends.
            pair.ways[1].hears.clear()

        # With the alarm in flight: before the homeserver has its first message, or after, unknown to the sender.
        killed = pair.ways[0].at(moment, strike)
        await pair.says("amira", "/sos he has locked the door")
        await asyncio.wait_for(killed, 30)
        await second.says("this instance acts")
        pair.ways[1].hears_after(1.0)
        # Said while nobody acts.
        await pair.says("ben", "visit LCS2345 CD for 1h")
        await world.dan.sees("*CALL FOR HELP*Amira*", 30, "direct")
        assert world.people["carol"], "a manager is there"
        await world.carol.sees("*CALL FOR HELP*Amira*", 30, "direct")
        took = time.monotonic() - died[0]
        pair.acted_after(took)
        await pair.says("dan", "/ack A1")
        await pair.nothing_lost_or_doubled()
        # What was killed comes back, and stands by.
        await first.start(says="standing by")
        await pair.says("ben", "left")
        # The one that acts ends as it should: the other need not wait for its time to be over.
        assert second.stop() == 0, second.tail()
        await pair.says("dan", "/standdown A1 she is at her desk")
        await pair.nothing_lost_or_doubled()
        world.bot = first


def test_whoever_takes_over_knows_the_chats_that_the_other_has_opened(
    homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    asyncio.run(_chats_known(World(homeserver, tmp_path), postgres))


async def _chats_known(world: World, postgres: Postgres) -> None:
    async with Pair.on(world, postgres, "chats") as pair:
        await pair.start_at_once()
        pair.bots[0].kill()
        pair.tally.faults += 1
        for name in world.people:
            await pair.says(name, "mine")
        await pair.says("ben", "visit LCS2345 CD for 1h")
        await pair.nothing_lost_or_doubled()


def test_one_that_is_cut_off_from_the_database_is_silent_before_the_next_speaks(
    homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    asyncio.run(_cut_off(World(homeserver, tmp_path), postgres))


async def _cut_off(world: World, postgres: Postgres) -> None:
    cable = await Cable(postgres.port).start()
    try:
        async with Pair.on(world, postgres, "cut") as pair:
            await pair.start(pair.url.replace(f":{postgres.port}/", f":{cable.port}/"))
            await pair.says("amira", "visit LCS1234 AB for 2h")
            await pair.answered()
            cable.cut()
            pair.tally.faults += 1
            took = await pair.hears_a_call(within=30)
            pair.acted_after(took)
            await pair.answered()
            first, second = (way.sent_at for way in pair.ways)
            assert second, "the second has sent nothing"
            assert max(first) < min(second), f"both spoke: {max(first)} and {min(second)}"
            # The network is there again: what comes through late changes nothing.
            silent_since = len(first)
            cable.mend()
            await pair.bots[0].says("standing by")
            await pair.says("dan", "/ack A1")
            await pair.nothing_lost_or_doubled()
            assert len(pair.ways[0].sent_at) == silent_since, "the one that was cut off spoke again"
    finally:
        cable.mend()
        await cable.stop()


def test_one_that_is_cut_off_from_the_homeserver_hands_over(
    homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    asyncio.run(_blind(World(homeserver, tmp_path), postgres))


async def _blind(world: World, postgres: Postgres) -> None:
    async with Pair.on(world, postgres, "blind") as pair:
        await pair.start()
        await pair.says("amira", "visit LCS1234 AB for 2h")
        await pair.answered()
        pair.ways[0].is_open = False
        pair.tally.faults += 1
        took = await pair.hears_a_call(within=150)
        assert took < BLIND + TAKES_OVER, f"it acted after {took:.1f} s"
        await pair.answered()
        # The first sees again: it stands by, and is there when the second dies.
        silent_since = len(pair.ways[0].sent_at)
        pair.ways[0].is_open = True
        await pair.says("dan", "/ack A1")
        await pair.nothing_lost_or_doubled()
        assert len(pair.ways[0].sent_at) == silent_since, "the one that was cut off spoke again"
        acted = pair.bots[0].log.read_text().count("this instance acts")
        assert acted == 1, f"the one that was cut off took the turn {acted} times"
        pair.bots[1].kill()
        await pair.says("ben", "left")
        await pair.nothing_lost_or_doubled()


def test_while_the_database_is_away_nothing_is_acknowledged(homeserver: Homeserver, tmp_path: Path) -> None:
    database = Postgres().start()
    try:
        asyncio.run(_database_away(World(homeserver, tmp_path), database))
    finally:
        database.stop()


async def _database_away(world: World, database: Postgres) -> None:
    async with Pair.on(world, database, "away") as pair:
        await pair.start()
        await pair.says("amira", "visit LCS1234 AB for 2h")
        await pair.answered()
        database.goes_away()
        pair.tally.faults += 1
        gone = time.monotonic()
        for text in ("arrived", "extend 20m", "the dog is out", "/sos he is shouting"):
            await pair.says("amira", text)
        await pair.says("ben", "visit LCS2345 CD for 1h")
        # Half a minute, as the issue has it: not a wait for something to happen, but the outage itself.
        await asyncio.sleep(max(0.0, gone + 30 - time.monotonic()))
        for person, event, text in pair.said[-5:]:
            assert not person.answers(event), f"'{text}' was answered, and is stored nowhere"
        database.comes_back()
        await pair.answered()
        await world.dan.sees("*CALL FOR HELP*Amira*", 30, "direct")
        await pair.says("dan", "/ack A1")
        await pair.nothing_lost_or_doubled()
        acting = [bot for bot in pair.bots if bot.log.read_text().count("this instance acts")]
        assert acting, "nobody acts"


def test_a_start_need_not_wait_for_news(homeserver: Homeserver, postgres: Postgres, tmp_path: Path) -> None:
    """Nothing has been sent meanwhile, and to see that it does not take until somebody says something."""
    asyncio.run(_starts_again(World(homeserver, tmp_path), postgres.create(f"again_{tmp_path.name}")))


async def _starts_again(world: World, url: str) -> None:
    await world.people_arrive()
    try:
        bot = await world.bot_arrives(url)
        await world.settles()
        bot.kill()
        await bot.start()
        log = bot.log.read_text()
        assert log.count("this instance acts") == 2, log
        assert "cannot be seen" not in log, f"it has waited in vain:\n{bot.tail()}"
    finally:
        await world.close()
