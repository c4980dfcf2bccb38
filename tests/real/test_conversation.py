"""A whole conversation in encrypted rooms, held by clients that share no code with the bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nio
import words
from checks import every_screen, exactly_one_answer, only_seen_by, paged_exactly, quiet_answer
from homeserver import Homeserver
from person import Person
from roster import AMIRA, BEN, RESPONDERS
from screen import Seen
from words import about, page_for
from world import BOT_ID, ENCRYPTED, World

OVERRUN = 130.0  # seconds: a visit of a moment, and the bot's question at its end


def test_a_conversation_in_encrypted_rooms(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_conversation(World(homeserver, tmp_path)))


async def _conversation(world: World) -> None:
    await world.people_arrive()
    try:
        await world.bot_arrives()
        logged = await _ask(world.amira, world.team_room, "/visit LCS1234 AB for 2h next home")
        assert "LCS1234" in logged.body and words.CLOCK.search(logged.body), logged
        await _what_is_understood(world)
        await _what_is_refused(world)
        await _a_chat_of_her_own(world)
        await _two_visits_of_a_moment(world, logged.reply_to or "")
        await _they_stand_on_the_board(world)
        await _one_is_extended_by_a_tap(world)
        await _the_other_goes_silent(world)
        await _its_record_can_be_printed(world)
        await _a_phrase_does_not_show(world)
        await world.settles()
        every_screen(world.people.values())
    except AssertionError as failed:
        assert world.bot
        raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot.tail()}") from failed
    finally:
        await world.close()


async def _ask(person: Person, room_id: str, text: str) -> Seen:
    """Says something and gets its one quiet answer."""
    event_id = await person.say(room_id, text)
    answer = await person.gets_answer(event_id)
    quiet_answer(answer)
    assert answer.room_id == room_id, f"answered in another room: {answer}"
    return exactly_one_answer(person, event_id, text)


async def _they_stand_on_the_board(world: World) -> None:
    """One message in the team's room, pinned, whose newest edit names the visits."""
    ben = world.ben
    newest = await ben.reads_on_the_board(about("Amira: LCS1234", "Ben: LCS2345", "there since"))
    quiet_answer(newest)
    board = await ben.sees(lambda s: s.event_id == newest.edits, place="#north")
    assert not board.reply_to and {s.edits for s in ben.board} == {board.event_id}, ben.board
    await ben.has_pinned(world.team_room, [board.event_id])


async def _two_visits_of_a_moment(world: World, amiras: str) -> None:
    amira, ben, start = world.amira, world.ben, len(world.amira.screen)
    # In a direct chat a command needs no slash.
    moment = words.a_moment()
    logged = await _ask(ben, await ben.direct(), f"visit LCS2345 CD {moment} next home")
    assert "LCS2345" in logged.body, logged
    await amira.edit(world.team_room, amiras, f"/visit LCS1234 AB {moment} next home")
    amended = await amira.sees(about("LCS1234"), after=start, place="#north")
    assert words.SPAN.search(amended.body).group(3) == words.SPAN.search(logged.body).group(3), amended
    quiet_answer(amended)
    await _ask(ben, await ben.direct(), "arrived")


async def _what_is_understood(world: World) -> None:
    """What phones do to text; an edit; chatter."""
    dan, ben, team = world.dan, world.ben, world.team_room
    logged = await _ask(ben, team, "!Visit lcs3456 tomorrow 14.00–15.00 . ")
    assert "LCS3456" in logged.body and "14:00" in logged.body and "15:00" in logged.body, logged
    amended = await ben.edit(team, logged.reply_to or "", "/visit LCS3456 tomorrow 14:00-15:30")
    await ben.sees(lambda s: s.reply_to in (amended, logged.reply_to) and "15:30" in s.body)
    board = await _ask(ben, await ben.direct(), "mine")
    assert board.body.count("LCS3456") == 1, f"one visit, not two: {board}"
    await _ask(ben, team, "/cancel LCS3456")
    # Even the list of commands is neutral on a worker's phone: every_screen reads it at the end.
    await _ask(ben, await ben.direct(), "/help")
    start = len(dan.screen)
    chatter = await dan.say(team, "lunch at one?")
    quoted = await ben.reply(logged, "> <@lonewatch:localhost> /left\n\nthank you")
    await _ask(dan, team, "/board")
    assert not dan.answers(chatter) and not dan.answers(quoted), dan.screen[start:]


async def _what_is_refused(world: World) -> None:
    amira, ben, dan, team = world.amira, world.ben, world.dan, world.team_room
    answer = await _ask(ben, team, "/vist LCS3456 15:00-16:00")
    assert "/visit" in answer.body and "/help" in answer.body, answer
    answer = await _ask(ben, team, "/visit LCS3456")
    assert "/visit LCS3456" in answer.body, f"a line that is ready to send: {answer}"
    answer = await _ask(ben, team, "/visit 14 High Street tomorrow 14:00-15:00")
    assert "LCS1234" in answer.body and "High Street" not in answer.body, answer
    refused = await _ask(ben, team, "/standdown A1 all is well")
    board = await _ask(dan, world.managers_room, "/board")
    assert "LCS1234" in board.body and "LCS3456" not in board.body, board
    assert not words.ALARMING.search(refused.body), refused
    assert not amira.all(lambda s: s.msgtype == "m.text" and "LCS3456" in s.body)


async def _a_chat_of_her_own(world: World) -> None:
    """Opened by the person, by a client that does not mark it as direct."""
    opened = await world.carol.client.room_create(invite=[BOT_ID], initial_state=[ENCRYPTED])
    assert isinstance(opened, nio.RoomCreateResponse), opened
    await world.carol.meets(opened.room_id, BOT_ID)
    await _ask(world.carol, opened.room_id, "board")


async def _one_is_extended_by_a_tap(world: World) -> None:
    ben = world.ben
    question = await ben.sees(lambda s: "LCS2345" in s.body and bool(s.mentions), OVERRUN, "direct")
    assert question.mentions == ["ben"] and question.msgtype == "m.text", question
    start = len(ben.screen)
    await ben.tap(question, words.MORE_TIME)
    answer = await ben.sees(about("LCS2345"), after=start, place="direct")
    assert words.later(question.body, 30) in answer.body, f"the new end: {answer}"
    quiet_answer(answer)


async def _the_other_goes_silent(world: World) -> None:
    amira, ben, dan, carol = world.amira, world.ben, world.dan, world.carol
    page = page_for("A1", "Amira", "LCS1234", AMIRA.phone)
    await amira.sees(lambda s: "LCS1234" in s.body and bool(s.mentions), OVERRUN, "direct")
    for person in (ben, dan):
        seen = await person.sees(page, 40, "direct")
        assert seen.mentions == [person.name] and seen.msgtype == "m.text", seen
    in_room = await dan.sees(page, 40, "#north-managers")
    assert "dan" in in_room.mentions, in_room
    await carol.sees(page, 40, "direct")
    start = dan.screen.index(in_room) + 1
    tapped = await dan.tap(in_room, words.ON_IT)
    taken = await dan.sees(lambda s: "A1" in s.body and s.msgtype == "m.notice", 20, "#north-managers", start)
    # A mis-tap: taking the reaction away takes it back.
    await dan.redact(in_room.room_id, tapped)
    back = await dan.sees(about("Taken back", "A1"), 20, "#north-managers", dan.screen.index(taken) + 1)
    quiet_answer(back)
    talk = await dan.say_in_thread(in_room, "trying her landline")
    # In the alarm's thread a command means that alarm, and free words are kept in its record.
    closed = await carol.say_in_thread(in_room, "/reached spoke to her, flat phone")
    answer = await carol.gets_answer(closed)
    quiet_answer(answer)
    assert answer.thread == in_room.event_id, f"answered beside the thread: {answer}"
    await ben.sees(about("A1", "Closed"), place="direct")
    assert not dan.answers(talk), "talk in a thread needs no answer"
    assert world.stored("aggregates", "trying her landline") == 1, "the record lacks what was said in the thread"
    again = await _ask(carol, world.managers_room, "/ack A1")
    assert "A1" in again.body, f"what comes too late is answered, not applied: {again}"
    paged_exactly(world.people.values(), "A1", {"ben", "dan", "carol"})
    only_seen_by(world.people.values(), "A1", {"ben", *RESPONDERS})


async def _its_record_can_be_printed(world: World) -> None:
    """The escalation record comes as words and as a page, which another client can open."""
    carol = world.carol
    asked = await carol.say(world.managers_room, "/record A1")
    page = await carol.sees(lambda s: s.msgtype == "m.file" and s.reply_to == asked)
    assert page.body == "record-A1.html" and page.room_id == world.managers_room, page
    html = await carol.opens(page)
    assert html.startswith("<!doctype html>") and "spoke to her, flat phone" in html, html
    words_too = [s for s in carol.answers(asked) if s.msgtype == "m.notice"]
    assert len(words_too) == 1 and "Escalation record A1" in words_too[0].body, words_too


async def _a_phrase_does_not_show(world: World) -> None:
    """The same two messages, innocent and with the phrase: the worker's client sees the same."""
    ben, dan, carol = world.ben, world.dan, world.carol
    room = await ben.direct()

    async def note_and_edit(first: str, then: str) -> list[tuple[object, ...]]:
        start = len(ben.screen)
        note = await ben.say(room, first)
        await ben.gets_answer(note)
        await ben.edit(room, note, then)
        await _ask(ben, room, "still talking")
        shown = [s for s in ben.screen[start:] if s.by_bot]
        return [(s.body, s.msgtype, s.mentions, s.offers, s.place, s.thread) for s in shown]

    innocent = await note_and_edit("running over", "running over, late for my tea")
    covert = await note_and_edit("Running over", "I am late for the meeting with the Directer")
    assert covert == innocent, f"the worker's screen differs: {covert} != {innocent}"
    page = await dan.sees(page_for("A2", "Ben", "LCS2345", BEN.phone), 30, "#north-managers")
    assert "dan" in page.mentions and BEN.more["vehicle"] in page.body, page
    assert "999" in page.body and "meeting" not in page.body, f"the phrase is never repeated: {page}"
    quiet_answer(await dan.gets_answer(await dan.reply(page, "/ack")))
    await _ask(ben, room, "ok")
    await dan.sees(about("Ben", "do not rely"), place="#north-managers")
    refused = await _ask(dan, world.managers_room, "/standdown A2 he sent ok")
    assert "A2" in refused.body, refused
    await _ask(carol, world.managers_room, "/standdown A2 seen by PC 1234 at the door, safe and well")
    await _ask(ben, room, "left")
    paged_exactly(world.people.values(), "A2", {"dan", "sam", "diana"})
    only_seen_by(world.people.values(), "A2", set(RESPONDERS))
