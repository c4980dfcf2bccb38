"""A conversation that goes on whatever happens to the bot: everybody writes, and calls for help and overdue visits come.

What is written is drawn by a seed, so that the same seed is the same talk. The bot's moments are not: it runs as it runs.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from random import Random
from typing import Any

import words
from paged import FIRST, THEN, Raised, alarms_shown, count_pages, listed
from person import Person
from screen import Seen
from tally import Tally
from world import World

# A kill may come again and again while something is on its way, each start takes seconds on a busy machine, and quiet lines
# wait for all else: only what is lost takes so long.
ANSWERED_WITHIN = 300.0
# A page that comes a minute after all that had to be there was: nobody's thumb is that long on the key.
LATE = timedelta(seconds=60)
# So much may wait for an answer before people wait as well: else it grows without end where kills come faster than answers.
IN_HAND = 12
# Commands that change nothing. (A bare `help` in somebody's own chat is a call for help.)
LISTS = ("mine", "board")


@dataclass
class Told:
    """One command, and what its answer has to say."""

    person: Person
    event_id: str
    text: str
    longer: int = 0  # minutes by which it moves the end of the visit


class Talk:
    """Who writes what, and what has been written."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = Random(seed)
        self.told: list[Told] = []
        self.raised: list[Raised] = []
        self.late: list[str] = []
        self.questions: list[Seen] = []  # how a visit of Ben's went, each to come once
        self.question = asyncio.Event()  # the first of them is there
        self.over = False  # nothing new is to begin
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._amiras = amiras_day(self.dice)
        self._notes = count(1)
        self._kept_up = 0  # how much of what was told is answered

    async def say(self, name: str, text: str, to: Seen | None = None, longer: int = 0) -> Told:
        """Somebody writes in the chat with the bot, or answers a message."""
        person = self.world.people[name]
        async with self._turns[name]:  # in the order in which it is written
            room = await person.direct()
            event = await (person.reply(to, text) if to else person.say(room, text))
            told = Told(person, event, text, longer)
            self.told.append(told)
        return told

    async def say_in_room(self, name: str, text: str, room: str) -> Told:
        """Somebody writes a command in a room."""
        person = self.world.people[name]
        async with self._turns[name]:
            told = Told(person, await person.say(room, f"/{text}"), text)
            self.told.append(told)
        return told

    async def asks(self, name: str, text: str, to: Seen | None = None) -> Seen:
        """Somebody writes something and goes on when it has been answered."""
        told = await self.say(name, text, to)
        return await told.person.gets_answer(told.event_id, within=ANSWERED_WITHIN)

    async def some(self) -> None:
        """One thing of Amira's, and of some of the others, at the same time."""
        text, longer = next(self._amiras)
        everybody = [self.say("amira", text, longer=longer)]
        for name in self.dice.sample(["ben", "dan", "carol", "hana"], 3):
            everybody.append(self._something_of(name))
        await asyncio.gather(*everybody)

    def _something_of(self, name: str) -> Coroutine[Any, Any, Told]:
        if name == "ben" and self.dice.random() < 0.6:
            return self.say(name, f"note {next(self._notes)} of mine")
        if self.dice.random() < 0.4:
            room = self.world.team_room if name == "ben" else self.world.managers_room
            return self.say_in_room(name, self.dice.choice(LISTS), room)
        return self.say(name, self.dice.choice(LISTS))

    async def keeps_up(self) -> None:
        """People do not write on for ever without an answer."""
        due = self.told[self._kept_up : max(len(self.told) - IN_HAND, self._kept_up)]
        self._kept_up += len(due)
        waits = (t.person.gets_answer(t.event_id, within=ANSWERED_WITHIN) for t in due)
        await asyncio.gather(*waits, return_exceptions=True)  # what is lost is counted at the end

    async def answered(self) -> None:
        """Everything that was written has been answered, or never will be."""
        waits = [t.person.gets_answer(t.event_id, within=ANSWERED_WITHIN) for t in self.told]
        # Quiet lines come last.
        dan = self.world.dan
        waits += [dan.sees(f"*{note}", ANSWERED_WITHIN, "#north-managers") for note in self._notes_of_amira()]
        await asyncio.gather(*waits, return_exceptions=True)

    # --- Alarms -----------------------------------------------------------------------------

    async def calls_for_help(self) -> None:
        """Amira calls by code phrase, again and again; each call climbs, is taken on and is ended."""
        while not self.over:
            after = {name: len(self.world.people[name].screen) for name in self.world.people}
            began = datetime.now(timezone.utc)
            await self.say("amira", f"the purple file, sheet {next(self._notes)}, is with me")
            first = await self._page("dan", "*CALL FOR HELP*Amira*", after, began)
            # Up to its last step nobody takes it on.
            await self._page("carol", "*CALL FOR HELP*Amira*", after, began + timedelta(seconds=THEN))
            number = _number(first)
            self.raised.append(Raised(number, ({"dan", "sam", "diana"}, {"carol", "hana"})))
            await self.asks("dan", "/ack", to=first)
            await self.asks("carol", f"standdown {number} PC 1234 has her, safe and well")

    async def first_visit(self) -> datetime:
        """Ben begins the first of the visits below, while the bot is there. Returns its end."""
        return await self._ben_begins("LCS8000", words.a_moment(left=8))

    async def overdue_visits(self, end: datetime) -> None:
        """Ben says nothing at the end of a visit, again and again, until he is reached; the first ends at `end`."""
        ben, dan = self.world.ben, self.world.dan
        for visit in count():
            reference = f"LCS8{visit:03}"
            if visit:
                end = await self._ben_begins(reference, words.a_moment())
            after = {person.name: len(person.screen) for person in (ben, dan, self.world.carol)}
            wait = (end - datetime.now(timezone.utc)).total_seconds() + ANSWERED_WITHIN
            question = await ben.sees(lambda s: reference in s.body and bool(s.mentions), wait, "direct")
            self.question.set()
            self.questions.append(question)
            wanted = f"*Ben Ward has not reported out of {reference}*"
            first = await self._page("dan", wanted, after, end + timedelta(seconds=FIRST))
            await self._page("carol", wanted, after, end + timedelta(seconds=THEN))
            self.raised.append(Raised(_number(first), ({"dan"}, {"carol"})))
            await self.asks("dan", "/reached spoke to him, flat phone", to=first)
            await self.asks("ben", f"left {reference}")
            if self.over:
                return

    async def _ben_begins(self, reference: str, length: str) -> datetime:
        logged = await self.asks("ben", f"visit {reference} CD {length}")
        return end_of(logged.body, datetime.now(timezone.utc))

    async def _page(self, name: str, wanted: str, after: dict[str, int], due: datetime) -> Seen:
        """A page in somebody's own chat."""
        person = self.world.people[name]
        wait = (due - datetime.now(timezone.utc)).total_seconds() + ANSWERED_WITHIN
        page = await person.sees(wanted, wait, "direct", after[name])
        if page.at - due > LATE:
            self.late.append(f"{page.at - due}: {page}")
        return page

    # --- What came of it --------------------------------------------------------------------

    def count(self, tally: Tally) -> None:
        """Each command answered once and in effect once, each alarm raised once, each page seen once."""
        tally.look([(t.person, t.event_id, t.text) for t in self.told], self.world.people.values())
        tally.alarms += len(self.raised)
        tally.late += self.late
        for alarm in self.raised:
            count_pages(self.world, alarm, tally)
        for question in self.questions:
            same = self.world.ben.all(lambda s: s.body == question.body, "direct")
            tally.doubled += [f"asked again: {seen}" for seen in same[1:]]
        self._count_notes(tally)
        self._count_minutes(tally)
        if extra := alarms_shown(self.world) - {alarm.number for alarm in self.raised}:
            tally.doubled.append(f"alarms that nobody called for: {sorted(extra)}")

    def _notes_of_amira(self) -> list[str]:
        """Written during her visits, so each is shown in the managers' room."""
        return [t.text for t in self.told if t.person.name == "amira" and t.text.startswith("line ")]

    def _count_notes(self, tally: Tally) -> None:
        for note in self._notes_of_amira():
            shown = self.world.dan.all(f"*{note}", "#north-managers")
            if not shown:
                tally.lost.append(f"'{note}' in the managers' room")
            if len(shown) > 1:
                tally.doubled.append(f"'{note}' in the managers' room: {listed(shown)}")

    def _count_minutes(self, tally: Tally) -> None:
        """An extension is in effect once: each answer names the end before it, and so many minutes more."""
        end: str | None = None
        for told in self.told:
            answers = told.person.answers(told.event_id)
            if told.person.name != "amira" or not answers or not told.text.startswith(("visit", "extend")):
                continue
            span = words.SPAN.search(answers[0].body)
            if not span:
                tally.lost.append(f"'{told.text}' is not in effect: {answers[0]}")
            elif told.longer and end and words.later(f"00:00–{end}", told.longer) != span.group(3):
                tally.doubled.append(f"'{told.text}', {end} before: {answers[0]}")
            end = span.group(3) if span else None


def amiras_day(dice: Random) -> Iterator[tuple[str, int]]:
    """Visit after visit; with each, by how many minutes it makes it longer."""
    for visit in count(1):
        yield f"visit LCS1{visit:03} AB for 3h", 0
        yield "arrived", 0
        for line in range(dice.randint(5, 9)):
            minutes = dice.randint(1, 5)
            kind = dice.choice(["extend", "extend", "note", "ok", "board", "mine"])
            longer = minutes if kind == "extend" else 0
            text = {"extend": f"extend {minutes}m", "note": f"line {line} of visit {visit}"}.get(kind, kind)
            yield text, longer
        yield "left", 0


def _number(page: Seen) -> str:
    found = words.ALARM.search(page.body)
    assert found, page
    return found.group()


def end_of(answer: str, now: datetime) -> datetime:
    """The end that an answer names, as a moment: within half a day of now."""
    span = words.SPAN.search(answer)
    assert span, answer
    hour, minute = map(int, span.group(3).split(":"))
    end = now.astimezone(words.ZONE).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return end if end > now - timedelta(hours=12) else end + timedelta(days=1)
