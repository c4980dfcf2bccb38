"""Five rooms in which very much is written while the bot is not there, and what has to come of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from itertools import zip_longest

import words
from busy import Told, end_of
from paged import Raised, alarms_shown, count_pages, listed
from person import Person
from roster import RESPONDERS, TEAM
from screen import Seen
from tally import LONG, Tally
from world import World

ROOMS = 5
# A sync brings at most a hundred of a room; more than 120 a minute of one person would be a flood. In the short form it
# brings less, and less is written: each of these messages is an answer and a line for the managers.
IN_EACH, TIMELINE = (110, None) if LONG else (30, 20)
# Some hundred messages go out one after the other, each in some tenths of a second where the machine is busy.
WITHIN = 600.0
# What the two workers write, among their chatter, where only a look into the gap finds it. The same but for the phrase.
EXTENSION = "extend 30m"
PHRASE = {"amira": "the purple file is on the desk", "ben": "the old folder is on the desk"}
# The bot's first step and all others are due by now, so these people are paged, once each.
CALL = ({"dan", "sam", "diana"}, {"carol", "hana"})
HEARTBEAT = timedelta(seconds=30)  # how often the bot notes that it is awake


class Away:
    """Amira and Ben write the same, one of them the code phrase: neither's screen may show which."""

    def __init__(self, world: World, tally: Tally) -> None:
        self.world = world
        self.tally = tally
        self.rooms: list[str] = []
        self.told: list[Told] = []  # what has to be answered
        self.chatter: list[Told] = []  # what need not be
        self.ends: dict[str, datetime] = {}
        self.start: dict[str, int] = {}

    async def two_visits(self) -> None:
        """Both are on a visit already."""
        for name, reference in (("amira", "LCS1001"), ("ben", "LCS2001")):
            person = self.world.people[name]
            event = await person.say(await person.direct(), f"visit {reference} AB for 2h")
            answer = await person.gets_answer(event)
            await person.sees("Hello*", place="direct")  # a quiet line, with the name in it
            self.ends[name] = end_of(answer.body, datetime.now(timezone.utc))
            self.start[name] = len(person.screen)

    async def everybody_writes(self) -> None:
        """In five rooms at the same time."""
        world = self.world
        direct = [await world.people[name].direct() for name in ("amira", "ben", "dan")]
        self.rooms = [world.team_room, world.managers_room, *direct]
        assert len(set(self.rooms)) == ROOMS
        await asyncio.gather(
            self._chatter(world.team_room, [member.id for member in TEAM]),
            self._chatter(world.managers_room, RESPONDERS),
            self._chatter(direct[2], ["dan"]),
            self._writes("amira", direct[0], "LCS1002"),
            self._writes("ben", direct[1], "LCS2002"),
        )

    async def _chatter(self, room: str, names: list[str]) -> None:
        for number in range(IN_EACH):
            person = self.world.people[names[number % len(names)]]
            text = f"talk of the day, number {number}"
            self.chatter.append(Told(person, await person.say(room, text), text))

    async def _writes(self, name: str, room: str, reference: str) -> None:
        person = self.world.people[name]
        lines = [f"line {number} of the visit" for number in range(IN_EACH - 3)]
        lines[2:2] = [EXTENSION, f"visit {reference} CD tomorrow 14:00-15:00", PHRASE[name]]
        for text in lines:
            self.told.append(Told(person, await person.say(room, text), text))

    async def is_answered(self) -> None:
        """All of it has been, or never will be; and the pages have come."""
        waits = [t.person.gets_answer(t.event_id, within=WITHIN) for t in self.told]
        for name in set.union(*CALL):
            waits.append(self.world.people[name].sees("*CALL FOR HELP*Amira*", WITHIN, "direct"))
        waits += [self.world.dan.sees(note, WITHIN, "#north-managers") for note in self._notes()]
        await asyncio.gather(*waits, return_exceptions=True)

    def counts(self, last_awake: datetime) -> None:
        """Nothing lost, nothing doubled, and everything in effect."""
        tally, dan = self.tally, self.world.dan
        tally.look([(t.person, t.event_id, t.text) for t in self.told], self.world.people.values())
        tally.messages, tally.alarms = ROOMS * IN_EACH, 1
        for said in self.chatter:
            if len(answers := said.person.answers(said.event_id)) > 1:
                tally.doubled.append(f"'{said.text}' of {said.person.name}: {listed(answers)}")
        for note in self._notes():
            shown = dan.all(note, "#north-managers")
            if len(shown) != 1:
                (tally.doubled if shown else tally.lost).append(f"{note}: {listed(shown)}")
        count_pages(self.world, Raised("A1", CALL), tally)
        if extra := alarms_shown(self.world) - {"A1"}:
            tally.doubled.append(f"alarms that nobody called for: {sorted(extra)}")
        tally.is_clean()
        self._visits_stand()
        self._says_when_it_was_blind(last_awake)
        self._phrase_does_not_show()

    def _notes(self) -> list[str]:
        """How the workers' lines stand in the managers' room; those after the phrase otherwise than those before."""
        return [f"*{t.person.name}*: {t.text}" for t in self.told if t.text.startswith("line ")]

    def _visits_stand(self) -> None:
        """The answers of the two quiet questions at the end: both visits, the first with its new end."""
        amira = self.world.amira
        both = amira.all("*LCS1001*LCS1002*", "direct")
        assert both, "one of the visits is not known"
        mine = both[-1]
        end = (self.ends["amira"] + timedelta(minutes=30)).astimezone(words.ZONE)
        assert f"–{end:%H:%M}" in mine.body and "14:00–15:00" in mine.body, f"not in effect: {mine}"

    def _says_when_it_was_blind(self, last_awake: datetime) -> None:
        """In the managers' room, once, from when to when."""
        said = self.world.dan.all("*not able to watch*", "#north-managers")
        assert len(said) == 1, f"how it says that it was blind: {said}"
        begin, back = words.CLOCK.finditer(said[0].body)
        earliest = last_awake - HEARTBEAT - timedelta(minutes=1)  # the minute is cut off
        begins = {f"{m.astimezone(words.ZONE):%H:%M}" for m in _minutes(earliest, last_awake)}
        ends = {f"{m.astimezone(words.ZONE):%H:%M}" for m in _minutes(said[0].at - timedelta(minutes=2), said[0].at)}
        assert begin.group() in begins and back.group() in ends, f"{said[0]}: not {begins} to {ends}"

    def _phrase_does_not_show(self) -> None:
        """Amira's chat is Ben's, but for the references and the words of the day; nothing is in the team's room."""
        amira, ben = (self._screen(self.world.people[name]) for name in ("amira", "ben"))
        differ = [(a, b) for a, b in zip_longest(amira, ben) if a != b]
        assert not differ, f"Amira sees this, Ben that: {differ}"
        for person in self.world.people.values():
            shown = person.all("*purple*") + person.all(lambda s: bool(words.ALARM.search(s.body)), "#north")
            assert not shown, f"on {person.name}'s screen: {shown}"

    def _screen(self, person: Person) -> list[tuple[object, ...]]:
        asked = {told.event_id: told.text for told in self.told if told.person is person}
        mine: list[Seen] = person.all(place="direct", after=self.start[person.name])
        return [
            (_neutral(s.body), s.msgtype, s.mentions, s.offers, s.thread, _neutral(asked.get(s.reply_to or "", "")))
            for s in mine
            if s.reply_to in asked or not s.reply_to
        ]


def _neutral(text: str) -> str:
    """Without what may differ: the references, the words of the day, and the minute in which each visit was logged."""
    return words.CLOCK.sub("00:00", text.replace(PHRASE["amira"], PHRASE["ben"]).replace("LCS2", "LCS1"))


def _minutes(first: datetime, last: datetime) -> list[datetime]:
    """Each minute that is touched."""
    return [first + timedelta(seconds=s) for s in range(int((last - first).total_seconds()) + 1)]
