"""kill -9 in the middle of a conversation: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nio
import pytest

import words
from checks import every_screen, exactly_one_answer
from homeserver import Homeserver
from person import Person
from postgres import Postgres
from proxy import Moment, Proxy
from roster import BEN, BOT_PASSWORD
from screen import BOT
from tally import Tally
from world import BOT_ID, ENCRYPTED, World

# Seconds after a message has been handed over: while its keys, its inbox row, its answer are written.
HEARD_FOR = (0.0, 0.01, 0.02, 0.04, 0.08)
OVERRUN = 150.0  # seconds: a visit of a moment, and the bot's question at its end
Sent = list[tuple[Person, str, str]]


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_kill_9_loses_nothing_and_doubles_nothing(
    database: str, homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.create(f"kill_{tmp_path.name}") if database == "postgres" else None
    asyncio.run(_kills(World(homeserver, tmp_path), url))


async def _kills(world: World, store_url: str | None) -> None:
    await world.people_arrive()
    proxy = await Proxy(world.homeserver.url).start()
    database = "PostgreSQL" if store_url else "SQLite"
    tally = Tally("2 the homeserver, broken", f"kill -9 at chosen moments, {database}")
    sent: Sent = []
    try:
        await world.bot_arrives(store_url, proxy.url)
        devices = world.homeserver.devices(BOT, BOT_PASSWORD)
        assert world.bot
        # Counted where it happens: every way of killing ends here.
        kill = world.bot.kill

        def killed() -> None:
            tally.faults += 1
            kill()

        world.bot.kill = killed  # type: ignore[method-assign]
        await _say(world, sent, "amira", "visit LCS1234 AB for 2h next home")
        await _killed_before_it_answers(world, sent)
        await _killed_while_it_answers(world, sent)
        await _killed_again_and_again(world, sent)
        await _killed_at(Moment.ASKED, 0, proxy, world, sent)
        await _killed_at(Moment.ACCEPTED, 0, proxy, world, sent)
        for delay in HEARD_FOR:
            await _killed_at(Moment.HEARD, delay, proxy, world, sent)
            await _killed_at_first_words(delay, proxy, world)
        await _homeserver_away(world, sent)
        await _killed_while_it_pages(proxy, world, sent)
        await world.settles()
        for person, event_id, text in sent:
            exactly_one_answer(person, event_id, text)
        lost = world.dan.all("*could not be read*")
        assert not lost, f"a kill lost a key: {lost}"
        await _each_note_shown_once(world, sent)
        every_screen(world.people.values())
        assert world.homeserver.devices(BOT, BOT_PASSWORD) == devices, "another device after a restart"
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot.tail()}") from failed
    finally:
        tally.look(sent, world.people.values())
        tally.alarms = 1  # Ben's visit at the end; that it is paged once is asserted there
        tally.keep()
        await world.close()
        await proxy.stop()


async def _killed_before_it_answers(world: World, sent: Sent) -> None:
    """Sent just before the kill, and while it is dead."""
    assert world.bot
    await asyncio.gather(
        _say(world, sent, "amira", "arrived"),
        _say(world, sent, "ben", "visit LCS2345 CD for 1h"),
        _say(world, sent, "dan", "board"),
    )
    world.bot.kill()
    await _say(world, sent, "amira", "ok")
    await _say(world, sent, "amira", "extend 20m")
    await _say(world, sent, "ben", "the door is open, all fine")
    await _say(world, sent, "carol", "board")
    await world.bot.start()
    await _answered(sent)


async def _killed_while_it_answers(world: World, sent: Sent) -> None:
    """A burst; the kill comes with the first answer, while the others are on their way."""
    assert world.bot
    for number in range(3):
        await _say(world, sent, "amira", f"extend {5 + number}m")
        await _say(world, sent, "ben", f"note number {number}")
        await _say(world, sent, "dan", "board")
    person, event_id, _ = sent[-9]
    await person.gets_answer(event_id)
    world.bot.kill()
    await world.bot.start()
    await _answered(sent)


async def _killed_again_and_again(world: World, sent: Sent) -> None:
    """Killed as soon as it watches, with work waiting: no start may eat a message."""
    assert world.bot
    for number in range(3):
        await _say(world, sent, "ben", f"round {number}")
        await _say(world, sent, "amira", "ok")
        world.bot.kill()
        await world.bot.start()
    await _answered(sent)


async def _killed_at(
    moment: Moment, delay: float, proxy: Proxy, world: World, sent: Sent
) -> None:
    """Killed exactly there: between any two steps nothing may be lost or said twice."""
    assert world.bot
    killed = proxy.at(moment, world.bot.kill, delay)
    await _say(world, sent, "amira", f"note, {moment.name.lower()} {delay}")
    await asyncio.wait_for(killed, 30)
    await world.bot.start()
    await _answered(sent)


async def _killed_at_first_words(delay: float, proxy: Proxy, world: World) -> None:
    """The first message of a new phone brings the key to itself: killed while both are being written."""
    assert world.bot
    amira = world.amira
    home = world.folder / f"new-phone-{delay}"
    phone = Person(world.homeserver.url, amira.name, amira.password, home, world.places)
    await phone.log_in()
    try:
        room = await phone.direct()
        killed = proxy.at(Moment.HEARD, world.bot.kill, delay)
        event_id = await phone.say(room, "board")
        await asyncio.wait_for(killed, 30)
        await world.bot.start()
        await phone.gets_answer(event_id, within=60)
        exactly_one_answer(phone, event_id, "board")
    finally:
        await phone.log_out()


async def _each_note_shown_once(world: World, sent: Sent) -> None:
    """What a worker writes during a visit stands in the managers' room, once."""
    for person, _, text in sent:
        if text.startswith("note"):
            await world.dan.sees(f"*): {text}", place="#north-managers")
            shown = world.dan.all(f"*): {text}", "#north-managers")
            assert len(shown) == 1, f"'{text}' of {person.name}: {shown}"


async def _homeserver_away(world: World, sent: Sent) -> None:
    """The homeserver goes and comes back; the bot goes on by itself."""
    world.homeserver.stop()
    world.homeserver.start()
    await _say(world, sent, "amira", "left")
    await _say(world, sent, "ben", "left")
    await _answered(sent)


async def _killed_while_it_pages(proxy: Proxy, world: World, sent: Sent) -> None:
    """Killed over its question and over its page, before and after each is out: both come, once."""
    assert world.bot
    ben, dan = world.ben, world.dan
    await _say(world, sent, "ben", f"visit LCS8888 EF {words.a_moment()}")
    await _say(world, sent, "ben", "note before the question")
    await _answered(sent)
    # Quiet lines come last: after this one the question is next.
    await dan.sees("*): note before the question", place="#north-managers")
    # Over the question, over the board that says that it is due, over the first page.
    for moment in (Moment.ASKED, Moment.ACCEPTED) * 3:
        await asyncio.wait_for(proxy.at(moment, world.bot.kill), OVERRUN)
        await world.bot.start()
    wanted = words.about("Ben", "LCS8888", BEN.phone)
    page = await dan.sees(wanted, 40, "direct")
    text = "/reached spoke to him, flat phone"
    reached = await dan.reply(page, text)
    sent.append((dan, reached, text))
    world.bot.kill()
    await world.bot.start()
    await _answered(sent)
    # Not only each row once: also decided once.
    question = await ben.sees(lambda s: "LCS8888" in s.body and bool(s.mentions), place="direct")
    for person, seen in ((ben, question), (dan, page)):
        same = person.all(lambda s: s.body == seen.body, "direct")
        assert len(same) == 1, f"twice on {person.name}'s screen: {same}"


async def _say(world: World, sent: Sent, name: str, text: str) -> None:
    person = world.people[name]
    sent.append((person, await person.say(await person.direct(), text), text))


async def _answered(sent: Sent) -> None:
    await asyncio.gather(*(person.gets_answer(event, within=60) for person, event, _ in sent))


def test_a_stranger_hears_nothing(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_stranger(World(homeserver, tmp_path)))


async def _stranger(world: World) -> None:
    await world.people_arrive()
    try:
        await world.bot_arrives()
        world.homeserver.register("mallory", "mallory-demo")
        mallory = await world.log_in("mallory", "mallory-demo")
        lair = await _opens_a_room(mallory)
        # Even in the team's own room somebody who is not configured is not heard.
        await world.carol.client.room_invite(world.team_room, mallory.client.user_id)
        await mallory.is_in(world.team_room)
        said = [
            await mallory.say(world.team_room, text)
            for text in ("/board", "/visit LCS1234 for 1h", "/standdown A1 nothing", "help")
        ]
        await mallory.say(lair, "/board")
        # Whoever asks after them is answered: what was to be said to the stranger would have been.
        amira = world.amira
        for _ in range(3):
            board = await amira.gets_answer(await amira.say(world.team_room, "/board"))
        assert "LCS1234" not in board.body, f"a stranger logged a visit: {board}"
        # Not for want of a key: the bot has read every word.
        heard = world.heard("@mallory:localhost")
        assert heard == [("text", True)] * len(said), f"of the stranger it has {heard}"
        for event_id in said:
            assert not amira.answers(event_id), "a stranger was answered"
        assert not mallory.all(place="direct"), mallory.all(place="direct")
        room = mallory.client.rooms[lair]
        assert BOT_ID not in room.users or BOT_ID in room.invited_users, "it joined a stranger's room"
    finally:
        await world.close()


async def _opens_a_room(person: Person) -> str:
    answer = await person.client.room_create(
        is_direct=True, invite=[BOT_ID], initial_state=[ENCRYPTED]
    )
    assert isinstance(answer, nio.RoomCreateResponse), answer
    await person.is_in(answer.room_id)
    return answer.room_id
