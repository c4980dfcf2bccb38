"""The words that the demo and the tests expect of the bot, all in one place.

Globs as in scenario files. They hold to what the procedures ask for (reference, time, name,
number), so that a sentence can be improved without touching a test.
"""

from __future__ import annotations

import re

MORE_TIME = "30 more"  # beside the reaction on a question to the worker
ON_IT = "on it"  # beside the reaction on a page

CLOCK = re.compile(r"\b([01]\d|2[0-3]):[0-5]\d\b")
TELEPHONE = re.compile(r"\b(07700|01632)\b")
# What a lock screen must not give away: in the team room, and in the worker's own chat.
ALARMING = re.compile(r"\b(alarm\w*|danger\w*|police|999|duress|emergency|purple|phrase)\b", re.I)


def about(*parts: str) -> str:
    """A glob for a message with all of these in it."""
    return " && ".join(f"*{part}*" for part in parts)


def page_for(number: str, name: str, reference: str, phone: str) -> str:
    """A page: which alarm, for whom, which visit, which number to ring."""
    return about(number, name, reference, phone)
