"""A policy that pages each person once for each step, and whether it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import words
from bot import ROOT
from person import Person
from screen import Seen
from tally import Tally
from world import World

# Seconds after the end of a visit, or after a call for help: when the first two steps with pages come, in the policy below.
FIRST, THEN = 4, 8


def policy_of_single_pages(folder: Path) -> Path:
    """The demonstration policy where nothing is said again for hours, and each page names its step.

    So a page that comes twice has been decided twice, or sent twice.
    """
    text = (ROOT / "policies" / "demo.toml").read_text()
    text = text.replace('repeat = "20s"', 'repeat = "6h"')
    text = re.sub(r'follow_up = "\w+"', 'follow_up = "6h"', text)
    text = text.replace("raised+45s", f"raised+{THEN}s")
    text = text.replace("final_end+12s", f"final_end+{FIRST}s").replace("final_end+24s", f"final_end+{THEN}s")
    text = text.replace("final_end+75s", "final_end+6h")  # nobody gets as far
    numbers = count(1)
    text = re.sub(r'(?m)^cite = "Demonstration"', lambda _: f'cite = "Step {next(numbers)}"', text)
    file = folder / "single-pages.toml"
    file.write_text(text)
    return file


@dataclass
class Raised:
    """An alarm that had to come, and whom each of its steps pages."""

    number: str
    steps: tuple[set[str], ...]


def count_pages(world: World, alarm: Raised, tally: Tally) -> None:
    """One page for each step somebody is in; fewer only where several steps went out as one."""
    for name, person in world.people.items():
        seen = _pages(person, alarm.number, "direct")
        due = sum(name in step for step in alarm.steps)
        if due and not seen:
            tally.lost.append(f"{alarm.number} never rang for {name}")
        if len(seen) > due or len({_rule(page) for page in seen}) < len(seen):
            tally.doubled.append(f"{alarm.number} rang too often for {name}: {listed(seen)}")
    seen = _pages(world.dan, alarm.number, "#north-managers")
    if not seen:
        tally.lost.append(f"{alarm.number} is not in the managers' room")
    if len({_rule(page) for page in seen}) < len(seen):
        tally.doubled.append(f"{alarm.number} twice in the managers' room: {listed(seen)}")


def alarms_shown(world: World) -> set[str]:
    """The numbers of all alarms that anybody has seen."""
    shown = (seen.body for person in world.people.values() for seen in person.all())
    return {number for body in shown for number in words.ALARM.findall(body)}


def listed(seen: list[Seen]) -> str:
    """Messages as they are read."""
    return " | ".join(map(str, seen))


def _pages(person: Person, number: str, place: str) -> list[Seen]:
    return person.all(lambda s: bool(s.mentions) and words.ALARM.findall(s.body)[:1] == [number], place)


def _rule(page: Seen) -> str:
    """The step that a page comes from, as it says itself."""
    return page.body.split("Rule: ")[-1].splitlines()[0]
