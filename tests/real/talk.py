"""A conversation that goes on while something is broken, and what came of it on everybody's own screen."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count, cycle
from uuid import uuid4

import nio

from checks import every_screen
from person import Person
from proxy import Proxy
from screen import Seen
from tally import Tally
from words import ZONE
from world import World

# Seconds. Only so that a test ends: what is late is counted, not waited for.
ANSWERED = 180.0
# A reason that is enough to stand down any alarm.
SAFE = "seen by PC 1234 at the door, safe and well"
# What is written on and on, each as soon as the one before is answered. Ben says nothing: he is the one who is overdue;
# Amira nothing that would answer a call for help of hers.
WRITTEN = {
    "amira": ["note number {}", "mine"],
    "dan": ["board", "mine"],
    "hana": ["board"],
    "sam": ["mine", "board"],
}


def utc_now() -> datetime:
    """The moment, UTC."""
    return datetime.now(timezone.utc)


def whole_minute_after(seconds: float) -> datetime:
    """The first whole minute that is at least so far away: the bot reads whole minutes. UTC."""
    at = utc_now() + timedelta(seconds=seconds, minutes=1)
    return at.replace(second=0, microsecond=0)


async def until(moment: datetime) -> None:
    """Lets the clock come to a moment (UTC)."""
    await asyncio.sleep(max(0.0, (moment - utc_now()).total_seconds()))


def _visit(reference: str, begin: datetime, end: datetime) -> str:
    return f"visit {reference} AB {begin.astimezone(ZONE):%H:%M}-{end.astimezone(ZONE):%H:%M}"


@dataclass
class Alarm:
    """What has to be raised: how its pages begin, and who is paged how many seconds after its anchor, each by one step."""

    headline: str  # without the number: "Ben Ward has not reported out of LCS2345"
    anchor: datetime  # UTC
    paged: dict[str, int]

    def pages(self, person: Person) -> list[Seen]:
        """Its pages in this person's own chat, reminders too."""
        head = re.compile(rf"A\d+( \(reminder \d+\))?: {re.escape(self.headline)}")
        return person.all(lambda s: bool(head.match(s.line)) and s.mentions == [person.name], "direct")

    def first_pages(self, person: Person) -> list[Seen]:
        """The same without the reminders."""
        return [seen for seen in self.pages(person) if "(reminder" not in seen.line]

    def numbers(self, people: list[Person]) -> set[str]:
        """What its pages call it."""
        return {seen.line.split(":")[0].split()[0] for person in people for seen in self.pages(person)}


@dataclass
class Talk:
    """Who has said what, each on their own client, and which alarms are to come of it."""

    world: World
    tally: Tally
    # How much later than the policy says a page may be, of one that was due then and came then (UTC).
    allowed: Callable[[datetime, datetime], timedelta]
    alarms: list[Alarm] = field(default_factory=list)
    said: list[tuple[Person, str, str]] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def counted(self, proxy: Proxy) -> AsyncIterator[None]:
        """Everybody arrives, the bot by way of the proxy. What comes of it is counted, also where it fails, and is to be clean."""
        world = self.world
        await world.people_arrive()
        await proxy.start()
        try:
            await world.bot_arrives(by_way_of=proxy.url)
            yield
            await self.answered()
            await world.settles()
            every_screen(world.people.values())
        except AssertionError as failed:
            raise AssertionError(f"{failed}\n\nthe bot's last lines:\n{world.bot and world.bot.tail()}") from failed
        finally:
            self._look()
            self.tally.keep()
            await world.close()
            await proxy.stop()
        self.tally.is_clean()

    # --- What people do -----------------------------------------------------------------------

    async def say(self, name: str, text: str) -> str:
        """Says it in the own chat, again and again until the homeserver has it: under the same number, so once."""
        person = self.world.people[name]
        room, number = await person.direct(), str(uuid4())
        content = {"msgtype": "m.text", "body": text}
        while True:
            answer = await person.client.room_send(room, "m.room.message", content, number, ignore_unverified_devices=True)
            if isinstance(answer, nio.RoomSendResponse):
                self.said.append((person, answer.event_id, text))
                return answer.event_id
            await asyncio.sleep(0.5)  # a homeserver that is just stopping refuses

    async def ask(self, name: str, text: str) -> Seen:
        """Says it and waits for the answer."""
        return await self.world.people[name].gets_answer(await self.say(name, text), within=ANSWERED)

    async def goes_out(self, name: str, reference: str, end: datetime) -> None:
        """Logs a visit that has begun, and before it a later one: so it is not the last, and its ladder ends with the manager."""
        await self.ask(name, _visit(f"{reference}9", end + timedelta(minutes=15), end + timedelta(minutes=30)))
        logged = await self.ask(name, _visit(reference, end - timedelta(minutes=5), end))
        assert reference in logged.body, logged

    @contextlib.asynccontextmanager
    async def busy(self, **more: list[str]) -> AsyncIterator[None]:
        """Meanwhile everybody writes on and on, some of them something else."""
        enough, written = asyncio.Event(), {**WRITTEN, **more}
        writing = [asyncio.create_task(self._go_on(name, texts, enough)) for name, texts in written.items()]
        try:
            yield
            enough.set()
            await asyncio.gather(*writing)
        finally:
            for task in writing:
                task.cancel()

    async def _go_on(self, name: str, texts: list[str], enough: asyncio.Event) -> None:
        numbers = count(1)
        for text in cycle(texts):
            if enough.is_set():
                return
            await self.ask(name, text.format(next(numbers)))

    def overdue(self, reference: str, end: datetime) -> Alarm:
        """Ben will not report out of this visit."""
        alarm = Alarm(f"Ben Ward has not reported out of {reference}", end, {"dan": 12, "carol": 24})
        self.alarms.append(alarm)
        return alarm

    async def calls(self, text: str, headline: str, paged: dict[str, int]) -> Alarm:
        """Amira calls for help."""
        alarm = Alarm(headline, utc_now(), paged)
        self.alarms.append(alarm)
        await self.say("amira", text)
        return alarm

    async def close(self, alarm: Alarm, how: str) -> None:
        """The manager stands it down."""
        for number in sorted(alarm.numbers(list(self.world.people.values()))):
            answer = await self.ask("carol", f"/standdown {number} {how}")
            assert number in answer.body, answer

    # --- What comes of it ---------------------------------------------------------------------

    async def answered(self) -> None:
        """Waits until everything that was said has been answered."""
        await asyncio.gather(*(who.gets_answer(event, within=ANSWERED) for who, event, _ in self.said))

    async def paged(self, alarm: Alarm) -> None:
        """Waits until an alarm has reached everybody whom it has to reach."""
        for name in alarm.paged:
            person = self.world.people[name]
            await person.sees(lambda _, person=person: bool(alarm.first_pages(person)), ANSWERED, "direct")

    def came(self, what: Seen, due: datetime) -> None:
        """Counts it as late if it is."""
        late = what.at - due - self.allowed(due, what.at)
        if late > timedelta(0):
            self.tally.late.append(f"{late} later than is allowed: {what}")

    def _look(self) -> None:
        people = list(self.world.people.values())
        self.tally.look(self.said, people)
        self.tally.alarms = len(self.alarms)
        for alarm in self.alarms:
            self._look_at(alarm, people)
        for person in people:
            self.tally.lost += [f"{person.name} cannot read {event}" for event in person.locked]
        self.tally.lost += [f"the bot could not read: {seen}" for seen in self.world.dan.all("*could not be read*")]
        wanted = {number for alarm in self.alarms for number in alarm.numbers(people)}
        for person in people:
            for seen in person.all(lambda s: bool(s.mentions), "direct"):
                number = re.match(r"A\d+\b", seen.line)
                if number and number.group() not in wanted:
                    self.tally.other.append(f"rang for {person.name}: {seen}")

    def _look_at(self, alarm: Alarm, people: list[Person]) -> None:
        if len(numbers := alarm.numbers(people)) > 1:
            self.tally.doubled.append(f"raised as {numbers}: {alarm.headline}")
        for person in people:
            first, seconds = alarm.first_pages(person), alarm.paged.get(person.name)
            if seconds is None:
                self.tally.other += [f"rang for {person.name}: {seen}" for seen in first]
                continue
            due = alarm.anchor + timedelta(seconds=seconds)
            if not first:
                self.tally.lost.append(f"{person.name} was not paged: {alarm.headline}")
            for seen in first[:1]:
                self.came(seen, due)
                if seen.at < due:
                    self.tally.other.append(f"too early, it was due at {due}: {seen}")
            self.tally.doubled += [f"paged again: {seen}" for seen in first[1:]]
            same = Counter(seen.body for seen in alarm.pages(person))
            self.tally.doubled += [f"{n} times: {text}" for text, n in same.items() if n > 1]
