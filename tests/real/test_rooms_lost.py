"""The managers' room is lost: told at once by what remains, alarms go on there, and the bot goes back or follows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import nio

import words
from checks import every_screen
from homeserver import Homeserver
from person import Person
from roster import RESPONDERS
from screen import Seen
from tally import Tally
from words import about
from world import ALL_MAY_PIN, BOT_ID, ENCRYPTED, World

HERE = "#north-managers"
AT_ONCE = 20.0  # seconds: a sync, the courier, and a machine that is shared


def test_the_managers_room_is_lost(homeserver: Homeserver, tmp_path: Path) -> None:
    tally = Tally("2 the homeserver, broken", "the managers' room lost")
    try:
        asyncio.run(_lost(World(homeserver, tmp_path), tally))
    finally:
        tally.keep()
    tally.is_clean()


async def _lost(world: World, tally: Tally) -> None:
    await world.people_arrive()
    try:
        await world.bot_arrives()
        await world.settles()
        await _is_put_out(world, tally)
        await _is_upgraded(world, tally)
        await _is_replaced_by_hand(world, tally)
        await _is_deserted(world, tally)
        await world.settles()
        every_screen(world.people.values())
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot.tail()}") from failed
    finally:
        await world.close()


async def _is_put_out(world: World, tally: Tally) -> None:
    """Kicked; and invited again."""
    carol, room = world.carol, world.managers_room
    starts = _starts(world)
    await _done(carol.client.room_kick(room, BOT_ID))
    want = about("I am no longer in the managers", "invite @lonewatch:localhost")
    await _all_are_told(world, starts, want, tally)
    await _an_alarm(world, None, tally)
    _told_once(world, starts, want, tally)
    await _back_in(world, room, tally)


async def _is_upgraded(world: World, tally: Tally) -> None:
    """As clients do it: the homeserver makes a new room with the old one's address, and they invite whoever was in the old."""
    carol = world.carol
    starts = _starts(world)
    path = f"/rooms/{world.managers_room}/upgrade"
    # The same version again: whoever made the room keeps the power over it in any.
    version = {"new_version": carol.client.rooms[world.managers_room].room_version}
    new = (await _post(carol, path, version))["replacement_room"]
    await _moves_to(world, new, tally, starts)


async def _is_replaced_by_hand(world: World, tally: Tally) -> None:
    """The new room does not get the old one's address: only the old room says where it is. Known also to the next start."""
    carol, old = world.carol, world.managers_room
    starts = _starts(world)
    made = await carol.client.room_create(
        name="North managers, new", initial_state=[ENCRYPTED], power_level_override=ALL_MAY_PIN
    )
    assert isinstance(made, nio.RoomCreateResponse), made
    gone = {"body": "This room has been replaced", "replacement_room": made.room_id}
    await _done(carol.client.room_put_state(old, "m.room.tombstone", gone))
    await _moves_to(world, made.room_id, tally, starts)
    assert world.bot
    world.bot.kill()
    tally.faults += 1
    await world.bot.start()
    await _an_alarm(world, HERE, tally)


async def _is_deserted(world: World, tally: Tally) -> None:
    """All but Carol leave; then Dan comes back."""
    starts = _starts(world)
    room = world.managers_room
    left = [name for name in RESPONDERS if name != "carol"]
    await asyncio.gather(*(_done(world.people[name].client.room_leave(room)) for name in left))
    want = about("Only Carol is in the managers")
    await _all_are_told(world, starts, want, tally)
    await _an_alarm(world, None, tally)
    _told_once(world, starts, want, tally)
    starts = _starts(world)
    # Not all of them: who comes later cannot read what was said as soon as there were two.
    await _done(world.carol.client.room_invite(room, world.dan.client.user_id))
    await world.dan.is_in(room)
    for name in ("carol", "dan"):
        await world.people[name].sees(words.ROOM_BACK, AT_ONCE, HERE, starts[name])
    await _an_alarm(world, HERE, tally)


async def _moves_to(world: World, new: str, tally: Tally, starts: dict[str, int]) -> None:
    """Everybody hears that the room was replaced; the people go to the new one, and the bot follows when it is invited."""
    world.places[world.managers_room] = "#old"
    world.places[new] = HERE
    want = about("was replaced by a new one", "invite @lonewatch:localhost")
    await _all_are_told(world, starts, want, tally)
    carol = world.carol
    await carol.is_in(new)
    others = [name for name in RESPONDERS if name != "carol"]
    for name in others:
        await _done(carol.client.room_invite(new, f"@{name}:localhost"))
    await asyncio.gather(*(world.people[name].is_in(new) for name in others))
    await asyncio.gather(*(carol.meets(new, f"@{name}:localhost") for name in others))
    world.managers_room = new
    await _back_in(world, new, tally)
    _told_once(world, starts, want, tally)


async def _back_in(world: World, room: str, tally: Tally) -> None:
    starts = _starts(world)
    await _done(world.carol.client.room_invite(room, BOT_ID))
    for name in RESPONDERS:
        await world.people[name].sees(words.ROOM_BACK, AT_ONCE, HERE, starts[name])
    await _an_alarm(world, HERE, tally)
    told = {name: len(world.people[name].all(words.ROOM_BACK, None, starts[name])) for name in RESPONDERS}
    tally.doubled += [f"{name} hears {times} times that it is back" for name, times in told.items() if times > 1]


async def _all_are_told(world: World, starts: dict[str, int], want: str, tally: Tally) -> None:
    """Each responder has it in the direct chat."""
    tally.faults += 1
    await asyncio.gather(*(world.people[name].sees(want, AT_ONCE, "direct", starts[name]) for name in RESPONDERS))


def _told_once(world: World, starts: dict[str, int], want: str, tally: Tally) -> None:
    """Looked at after what else was said has arrived."""
    for name, person in world.people.items():
        told = person.all(want, None, starts[name])
        if len(told) > 1:
            tally.doubled.append(f"{name}: {[str(seen) for seen in told]}")
        if name in RESPONDERS:
            assert told[0].mentions == [name] and told[0].msgtype == "m.text", f"it does not ring: {told[0]}"
        elif told:
            tally.other.append(f"{name} hears of the managers' room: {told[0]}")


async def _an_alarm(world: World, in_room: str | None, tally: Tally) -> None:
    """Amira asks to be rung: whoever is paged has it in the direct chat, and it stands once in the room where there is one."""
    amira, ben, dan = world.amira, world.ben, world.dan
    starts = _starts(world)
    await amira.gets_answer(await amira.say(await amira.direct(), "ring me"))
    tally.messages += 1
    tally.alarms += 1
    page = await dan.sees(_is_first_page, AT_ONCE, "direct", starts["dan"])
    await ben.sees(_is_first_page, AT_ONCE, "direct", starts["ben"])
    if in_room:
        await world.carol.sees(_is_first_page, AT_ONCE, in_room, starts["carol"])
    found = words.ALARM.search(page.body)
    assert found, page
    await dan.gets_answer(await dan.reply(page, "/reached spoke to her"))
    tally.messages += 1
    # Whoever else was paged hears how it ended, room or no room.
    await ben.sees(about(found.group(), "Closed"), AT_ONCE, "direct", starts["ben"])
    await world.settles()
    for name, place, times in (
        ("dan", "direct", 1),
        ("ben", "direct", 1),
        ("carol", HERE, 1 if in_room else 0),
        ("carol", "#old", 0),
    ):
        pages = world.people[name].all(_is_first_page, place, starts[name])
        if len(pages) < times:
            tally.lost.append(f"{name} has no page in {place}")
        if len(pages) > times:
            tally.doubled.append(f"{name}, {place}: {[str(seen) for seen in pages]}")


def _is_first_page(seen: Seen) -> bool:
    return "Amira Khan asks to be rung" in seen.body and "(reminder" not in seen.body and seen.msgtype == "m.text"


def _starts(world: World) -> dict[str, int]:
    return {name: len(person.screen) for name, person in world.people.items()}


async def _done(request: Any) -> None:
    answer = await request
    assert not isinstance(answer, nio.ErrorResponse), answer


async def _post(person: Person, path: str, body: dict[str, Any]) -> Any:
    url = f"{person.client.homeserver}/_matrix/client/v3{path}"
    token = {"Authorization": f"Bearer {person.client.access_token}"}
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=token) as answer:
        assert answer.status == 200, f"{answer.status}: {await answer.text()}"
        return await answer.json()
