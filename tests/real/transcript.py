"""Prints what the screens show: one line a message, with who sees it.

A message is printed when everybody in its room has it, in the order of arrival, so that one line
says it all. The first page of each alarm, the first question and the first introduction are
printed below their line as they stand on the phone.
"""

from __future__ import annotations

import asyncio
import shutil
import textwrap
from dataclasses import dataclass, field
from datetime import datetime, timezone

from person import Person
from roster import RESPONDERS, TEAM
from screen import BOT, Seen
from words import ALARM, ZONE

PATIENCE = 5.0  # seconds for the slowest client; then the line says who has seen it so far


@dataclass
class Line:
    """One message and the screens that it has reached."""

    seen: Seen
    by: list[str] = field(default_factory=list)
    late: bool = False

    @property
    def complete(self) -> bool:
        """Whether everybody in the room has it."""
        return set(self.by) >= _members(self.seen)


class Transcript:
    """Collects arrivals of all people and prints each message once."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.waiting: list[Line | str] = []
        self.people: list[Person] = []
        self.in_full: set[str] = set()
        self.width = max(110, min(200, shutil.get_terminal_size((160, 24)).columns))

    def watch(self, person: Person) -> None:
        """Follows this person's screen from now on."""
        self.people.append(person)
        person.on_seen = self._arrived

    def end(self) -> None:
        """Prints the rest and follows nobody any longer."""
        for person in self.people:
            person.on_seen = None
        for line in self.lines.values():
            line.late = True
        self._drain()

    def heading(self, text: str) -> None:
        """A new act."""
        self._add(f"\n== {text}")

    def tapped(self, who: str, key: str, on: Seen) -> None:
        """A reaction is no message, but people see it."""
        at = _clock(datetime.now(timezone.utc))
        self._add(f"{at} {_where(on, who):<15} {who} taps {key}")

    def _arrived(self, person: Person, seen: Seen) -> None:
        line = self.lines.get(seen.event_id)
        if not line:
            line = self.lines[seen.event_id] = Line(seen)
            asyncio.get_running_loop().call_later(PATIENCE, self._give_up, line)
            self.waiting.append(line)
        line.by.append(person.name)
        self._drain()

    def _add(self, text: str) -> None:
        self.waiting.append(text)
        self._drain()

    def _give_up(self, line: Line) -> None:
        line.late = True
        self._drain()

    def _drain(self) -> None:
        while self.waiting:
            first = self.waiting[0]
            if isinstance(first, Line):
                if not (first.complete or first.late):
                    return
                self._print(first)
            else:
                print(first, flush=True)
            del self.waiting[0]

    def _print(self, line: Line) -> None:
        seen = line.seen
        speaker = "bot" if seen.sender == BOT else seen.sender
        ring = f" [rings {', '.join(seen.mentions)}]" if seen.mentions else ""
        head = f"{_clock(seen.at)} {_where(seen, line.by[0]):<15} {speaker}{ring}"
        tail = f"  (seen by {_readers(line.by)})"
        room = max(40, self.width - len(head) - len(tail) - 2)
        text = seen.line if len(seen.line) <= room else seen.line[: room - 1].rstrip() + "…"
        print(f"{head}: {text}{tail}", flush=True)
        kind = _kind(seen)
        if kind and kind not in self.in_full:
            self.in_full.add(kind)
            self._print_in_full(seen)

    def _print_in_full(self, seen: Seen) -> None:
        for line in seen.body.splitlines():
            for part in textwrap.wrap(line, self.width - 27):
                print(f"{'':25}│ {part}", flush=True)


def _members(seen: Seen) -> set[str]:
    """Who should see a message; in a direct chat whoever has it is all."""
    rooms = {"#north": [member.id for member in TEAM], "#north-managers": RESPONDERS}
    return set(rooms.get(seen.place, []))


def _kind(seen: Seen) -> str | None:
    """What a message of several lines is, by its first word: `A1:`, `Hello`, `LCS` (a question)."""
    if not seen.by_bot or len(seen.body.splitlines()) < 2:
        return None
    word = seen.body.split()[0]
    return word if ALARM.match(word) else word.rstrip("0123456789")


def _readers(by: list[str]) -> str:
    return "everybody" if len(by) == len(TEAM) else ", ".join(sorted(by))


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M:%S}"


def _where(seen: Seen, reader: str) -> str:
    """A direct chat is named after the person whose chat it is."""
    return f"{reader}'s chat" if seen.place == "direct" else seen.place
