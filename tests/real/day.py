"""The demo's day, played by real clients: three acts, each with what must come of it."""

from __future__ import annotations

import words
from checks import exactly_one_answer, expect, only_seen_by, paged_exactly, quiet_answer
from person import Person
from roster import AMIRA, BEN, RESPONDERS
from screen import Seen, matches, offer_beside
from transcript import Transcript
from words import about, page_for
from world import World

OVERRUN = 130.0  # seconds: a visit of a moment, and the bot's question at its end


class Day:
    """The acts, and everything that was said to the bot, to be checked at the end."""

    def __init__(self, world: World, transcript: Transcript) -> None:
        self.world = world
        self.transcript = transcript
        self.said: list[tuple[Person, str, str]] = []
        self.directs: dict[str, str] = {}

    async def play(self) -> None:
        """All acts, one after the other."""
        for name in self.world.people:
            self.directs[name] = await self.world.people[name].direct()
        await self._introductions()
        await self._a_visit_that_ends_well()
        await self._more_time()
        await self._she_goes_silent()
        await self._a_code_phrase()
        self.transcript.end()
        await self.world.settles()
        self._one_answer_each()

    # --- Acts -------------------------------------------------------------------------------

    async def _introductions(self) -> None:
        for person in self.world.people.values():
            await person.sees(lambda s: s.place == "direct", within=60)

    async def _a_visit_that_ends_well(self) -> None:
        self.transcript.heading("A visit that ends well")
        amira = self.world.amira
        logged = await self._in_team(amira, "/visit LCS1234 AB for 1h next office")
        expect("LCS1234" in logged.body, f"the answer repeats the reference: {logged}")
        expect(words.CLOCK.search(logged.body), f"the answer repeats the times: {logged}")
        for word in ("arrived", "left"):
            answer = await self._in_team(amira, f"/{word}")
            expect(matches(f"{word}: LCS1234*", answer.body), f"it understood /{word}: {answer}")
        await self._in_team(amira, "/office")
        expect(not self._pings("LCS1234"), "a visit that ends well pings nobody")

    async def _more_time(self) -> None:
        self.transcript.heading("A visit that runs over: she is asked, and takes 30 more minutes")
        amira = self.world.amira
        await self._in_direct(amira, f"visit LCS2222 CD {words.a_moment()} next home")
        await self._in_direct(amira, "arrived")
        question = await self._question(amira, "LCS2222")
        before = len(amira.screen)
        await self._tap(amira, question, words.MORE_TIME)
        answer = await amira.sees(about("LCS2222"), after=before, place="direct")
        new_end = words.later(question.body, 30)
        expect(new_end in answer.body, f"the answer says the new end, {new_end}: {answer}")
        quiet_answer(answer)
        answer = await self._in_direct(amira, "left")
        expect("LCS2222" in answer.body, f"the answer says what she has left: {answer}")
        expect(not self.world.ben.all("*LCS2222*"), "nobody was asked to ring her")

    async def _she_goes_silent(self) -> None:
        self.transcript.heading("A visit that runs over, and no word: the ladder climbs")
        amira, ben, dan, carol = (getattr(self.world, n) for n in ("amira", "ben", "dan", "carol"))
        await self._in_direct(amira, f"visit LCS3333 EF {words.a_moment()} next home")
        await self._question(amira, "LCS3333")
        page = page_for("A1", "Amira", "LCS3333", AMIRA.phone)
        for person in (ben, dan):
            seen = await self._page(person, page, "direct")
            expect(seen.mentions == [person.name], f"{person.name} is paged alone: {seen}")
        await self._page(dan, page, "#north-managers")
        to_carol = await self._page(carol, page, "direct")
        await self._tap(carol, to_carol, words.ON_IT)
        start = carol.screen.index(to_carol) + 1
        await carol.sees(lambda s: "A1" in s.body and s.msgtype == "m.notice", after=start)
        closed = "/standdown A1 phone was flat, she is home"
        await self._in_managers(carol, closed)
        for person, place in ((dan, "#north-managers"), (ben, "direct")):
            await person.sees(about("A1", "Carol", "stood it down"), place=place)
        people = self.world.people.values()
        paged_exactly(people, "A1", {"ben", "dan", "carol"})
        only_seen_by(people, "A1", {"ben", *RESPONDERS})

    async def _a_code_phrase(self) -> None:
        self.transcript.heading("A code phrase: the worker's own screen shows an ordinary answer")
        ben, dan, diana, carol = (getattr(self.world, n) for n in ("ben", "dan", "diana", "carol"))
        await self._in_direct(ben, "visit LCS4444 GH for 1h next home")
        innocent = await self._in_direct(ben, "The kettle is on, all friendly here")
        start = len(ben.screen)
        phrase = "Running over, the visit details are in the PURPLE FILE"
        answer = await self._in_direct(ben, phrase)
        expect(answer.body == innocent.body, f"the same answer as for a note: {answer}")
        help_for_ben = page_for("A2", "Ben", "LCS4444", BEN.phone)
        for place in ("#north-managers", "direct"):
            await self._page(dan, help_for_ben, place)
        await self._in_managers(dan, "/ack A2")
        left = await self._in_direct(ben, "left")
        expect("LCS4444" in left.body, f"the answer says what he has left: {left}")
        await dan.sees(about("A2", "Ben", "do not rely"), place="#north-managers")
        await self._in_managers(diana, "/police A2 4471")
        await self._in_managers(carol, "/standdown A2 seen by PC 1234 at the door, safe and well")
        await self._in_direct(ben, "home")
        shown = [s for s in ben.screen[start:] if s.by_bot]
        expect(len(shown) == 3, f"Ben sees the answers to his own three messages alone: {shown}")
        people = self.world.people.values()
        paged_exactly(people, "A2", {"dan", "sam", "diana"})
        only_seen_by(people, "A2", set(RESPONDERS))
        expect(not self.world.amira.all("*LCS4444*"), "Amira learns nothing of it")

    # --- What is said, and what comes of it -------------------------------------------------

    async def _in_team(self, person: Person, text: str) -> Seen:
        return await self._say(person, self.world.team_room, text)

    async def _in_managers(self, person: Person, text: str) -> Seen:
        return await self._say(person, self.world.managers_room, text)

    async def _in_direct(self, person: Person, text: str) -> Seen:
        return await self._say(person, self.directs[person.name], text)

    async def _say(self, person: Person, room_id: str, text: str) -> Seen:
        """Says it and waits for the answer, which is quiet and in the same room."""
        event_id = await person.say(room_id, text)
        self.said.append((person, event_id, text))
        answer = await person.gets_answer(event_id)
        quiet_answer(answer)
        expect(answer.room_id == room_id, f"answered in another room: {answer}")
        return answer

    async def _question(self, person: Person, reference: str) -> Seen:
        """The bot's question at the agreed end: rings, in her own chat, with its reactions."""
        question = await person.sees(
            lambda s: reference in s.body and bool(s.mentions), within=OVERRUN, place="direct"
        )
        expect(question.mentions == [person.name], f"the question pings her alone: {question}")
        expect(question.msgtype == "m.text", f"the question rings: {question}")
        return question

    async def _page(self, person: Person, glob: str, place: str) -> Seen:
        seen = await person.sees(glob, within=40, place=place)
        expect(person.name in seen.mentions, f"the page pings {person.name}: {seen}")
        expect(seen.msgtype == "m.text", f"the page rings: {seen}")
        return seen

    async def _tap(self, person: Person, on: Seen, offer: str) -> None:
        await person.tap(on, offer)
        self.transcript.tapped(person.name, offer_beside(on, offer) or "?", on)

    def _pings(self, reference: str) -> list[Seen]:
        people = self.world.people.values()
        return [s for p in people for s in p.all(f"*{reference}*") if s.mentions]

    def _one_answer_each(self) -> None:
        for person, event_id, text in self.said:
            exactly_one_answer(person, event_id, text)
