"""Before a visit is confirmed: the worker and the managers are told who cannot be reached, and why (issue 4, 3)."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

from checks import every_screen, exactly_one_answer, quiet_answer
from homeserver import Homeserver
from person import Person
from roster import DAN, TEAM
from screen import Seen
from words import about
from world import BOT_ID, World

MANAGERS = "#north-managers"


def test_the_duty_officer_cannot_be_reached(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_out_of_reach(World(homeserver, tmp_path)))


async def _out_of_reach(world: World) -> None:
    await world.people_arrive()
    try:
        await _has_not_joined(world)
        await _has_no_device(world)
        await _is_there_again(world)
        await _is_silent_for_a_month(world)
        await _has_only_read(world)
        # Dan's second phone cannot read what was written before it.
        every_screen(person for name, person in world.people.items() if name != DAN.id)
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot.tail()}") from failed
    finally:
        await world.close()


async def _has_not_joined(world: World) -> None:
    """Dan leaves the bot's invitation unanswered."""
    world.dan.ignores.add(BOT_ID)
    await world.configure().start()
    await world.carol.meets(world.team_room, BOT_ID)
    await world.carol.meets(world.managers_room, BOT_ID)
    others = [member.id for member in TEAM if member != DAN]
    await asyncio.gather(*(world.people[name].direct() for name in others))
    answer = await _logs(world.amira, "LCS1001")
    assert "I cannot reach Dan Price" in answer.body and "has not joined" in answer.body, answer
    assert answer.body.endswith("Carol has been told."), answer
    told = await _told(world, 1)
    assert "LCS1001" in told[0].body and "accept my invitation" in told[0].body, told
    # Not with each visit of the day.
    answer = await _logs(world.amira, "LCS1002")
    assert "Dan" not in answer.body, answer
    await _told(world, 1)


async def _has_no_device(world: World) -> None:
    """He joins, and loses his only phone."""
    await world.dan.accepts(BOT_ID)
    await world.dan.direct()
    await world.dan.log_out()
    for device in world.homeserver.devices(DAN.id, DAN.password):
        world.homeserver.remove_device(DAN.id, DAN.password, device)
    assert world.bot and world.bot.stop() == 0
    await world.bot.start()
    answer = await _logs(world.amira, "LCS1003")
    assert "I cannot reach Dan Price" in answer.body and "no device" in answer.body, answer
    told = await _told(world, 2)
    assert "LCS1003" in told[1].body and "log in on the phone" in told[1].body, told


async def _is_there_again(world: World) -> None:
    """With a new phone, on which he has written, he is reached: nothing is said of him to whoever has not read it yet."""
    dan = await world.log_in(DAN.id, DAN.password)
    await dan.gets_answer(await dan.say(await dan.direct(), "/mine"))
    answer = await _logs(world.ben, "LCS1004")
    assert "Dan" not in answer.body, answer
    await _told(world, 2)


async def _is_silent_for_a_month(world: World) -> None:
    """As far as the bot has kept it: nothing has come from him for 31 days."""
    assert world.bot and world.bot.stop() == 0
    then = datetime.now(timezone.utc) - timedelta(days=31)
    file = world.folder / "bot" / "lonewatch.db"
    with contextlib.closing(sqlite3.connect(file)) as store, store:
        change = "UPDATE seen SET at = ? WHERE account = '@dan:localhost'"
        changed = store.execute(change, (int(then.timestamp() * 1000),))
        assert changed.rowcount == 1, "when Dan was last seen is not kept"
    await world.bot.start()
    answer = await _logs(world.amira, "LCS1005")
    assert "I may not reach Dan Price" in answer.body and "30 days" in answer.body, answer
    told = await _told(world, 3)
    assert "LCS1005" in told[2].body and "Is the account still used?" in told[2].body, told


async def _has_only_read(world: World) -> None:
    """He reads that, and writes nothing: whoever reads is there."""
    seen = await world.dan.sees(about("I may not page Dan Price"), place=MANAGERS)
    await world.dan.has_read(seen)
    answer = await _logs(world.ben, "LCS1006")
    assert "Dan" not in answer.body, answer
    await _told(world, 3)


async def _logs(worker: Person, reference: str) -> Seen:
    """Logs a visit of tomorrow, and gets its one quiet answer."""
    hour = 8 + int(reference[-1])  # none overlaps another
    text = f"visit {reference} tomorrow {hour}:00-{hour}:30"
    event = await worker.say(await worker.direct(), text)
    answer = await worker.gets_answer(event, about("Logged", reference))
    quiet_answer(answer)
    return exactly_one_answer(worker, event, text)


async def _told(world: World, times: int) -> list[Seen]:
    """What the managers have read of him by now, when all that was to be said has been."""
    carol = world.carol

    def lines() -> list[Seen]:
        about_dan = about("Dan Price", "would be paged first")
        return carol.all(about_dan, place=MANAGERS)

    if len(lines()) < times:
        await carol.sees(lambda s: len(lines()) >= times, place=MANAGERS)
    # Two questions in the same room, answered: what was to be said before them has been.
    for _ in range(2):
        await carol.gets_answer(await carol.say(world.managers_room, "/board"))
    assert len(lines()) == times, lines()
    for line in lines():
        quiet_answer(line)
    return lines()
