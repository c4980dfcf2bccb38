"""Prints what the screens show: one line a message, with who sees it."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from datetime import timezone as fixed
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from person import Person
from screen import BOT, Seen

GATHER = 0.7  # seconds in which all who see a message have usually received it


@dataclass
class Line:
    """One message and the screens that it has reached."""

    seen: Seen
    by: list[str] = field(default_factory=list)
    printed: int = 0


class Transcript:
    """Collects arrivals of all people and prints each message once."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.people: list[Person] = []
        self.zone = _zone()
        self.width = max(110, min(200, shutil.get_terminal_size((150, 24)).columns))

    def watch(self, person: Person) -> None:
        """Follows this person's screen from now on."""
        self.people.append(person)
        person.on_seen = self._arrived

    def end(self) -> None:
        """Prints the rest and follows nobody any longer."""
        self.flush()
        for person in self.people:
            person.on_seen = None

    def heading(self, text: str) -> None:
        """A new act."""
        self.flush()
        print(f"\n== {text}", flush=True)

    def tapped(self, who: str, key: str, on: Seen) -> None:
        """A reaction is no message, but people see it."""
        self.flush()
        at = self._clock(datetime.now(fixed.utc))
        print(f"{at} {_where(on, who):<15} {who} taps {key}", flush=True)

    def flush(self) -> None:
        """Prints what has not been printed yet."""
        for line in self.lines.values():
            self._print(line)

    def _arrived(self, person: Person, seen: Seen) -> None:
        line = self.lines.setdefault(seen.event_id, Line(seen))
        line.by.append(person.name)
        if len(line.by) == 1:
            asyncio.get_running_loop().call_later(GATHER, self._print, line)

    def _print(self, line: Line) -> None:
        new, line.printed = line.by[line.printed :], len(line.by)
        if not new:
            return
        seen = line.seen
        speaker = "bot" if seen.sender == BOT else seen.sender
        ring = f" [rings {', '.join(seen.mentions)}]" if seen.mentions else ""
        head = f"{self._clock(seen.at)} {_where(seen, line.by[0]):<15} {speaker}{ring}"
        tail = f"  (seen by {', '.join(sorted(new))})"
        room = max(40, self.width - len(head) - len(tail) - 2)
        text = seen.line if len(seen.line) <= room else seen.line[: room - 1] + "…"
        print(f"{head}: {text}{tail}", flush=True)

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M:%S}"


def _where(seen: Seen, reader: str) -> str:
    """A direct chat is named after the person whose chat it is."""
    return f"{reader}'s chat" if seen.place == "direct" else seen.place


def _zone() -> tzinfo:
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return fixed.utc
