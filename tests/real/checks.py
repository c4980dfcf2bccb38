"""What must hold on everybody's screen, whatever was played."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from person import Person
from screen import BOT, Seen
from roster import BOT_PASSWORD, RESPONDERS, TEAM
from words import ALARMING, TELEPHONE

WORKERS = {m.id: m.name.split()[0] for m in TEAM if "worker" in m.roles}


def expect(holds: object, what: str) -> None:
    """An expectation of the demo; its words are what a failed run prints."""
    if not holds:
        raise AssertionError(what)


def exactly_one_answer(person: Person, event_id: str, said: str) -> Seen:
    """The one answer to a command."""
    answers = person.answers(event_id)
    expect(len(answers) == 1, f"{person.name} got {len(answers)} answers to '{said}': {answers}")
    expect("could not read" not in answers[0].body, f"'{said}' of {person.name} was lost: {answers}")
    return answers[0]


def quiet_answer(answer: Seen) -> None:
    """Confirmations are notices, ping nobody and are encrypted."""
    expect(answer.msgtype == "m.notice", f"the answer rings: {answer}")
    expect(not answer.mentions, f"the answer pings: {answer}")
    expect(answer.encrypted, f"the answer is not encrypted: {answer}")


def every_screen(people: Iterable[Person]) -> None:
    """The checks that hold for everybody, at any time."""
    for person in people:
        mine = [seen for seen in (*person.screen, *person.board, *person.sheet) if seen.sender == BOT]
        expect(not person.locked, f"{person.name} cannot read {list(person.locked)}")
        for seen in mine:
            expect(seen.encrypted, f"not encrypted, on {person.name}'s screen: {seen}")
            expect(seen.outbox, f"without an outbox id, on {person.name}'s screen: {seen}")
            expect(seen.msgtype in ("m.text", "m.notice", "m.file"), f"neither words nor a file: {seen}")
            if seen.mentions:
                expect(seen.msgtype == "m.text", f"a ping that does not ring: {seen}")
        nothing_twice(person, mine)
        nothing_private_in_the_team_room(person, mine)
        if person.name not in RESPONDERS:
            nothing_alarming(person, mine)
            expect(not person.sheet, f"{person.name} sees the fallback sheet: {person.sheet}")
            expect(
                not any(seen.place == "#north-managers" for seen in person.screen),
                f"{person.name} sees the managers' room",
            )


def nothing_private_in_a_log(log: str) -> None:
    """No words, no number and no name in a log of the bot's, whatever was played."""
    private = [part for m in TEAM for part in (m.id, *m.name.split()) if len(part) > 2]
    names = re.compile(rf"\b({'|'.join(map(re.escape, private))})\b", re.IGNORECASE)
    for line in log.splitlines():
        for what, found in (
            ("a name", names.search(line)),
            ("a number", TELEPHONE.search(line)),
            ("a reference", re.search(r"\bLCS\d", line)),
            ("a password", re.search(re.escape(BOT_PASSWORD), line)),
        ):
            expect(not found, f"{what} in the log: {line}")


def nothing_twice(person: Person, mine: list[Seen]) -> None:
    """Each row of the outbox appears once."""
    for outbox, times in Counter(seen.outbox for seen in mine).items():
        twice = [str(seen) for seen in mine if seen.outbox == outbox]
        expect(times == 1, f"{person.name} sees row {json.dumps(outbox)} {times} times: {twice}")


def nothing_private_in_the_team_room(person: Person, mine: list[Seen]) -> None:
    """No telephone number and no alarm where everybody reads."""
    for seen in mine:
        if seen.place == "#north":
            expect(not TELEPHONE.search(seen.body), f"a number in the team room: {seen}")
            expect(not ALARMING.search(seen.body), f"an alarm in the team room: {seen}")


def nothing_alarming(person: Person, mine: list[Seen]) -> None:
    """A worker's own chat says nothing that her family must not read.

    What she is asked to do for a colleague (as the buddy) is another person's alarm.
    """
    colleagues = [name for key, name in WORKERS.items() if key != person.name]
    for seen in mine:
        for_a_colleague = any(name in seen.body for name in colleagues)
        if seen.place == "direct" and not for_a_colleague:
            word = ALARMING.search(seen.body)
            expect(not word, f"{person.name}'s own chat says '{word and word.group()}': {seen}")
            expect(not TELEPHONE.search(seen.body), f"a number in {person.name}'s chat: {seen}")


def paged_exactly(people: Iterable[Person], number: str, names: set[str]) -> None:
    """The pages of this alarm rang for these people, and for nobody else, each in their own chat too."""
    mentioned = re.compile(rf"\b{number}\b")
    rung: set[str] = set()
    for person in people:
        pages = person.all(lambda s: bool(mentioned.search(s.body)) and bool(s.mentions))
        rung.update(name for page in pages for name in page.mentions)
        own = [page for page in pages if page.place == "direct"]
        expect(all(page.mentions == [person.name] for page in own), f"a stray ping: {own}")
        expect(bool(own) == (person.name in names), f"{person.name}'s pages of {number}: {own}")
    expect(rung == names, f"{number} rang for {sorted(rung)}, not for {sorted(names)}")


def only_seen_by(people: Iterable[Person], number: str, names: set[str]) -> None:
    """An alarm is on these people's screens and on nobody else's, least of all the worker's."""
    mentioned = re.compile(rf"\b{number}\b")
    for person in people:
        shown = person.all(lambda s: bool(mentioned.search(s.body)))
        expect(bool(shown) == (person.name in names), f"{person.name} and {number}: {shown}")
        expect(not any(s.place == "#north" for s in shown), f"{number} in the team room: {shown}")
