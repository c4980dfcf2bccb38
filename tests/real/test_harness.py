"""The harness tests itself: a failure here is no fault of the bot."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nio
import pytest

import roster
import words
from checks import every_screen, nothing_private_in_a_log
from homeserver import Homeserver
from keys import Withheld
from person import Person
from postgres import Postgres
from roster import BOT_PASSWORD
from screen import BOT, NotSeen, Seen, matches, offer_beside
from world import ROOT, World


def test_globs_read_as_in_scenario_files() -> None:
    assert matches("*Amira* && *07700 900101*", "ring  AMIRA\n07700 900101 now")
    assert not matches("*Amira* && *Ben*", "Amira only")
    assert not matches("Amira", "Amira Khan")
    assert matches("a[1]?", "A[1]?")


def test_an_offer_is_found_by_its_words() -> None:
    prompt = _said(body="✅ done  ⏰ 30 more minutes")
    assert offer_beside(prompt, "30 more") is None
    prompt.offers = ["✅", "⏰"]
    assert offer_beside(prompt, "30 more") == "⏰"
    assert offer_beside(prompt, "ring me") is None
    prompt.offers = ["✅"]  # the other is still on its way
    assert offer_beside(prompt, "30 more") is None
    prompt = _said(body="finished?\n👍 out and fine\n⏳ 30 more minutes", offers=["👍"])
    assert offer_beside(prompt, "30 more") is None
    assert offer_beside(prompt, "fine") == "👍"


def test_a_time_later() -> None:
    assert words.later("LCS1 23:20–23:40: finished?", 30) == "00:10"


def _said(**how: Any) -> Seen:
    """A quiet, encrypted line of the bot in the team room, changed by `how`."""
    usual: dict[str, Any] = {
        "room_id": "!r", "place": "#north", "event_id": "$1", "sender": BOT, "body": "LCS1234 14:00",
        "msgtype": "m.notice", "at": datetime.now(timezone.utc), "encrypted": True, "outbox": "1",
    }  # fmt: skip
    return Seen(**{**usual, **how})


def _check(name: str, *screen: Seen) -> None:
    """Runs the checks of every screen over this one."""
    person = Person.__new__(Person)
    person.name, person.screen, person.locked = name, list(screen), {}
    person.board, person.sheet = [], []
    every_screen([person])


def test_the_checks_accept_an_ordinary_day() -> None:
    about_amira = {"place": "direct", "body": "A1: ring Amira, 07700 900101, else 999"}
    _check("amira", _said(), _said(outbox="2", place="direct", body="Thank you, noted."))
    _check("ben", _said(), _said(outbox="2", msgtype="m.text", mentions=["ben"], **about_amira))
    _check("dan", _said(place="#north-managers", body="A1 999 07700 900101"))


@pytest.mark.parametrize(
    "who, how",
    [
        ("amira", {"encrypted": False}),
        ("amira", {"outbox": None}),
        ("amira", {"msgtype": "m.notice", "mentions": ["amira"]}),
        ("dan", {"body": "ring 07700 900101"}),
        ("dan", {"body": "Alarm A1"}),
        ("amira", {"place": "direct", "body": "is it an emergency?"}),
        ("amira", {"place": "direct", "body": "the Purple file was heard"}),
        ("ben", {"place": "direct", "body": "A2: ring Ben, 07700 900102"}),
        ("ben", {"place": "#north-managers"}),
    ],
)
def test_the_checks_refuse(who: str, how: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        _check(who, _said(**how))


def test_the_checks_refuse_a_double() -> None:
    with pytest.raises(AssertionError):
        _check("amira", _said(), _said(event_id="$2"))


def test_people_talk_encrypted(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_talk(World(homeserver, tmp_path)))


async def _talk(world: World) -> None:
    await world.people_arrive()
    try:
        amira, ben, dan = world.amira, world.ben, world.dan
        said = await amira.say(world.team_room, "good morning")
        heard = await ben.sees("good morning", sender="amira")
        assert heard.encrypted and heard.place == "#north" and heard.event_id == said
        await ben.reply(heard, "and to you")
        answer = await amira.sees("and to you", sender="ben")
        assert answer.reply_to == said
        await amira.edit(world.team_room, said, "good evening")
        assert (await dan.sees("good evening", sender="amira")).edits == said
        await dan.say(world.managers_room, "all well here")
        await world.carol.sees("all well*", sender="dan", place="#north-managers")
        assert not amira.all(place="#north-managers", sender=None)
        await _restart(world)
        await amira.redact(world.team_room, said)
        with pytest.raises(NotSeen):
            await ben.sees("what nobody says", within=0.3, sender=None)
    finally:
        await world.close()


async def _restart(world: World) -> None:
    """The homeserver goes and comes back; everybody's client goes on by itself."""
    world.homeserver.stop()
    world.homeserver.start()
    await world.ben.say(world.team_room, "still here?")
    await world.amira.sees("still here?", sender="ben", within=30)


def test_a_key_that_comes_late_opens_the_message(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_late_key(World(homeserver, tmp_path)))


async def _late_key(world: World) -> None:
    await world.people_arrive()
    try:
        amira, ben = world.amira, world.ben
        keys = Withheld(amira, world.team_room)
        await amira.say(world.team_room, "sealed")
        await ben._until(lambda: ben.locked, 10, "something unreadable")
        assert not ben.all("sealed", sender=None)
        await keys.hand_over()
        await ben.sees("sealed", sender="amira")
        assert not ben.locked
    finally:
        await world.close()


def test_postgres_answers(postgres: Postgres) -> None:
    assert postgres.create("harness").startswith("postgres://postgres@127.0.0.1:")


def test_the_example_is_the_demo() -> None:
    """`bot-config.example.toml` names the users and rooms that the demo creates."""
    team = tomllib.loads((ROOT / "bot-config.example.toml").read_text())["team"][0]
    assert (team["room"], team["managers_room"]) == ("#north:localhost", "#north-managers:localhost")
    on_matrix = {p["id"]: p for p in team["person"] if "matrix" in p}
    assert set(on_matrix) == {member.id for member in roster.TEAM}
    for member in roster.TEAM:
        person = on_matrix[member.id]
        assert (person["name"], person["roles"]) == (member.name, member.roles)
        assert person["phone"] == member.phone


def test_a_log_that_tells_is_found() -> None:
    nothing_private_in_a_log("INFO lonewatch::run: connected to the homeserver\n")
    for line in ("ERROR a shift of Amira", "WARN ring 07700 900101", "INFO visit LCS1234", f"login {BOT_PASSWORD}"):
        with pytest.raises(AssertionError):
            nothing_private_in_a_log(line)
