"""Messages that the bot cannot read because their key is kept from it: told, asked for again, and heard when the key comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import words
from checks import every_screen, quiet_answer
from homeserver import Homeserver
from keys import Withheld
from person import Person
from screen import Seen
from tally import Tally
from words import about
from world import World

GRACE = 120.0  # seconds until somebody is pinged
LATE = 40.0  # more than this beyond it is late: the courier, two syncs, and a machine that is shared
OVERRUN = 250.0  # a visit of three minutes, and the page after its end
PHRASE = "running over, all the details are in the purple file"
INNOCENT = "running over, all the details are on my desk"


def test_what_cannot_be_read_is_told_and_heard_when_its_key_comes(homeserver: Homeserver, tmp_path: Path) -> None:
    tally = Tally("2 the homeserver, broken", "a message of somebody who is out cannot be read")
    try:
        asyncio.run(_unread(World(homeserver, tmp_path), tally))
    finally:
        tally.keep()
    tally.is_clean()


async def _unread(world: World, tally: Tally) -> None:
    await world.people_arrive()
    try:
        await world.bot_arrives()
        covert, innocent = await asyncio.gather(_a_call_in_the_dark(world, tally), _left_in_the_dark(world, tally))
        if covert != innocent:
            tally.other.append(f"a late phrase shows on her screen: {covert} != {innocent}")
        await world.settles()
        every_screen(world.people.values())
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot.tail()}") from failed
    finally:
        await world.close()


async def _a_call_in_the_dark(world: World, tally: Tally) -> list[tuple[object, ...]]:
    """Amira's key does not come within two minutes; when it does, her words carry a code phrase."""
    amira, dan = world.amira, world.dan
    room = await amira.direct()
    await _says(amira, room, "/visit LCS1234 AB for 2h next home", tally)
    await amira.sees("Hello*", 30, "direct")  # the greeting is quiet, so it may come last
    start = len(amira.screen)
    said, keys = await _says_unreadably(amira, room, PHRASE, tally)
    await _told_quietly(world, "Amira", tally)
    unreadable = _rings_of("Amira", "cannot be read")
    ping = await dan.sees(unreadable, GRACE + 2 * LATE, "direct")
    tally.alarms += 1
    waited = (ping.at - said.at).total_seconds()
    # The bot reads whole messages a moment after they were sent, and never pings before its time.
    assert waited >= GRACE, f"pinged after {waited:.0f} s already: {ping}"
    if waited > GRACE + LATE:
        tally.late.append(f"pinged after {waited:.0f} s")
    await keys.hand_over()
    call = await dan.sees(_rings_of("CALL FOR HELP from Amira"), 30, "direct")
    tally.alarms += 1
    assert f"sent at {words.clock(said.at)}" in call.body, f"the page does not say when it was sent: {call}"
    assert "purple" not in call.body, f"the phrase is repeated: {call}"
    await dan.sees(_rings_of("CALL FOR HELP from Amira"), 30, "#north-managers")
    await amira.sees(lambda s: s.reply_to == said.event_id and s.body == words.NOTED, 30, "direct")
    number = _number(call)
    await _says(dan, await dan.direct(), f"/standdown {number} seen by PC 1234 at the door, safe and well", tally)
    for page in (unreadable, _rings_of("CALL FOR HELP from Amira")):
        _once(dan, page, tally)
    return _shown(amira, start)


async def _left_in_the_dark(world: World, tally: Tally) -> list[tuple[object, ...]]:
    """Ben writes that he has left before his time is up; it is read when he is already missed."""
    ben, dan, carol = world.ben, world.dan, world.carol
    room = await ben.direct()
    # Long enough that he is missed more than a minute after he wrote: only then does it matter when that was.
    await _says(ben, room, "/visit LCS2345 CD for 3m next home", tally)
    said, keys = await _says_unreadably(ben, room, "left", tally)
    await _told_quietly(world, "Ben", tally)
    overdue = _rings_of("Ben Ward has not reported out of LCS2345")
    page = await dan.sees(overdue, OVERRUN, "direct")
    tally.alarms += 1
    assert words.clock(page.at) != words.clock(said.at), f"{said} was not before the end of the visit: {page}"
    await keys.hand_over()
    left = await ben.sees(lambda s: s.reply_to == said.event_id and "LCS2345" in s.body, 30, "direct")
    quiet_answer(left)
    told = about(_number(page), "Ben", "left LCS2345", f"sent at {words.clock(said.at)}")
    for place in ("direct", "#north-managers"):
        await dan.sees(told, 30, place)
    await _says(carol, world.managers_room, f"/reached {_number(page)} spoke to him", tally)
    _once(dan, overdue, tally)
    return await _an_innocent_note(world, tally)


async def _an_innocent_note(world: World, tally: Tally) -> list[tuple[object, ...]]:
    """The same as Amira's, with words that mean nothing; and the key comes while the bot is dead."""
    ben = world.ben
    assert world.bot
    await ben.sees("Hello*", 30, "direct")
    start = len(ben.screen)
    said, keys = await _says_unreadably(ben, await ben.direct(), INNOCENT, tally)
    world.bot.kill()
    tally.faults += 1
    await keys.hand_over()
    await world.bot.start()
    await ben.sees(lambda s: s.reply_to == said.event_id and s.body == words.NOTED, 60, "direct")
    return _shown(ben, start)


async def _says(person: Person, room: str, text: str, tally: Tally) -> Seen:
    """Says something that can be read and gets its answer."""
    tally.messages += 1
    event = await person.say(room, text)
    return await person.gets_answer(event, within=60)


async def _says_unreadably(person: Person, room: str, text: str, tally: Tally) -> tuple[Seen, Withheld]:
    """Says something whose key stays behind; is asked to send it again, in the words that are always used."""
    tally.messages += 1
    tally.faults += 1
    keys = Withheld(person, room)
    event = await person.say(room, text)
    keys.stop()
    asked = await person.gets_answer(event, words.SEND_AGAIN)
    quiet_answer(asked)
    said = await person.sees(lambda s: s.event_id == event, sender=person.name)
    return said, keys


async def _told_quietly(world: World, name: str, tally: Tally) -> None:
    """The duty officer has it at once, in her own chat and in the managers' room, and nothing rings."""
    for place in ("direct", "#north-managers"):
        told = await world.dan.sees(about(name, "could not be read"), 20, place)
        quiet_answer(told)
        if len(world.dan.all(about(name, "could not be read"), place)) > 1:
            tally.doubled.append(f"{place}: {told}")
    early = world.dan.all(_rings_of(name, "read"))
    if early:
        tally.other.append(f"pinged at once: {early}")


def _rings_of(*parts: str):  # type: ignore[no-untyped-def]
    """A page, no reminder of one, with all of these in it, that pings somebody."""

    def fits(seen: Seen) -> bool:
        return bool(seen.mentions) and "(reminder" not in seen.body and all(part in seen.body for part in parts)

    return fits


def _once(person: Person, page: object, tally: Tally) -> None:
    for place in ("direct", "#north-managers"):
        pages = person.all(page, place)  # type: ignore[arg-type]
        if not pages:
            tally.lost.append(f"{place}: {person.name} has no such page")
        # Later steps of a ladder are messages of their own: the same words twice are not.
        if len({seen.body for seen in pages}) < len(pages):
            tally.doubled.append(f"{place}: {[str(seen) for seen in pages]}")


def _number(page: Seen) -> str:
    found = words.ALARM.search(page.body)
    assert found, page
    return found.group()


def _shown(person: Person, start: int) -> list[tuple[object, ...]]:
    """What the bot has shown somebody since, without what differs by itself."""
    mine = [s for s in person.screen[start:] if s.by_bot]
    return [(s.body, s.msgtype, s.mentions, s.offers, s.place, s.thread) for s in mine]
