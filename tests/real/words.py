"""The words that the demo and the tests expect of the bot, all in one place.

Globs as in scenario files. They hold to what the procedures ask for (reference, time, name,
number), so that a sentence can be improved without touching a test.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MORE_TIME = "30 more"  # beside the reaction on a question to the worker
ON_IT = "on it"  # beside the reaction on a page

SEND_AGAIN = "I could not read your last message. Please send it again."
NOTED = "Thank you, noted."
ROOM_BACK = "*this room again*"

CLOCK = re.compile(r"\b([01]\d|2[0-3]):[0-5]\d\b")
SPAN = re.compile(rf"({CLOCK.pattern})–({CLOCK.pattern})")
ALARM = re.compile(r"\bA\d+\b")
TELEPHONE = re.compile(r"\b(07700|01632)\b")
# What a lock screen must not give away: in the team room, and in the worker's own chat.
ALARMING = re.compile(r"\b(alarm\w*|danger\w*|police|999|duress|emergency|purple|phrase)\b", re.I)


def _zone() -> tzinfo:
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return timezone.utc


ZONE = _zone()  # the team's


def a_moment(left: int = 20) -> str:
    """`for 1m` or `for 2m`, so that at least so many seconds are left: the bot reads whole minutes."""
    return "for 1m" if datetime.now(ZONE).second < 60 - left else "for 2m"


def later(question: str, minutes: int) -> str:
    """The end of the visit that a question names, so many minutes later: `LCS1 14:00–15:00: …`."""
    span = SPAN.search(question)
    if not span:
        raise AssertionError(f"the question does not name the visit's times: {question}")
    end = datetime.strptime(span.group(3), "%H:%M") + timedelta(minutes=minutes)
    return f"{end:%H:%M}"


def about(*parts: str) -> str:
    """A glob for a message with all of these in it."""
    return " && ".join(f"*{part}*" for part in parts)


def page_for(number: str, name: str, reference: str, phone: str) -> str:
    """A page: which alarm, for whom, which visit, which number to ring."""
    return about(number, name, reference, phone)


def clock(at: datetime) -> str:
    """A moment as the team's chat writes it."""
    return f"{at.astimezone(ZONE):%H:%M}"
