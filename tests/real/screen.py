"""What is on a person's screen, and how to look for something on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BOT = "lonewatch"


class NotSeen(AssertionError):
    """What was expected did not appear on the screen in time."""


@dataclass
class Seen:
    """One message on somebody's screen. People are named by their local part."""

    room_id: str
    place: str
    event_id: str
    sender: str
    body: str
    msgtype: str
    at: datetime
    encrypted: bool
    mentions: list[str] = field(default_factory=list)
    thread: str | None = None
    reply_to: str | None = None
    edits: str | None = None
    outbox: str | None = None
    file: dict[str, Any] | None = None
    offers: list[str] = field(default_factory=list)
    redacted: bool = False

    @property
    def by_bot(self) -> bool:
        """Whether the bot said it."""
        return self.sender == BOT

    @property
    def line(self) -> str:
        """The text on one line."""
        return " ".join(self.body.split())

    def __str__(self) -> str:
        pings = f" [{' '.join(self.mentions)}]" if self.mentions else ""
        return f"{self.at:%H:%M:%S} {self.place}: {self.sender}{pings}: {self.line}"


def matches(glob: str, text: str) -> bool:
    """Globs as in scenario files: `*` any text, else literal; `A && B` both; case is ignored."""
    text = " ".join(text.split()).casefold()
    for part in glob.split("&&"):
        literal = " ".join(part.split()).casefold()
        pattern = ".*".join(re.escape(piece) for piece in literal.split("*"))
        if not re.fullmatch(pattern, text, re.DOTALL):
            return False
    return True


def local(user_id: str) -> str:
    """`@amira:localhost` is amira."""
    return user_id.removeprefix("@").split(":", 1)[0]


# What somebody waits for: a glob, or a test.
Want = str | Callable[[Seen], bool]


def fits(want: Want, seen: Seen) -> bool:
    return matches(want, seen.body) if isinstance(want, str) else want(seen)


def offer_beside(seen: Seen, words: str) -> str | None:
    """The offered reaction that stands directly before `words` in the message.

    Reactions arrive one by one: one whose neighbour is still on its way must not stand for it, so
    no other symbol may come between.
    """
    for line in seen.body.splitlines():
        at = line.casefold().find(words.casefold())
        if at < 0:
            continue
        key = max(set(seen.offers), key=lambda key: line.rfind(key, 0, at), default=None)
        if key is None or (begin := line.rfind(key, 0, at)) < 0:
            return None
        between = line[begin + len(key) : at]
        return None if any(unicodedata.category(c) == "So" for c in between) else key
    return None
