"""What a test did to Lonewatch and what came of it: one row of the table that `scripts/faults` prints."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from person import Person
from screen import BOT

# Where the rows are kept; nothing is written without it.
KEPT_IN = "LONEWATCH_TALLY"
# `scripts/faults` runs the long form, `scripts/test` the short one.
LONG = os.environ.get("LONEWATCH_FAULTS") == "long"


@dataclass
class Tally:
    """Counted as it happens: a test says what it found here first, and fails by `is_clean` after."""

    section: str  # of the list: "2 the homeserver, broken"
    row: str
    faults: int = 0  # kills, outages, cut connections
    messages: int = 0  # written by people
    alarms: int = 0  # that had to be raised
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)  # shown to the wrong person, or without a reason

    def look(self, said: list[tuple[Person, str, str]], people: Iterable[Person]) -> None:
        """Counts what everybody's own screen shows of what was said: each command answered, and nothing twice."""
        self.messages = len(said)
        for person, event, text in said:
            answers = person.answers(event)
            if not any("could not read" not in answer.body for answer in answers):
                self.lost.append(f"'{text}' of {person.name}: {answers}")
            if len(answers) > 1:
                self.doubled.append(f"'{text}' of {person.name}: {answers}")
        for person in people:
            mine = Counter(seen.outbox for seen in person.screen if seen.sender == BOT and seen.outbox)
            self.doubled += [f"row {row} on {person.name}'s screen" for row, times in mine.items() if times > 1]

    def keep(self) -> None:
        """Writes the row down; called also where the test fails."""
        if not (file := os.environ.get(KEPT_IN)):
            return
        counted = {k: len(v) if isinstance(v, list) else v for k, v in asdict(self).items()}
        with Path(file).open("a") as rows:
            rows.write(json.dumps(counted) + "\n")

    def is_clean(self) -> None:
        """Fails with what was lost, said twice or late."""
        wrong = {what: getattr(self, what) for what in ("lost", "doubled", "late", "other") if getattr(self, what)}
        assert not wrong, f"{self.row}: {wrong}"
